import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Actor, type Database, withClient } from '@plinth/db';
import { runSeed } from '@plinth/db/seed';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

/** The audited tables, children first, so that deleting everything in this order works. */
const AUDITED = [
  'compliance_checks',
  'risk_assessments',
  'business_classifications',
  'businesses',
  'contributions',
  'campaign_members',
  'campaigns',
  'moderation_actions',
  'content_reports',
  'user_artist_blocks',
  'community_lists',
  'webhooks',
  'api_keys',
  'oauth_accounts',
  'role_assignments',
  'roles',
  'users',
  'artists',
] as const;

interface Entry {
  action: string;
  entity: string;
  entity_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  changed: string[];
  actor_type: string;
  actor_id: string;
  user_id: string | null;
  request_id: string | null;
  db_user: string;
}

describe.each([15, 18] as const)('audit triggers on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;
  let admin: Database;
  const me = randomUUID();
  const actor: Actor = { type: 'user', userId: me, requestId: 'req-42' };

  /** What `work` adds to the log, in order. */
  async function entriesOf(work: () => Promise<unknown>): Promise<Entry[]> {
    const { last } = await admin.one<{ last: string }>(
      "select coalesce((select id::text from audit.audit_log order by id desc limit 1), '') as last",
    );
    await work();
    return admin.query<Entry>(
      'select action, entity, entity_id, before, after, changed, actor_type, actor_id, user_id, request_id, db_user from audit.audit_log where id::text > $1 order by id',
      [last],
    );
  }

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app', { DB_POOL_MAX: '10' });
    admin = await testDatabase.open('admin');
    await admin.none("insert into users (id, email, full_name) values ($1, 'me@x.test', 'Me')", [me]);
  });
  afterAll(() => testDatabase.drop());

  test('exactly these tables are audited, and every one by rows and by TRUNCATE', async () => {
    const rows = await admin.query<{ name: string; triggers: number }>(
      `select c.relname as name, count(*)::int as triggers from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class c on c.oid = t.tgrelid
        where p.proname in ('log_row', 'log_truncate') group by 1`,
    );
    expect(Object.fromEntries(rows.map(({ name, triggers }) => [name, triggers]))).toEqual(
      Object.fromEntries(AUDITED.map((name) => [name, 2])),
    );
  });

  describe('every path writes exactly one row', () => {
    const as = { actor_type: 'user', actor_id: me, user_id: me, request_id: 'req-42', db_user: 'plinth_app' };
    const count = (n: number) => Array.from({ length: n }, (_, i) => i);

    test('Prisma create, update, delete: before, after, changed, actor and request', async () => {
      let id = '';
      expect(
        await entriesOf(() =>
          app.withActor(actor, async (tx) => {
            id = (await tx.artist.create({ data: { name: 'Created' } })).id;
          }),
        ),
      ).toEqual([
        expect.objectContaining({
          action: 'insert',
          entity: 'artists',
          entity_id: id,
          before: null,
          after: expect.objectContaining({ name: 'Created' }),
          ...as,
        }),
      ]);
      expect(
        await entriesOf(() =>
          app.withActor(actor, (tx) => tx.artist.update({ where: { id }, data: { name: 'Renamed' } })),
        ),
      ).toEqual([
        expect.objectContaining({
          action: 'update',
          entity_id: id,
          before: expect.objectContaining({ name: 'Created' }),
          after: expect.objectContaining({ name: 'Renamed' }),
          changed: expect.arrayContaining(['name']),
          ...as,
        }),
      ]);
      expect(
        await entriesOf(() => app.withActor(actor, (tx) => tx.artist.delete({ where: { id } }))),
      ).toEqual([
        expect.objectContaining({
          action: 'delete',
          entity_id: id,
          before: expect.objectContaining({ name: 'Renamed' }),
          after: null,
          ...as,
        }),
      ]);
    });

    test('createMany, updateMany and deleteMany: one per row', async () => {
      const data = count(3).map((n) => ({ name: `Many ${n}` }));
      const where = { name: { startsWith: 'Many' } };
      const made = await entriesOf(() => app.withActor(actor, (tx) => tx.artist.createMany({ data })));
      expect(made.map((e) => [e.action, e.after?.name])).toEqual(data.map(({ name }) => ['insert', name]));
      const changed = await entriesOf(() =>
        app.withActor(actor, (tx) => tx.artist.updateMany({ where, data: { genres: ['x'] } })),
      );
      expect(changed.map((e) => e.action)).toEqual(['update', 'update', 'update']);
      const gone = await entriesOf(() => app.withActor(actor, (tx) => tx.artist.deleteMany({ where })));
      expect(gone.map((e) => e.action)).toEqual(['delete', 'delete', 'delete']);
    });

    test('upsert, both ways', async () => {
      const upsert = (description: string) =>
        entriesOf(() =>
          app.withActor(actor, (tx) =>
            tx.role.upsert({
              where: { name: 'upserted' },
              create: { name: 'upserted' },
              update: { description },
            }),
          ),
        );
      expect((await upsert('a')).map((e) => e.action)).toEqual(['insert']);
      expect((await upsert('b')).map((e) => [e.action, e.changed.includes('description')])).toEqual([
        ['update', true],
      ]);
    });

    test('a nested write: one per table and row', async () => {
      const entries = await entriesOf(() =>
        app.withActor(actor, (tx) =>
          tx.campaign.create({
            data: {
              ownerId: me,
              title: 'Nested',
              goalMinor: 1n,
              members: { create: [{ email: 'a@x.test' }, { userId: me }] },
            },
          }),
        ),
      );
      expect(entries.map((e) => `${e.action} ${e.entity}`).sort()).toEqual([
        'insert campaign_members',
        'insert campaign_members',
        'insert campaigns',
      ]);
      expect(entries.every((e) => e.request_id === 'req-42')).toBe(true);
    });

    test('raw SQL, a cascade and ON CONFLICT', async () => {
      const entries = await entriesOf(() =>
        app.tx(async (sql) => {
          await sql.none(
            "insert into roles (name) values ('raw'), ('upserted') on conflict (name) do update set description = 'c'",
          );
          await sql.none(
            "insert into role_assignments (user_id, role_id) select $1, id from roles where name = 'raw'",
            [me],
          );
          await sql.none(
            "with u as (insert into users (email, full_name) values ('gone@x.test', 'G') returning id) insert into role_assignments (user_id, role_id) select u.id, r.id from u, roles r where r.name = 'raw'",
          );
          await sql.none('delete from users where email = $1', ['gone@x.test']);
        }, actor),
      );
      expect(entries.map((e) => `${e.action} ${e.entity}`).sort()).toEqual([
        'delete role_assignments',
        'delete users',
        'insert role_assignments',
        'insert role_assignments',
        'insert roles',
        'insert users',
        'update roles',
      ]);
    });

    test('a client that tells no actor is recorded by its database role', async () => {
      for (const [role, login] of [
        ['app', 'plinth_app'],
        ['migrator', 'plinth_migrator'],
        ['admin', testDatabase.url('admin').split(':')[1]?.slice(2)],
      ] as const) {
        const entries = await entriesOf(() =>
          withClient(testDatabase.url(role), (client) =>
            client.query("insert into artists (name) values ('By hand')"),
          ),
        );
        expect(entries).toEqual([
          expect.objectContaining({
            action: 'insert',
            actor_type: 'database',
            actor_id: login,
            db_user: login,
            user_id: null,
            request_id: null,
          }),
        ]);
      }
    });

    test('a job is recorded by its name', async () => {
      const entries = await entriesOf(() =>
        app.tx((sql) => sql.none("insert into artists (name) values ('By job')"), {
          type: 'system',
          id: 'purge',
        }),
      );
      expect(entries).toEqual([
        expect.objectContaining({ actor_type: 'system', actor_id: 'purge', user_id: null }),
      ]);
    });

    test('TRUNCATE', async () => {
      const entries = await entriesOf(() => admin.query('truncate moderation_actions, compliance_checks'));
      expect(entries.map((e) => [e.action, e.entity]).sort()).toEqual([
        ['truncate', 'compliance_checks'],
        ['truncate', 'moderation_actions'],
      ]);
    });

    test('what is rolled back, wholly or to a savepoint, leaves none; nor does a change of bookkeeping only', async () => {
      expect(
        await entriesOf(() =>
          app
            .withActor(actor, async (tx) => {
              await tx.artist.create({ data: { name: 'Undone' } });
              throw new Error('undo');
            })
            .catch(() => {}),
        ),
      ).toEqual([]);
      const entries = await entriesOf(() =>
        withClient(testDatabase.url('app'), async (client) => {
          for (const statement of [
            'begin',
            "insert into artists (name) values ('Kept')",
            'savepoint s',
            "insert into artists (name) values ('Undone')",
            'rollback to s',
            "update artists set version = version + 1 where name = 'Kept'",
            'commit',
          ])
            await client.query(statement);
        }),
      );
      expect(entries.map((e) => e.after?.name)).toEqual(['Kept']);
    });
  });

  test('seeded rows of every audited table are in the log once; changing and deleting each adds one', async () => {
    const seeded = await createTestDatabase({ major });
    try {
      const all = await seeded.open('admin');
      for (const scenario of ['dev', 'demo'])
        await runSeed({ database: await seeded.open('migrator'), scenario, pepper: 'a pepper for tests' });
      const rowsOf = async (table: string) =>
        (await all.query<{ id: string }>(`select id::text from ${table} order by 1`)).map(({ id }) => id);
      const logged = async (action: string, table: string) =>
        (
          await all.query<{ id: string }>(
            'select entity_id as id from audit.audit_log where action = $1 and entity = $2 order by 1',
            [action, table],
          )
        ).map(({ id }) => id);
      const present: Record<string, string[]> = {};
      for (const table of AUDITED) {
        const ids = await rowsOf(table);
        present[table] = ids;
        if (ids.length === 0) throw new Error(`no seed fills ${table}: give it development data`);
        expect([table, await logged('insert', table)]).toEqual([table, ids]);
        await all.none(`update ${table} set created_at = created_at - interval '1 second'`);
        expect([table, await logged('update', table)]).toEqual([table, ids]);
      }
      for (const table of AUDITED) await all.none(`delete from ${table}`);
      for (const table of AUDITED)
        expect([table, await logged('delete', table)]).toEqual([table, present[table]]);
      const secrets = await all.one<{ n: number }>(
        `select count(*)::int as n from audit.audit_log, jsonb_each(coalesce(before, '{}') || coalesce(after, '{}')) e
          where e.key ~ '_hash$|_enc$' or (entity, e.key) in (('users', 'email'), ('users', 'full_name'), ('users', 'settings'), ('oauth_accounts', 'email'), ('campaign_members', 'email'), ('user_artist_blocks', 'note'), ('webhooks', 'url'))`,
      );
      expect(secrets.n).toBe(0);
    } finally {
      await seeded.drop();
    }
  });

  test('secrets and personal values are named as changed and never copied', async () => {
    const canary = `canary-${randomUUID()}`;
    const entries = await entriesOf(() =>
      app.withActor(actor, async (tx) => {
        await tx.user.update({
          where: { id: me },
          data: { email: `${canary}@x.test`, fullName: canary, settings: { canary }, passwordHash: canary },
        });
        await tx.campaignMember.updateMany({
          where: { email: 'a@x.test' },
          data: { email: `${canary}@y.test` },
        });
      }),
    );
    expect(entries[0]?.changed).toEqual(
      expect.arrayContaining(['email', 'full_name', 'password_hash', 'settings']),
    );
    expect(JSON.stringify(entries)).not.toContain(canary);
  });

  test('the view shows users what they did, auditors everything, and others nothing', async () => {
    const other = randomUUID();
    const auditor = randomUUID();
    await admin.none("insert into users (id, email, full_name) values ($1, 'auditor@x.test', 'A')", [
      auditor,
    ]);
    await admin.none(
      "with r as (insert into roles (name) values ('auditor') returning id) insert into role_assignments (user_id, role_id) select $1, id from r",
      [auditor],
    );
    const seen = (userId: string) =>
      app.tx(
        async (sql) =>
          await sql.one<{ n: number; mine: number }>(
            'select count(*)::int as n, count(*) filter (where user_id = $1)::int as mine from audit_entries',
            [userId],
          ),
        { type: 'user', userId },
      );
    const mine = await seen(me);
    expect(mine.n).toBeGreaterThan(5);
    expect(mine.mine).toBe(mine.n);
    expect((await seen(other)).n).toBe(0);
    expect(await app.one('select count(*)::int as n from audit_entries')).toEqual({ n: 0 });
    const { n } = await admin.one<{ n: number }>('select count(*)::int as n from audit.audit_log');
    expect((await seen(auditor)).n).toBe(n);
    // Not even updatable, let alone permitted.
    await expect(app.query('delete from audit_entries')).rejects.toMatchObject({ sqlstate: '55000' });
  });

  test('killing the backend in the middle of 50 transactions leaves the log equal to the data', async () => {
    let committed = 0;
    for (let round = 0; round < 50; round++) {
      await withClient(testDatabase.url('app'), async (client) => {
        await client.query('begin');
        await client.query('insert into artists (name) values ($1)', [`killed ${round}`]);
        await client.query("update artists set genres = '{x}' where name = $1", [`killed ${round}`]);
        const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
        const kill = admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
        // Some commits win the race, some lose it: only equality is promised.
        if (round % 2 === 0) await kill;
        await client.query('commit');
        await kill;
        committed++;
      }).catch(() => {});
    }
    expect(committed).toBeLessThan(50);
    const difference = await admin.query(
      `(select xmin::text, id::text from artists where name like 'killed %' except select (txid::text::bigint % 4294967296)::text, entity_id from audit.audit_log where entity = 'artists')
       union all
       (select after ->> 'name', entity_id from audit.audit_log where after ->> 'name' like 'killed %' and entity_id not in (select id::text from artists))`,
    );
    expect(difference).toEqual([]);
  });
});
