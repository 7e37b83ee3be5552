import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Actor, type Database, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

const OWNERS = 'select user_id from user_artist_blocks';

describe.each([15, 18] as const)('isolation of users on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;
  let admin: Database;
  const alice = randomUUID();
  const bob = randomUUID();
  const root = randomUUID();
  const as = (userId: string): Actor => ({ type: 'user', userId });
  const people = Array.from({ length: 40 }, () => randomUUID());
  const blockOf = new Map<string, string>();
  let artist = '';
  let conversation = '';

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app');
    admin = await testDatabase.open('admin');
    artist = (await admin.one<{ id: string }>("insert into artists (name) values ('A') returning id")).id;
    for (const id of [alice, bob, root, ...people]) {
      await admin.none("insert into users (id, email, full_name) values ($1, $2, 'P')", [id, `${id}@x.test`]);
      const block = await admin.one<{ id: string }>(
        'insert into user_artist_blocks (user_id, artist_id) values ($1, $2) returning id',
        [id, artist],
      );
      blockOf.set(id, block.id);
      await admin.none(
        "insert into sessions (user_id, token_hash, family_id, expires_at) values ($1, sha256($2::text::bytea), $1, now() + interval '1 day')",
        [id, id],
      );
    }
    await admin.none(
      "with r as (insert into roles (name) values ('admin') returning id) insert into role_assignments (user_id, role_id) select $1, id from r",
      [root],
    );
    conversation = (
      await admin.one<{ id: string }>("insert into conversations (kind) values ('direct') returning id")
    ).id;
    await admin.none('insert into conversation_participants (conversation_id, user_id) values ($1, $2)', [
      conversation,
      alice,
    ]);
    await admin.none("insert into messages (conversation_id, sender_id, body) values ($1, $2, 'hello')", [
      conversation,
      alice,
    ]);
  });
  afterAll(() => testDatabase.drop());

  test('a forged owner is refused on insert and on update, with Prisma and SQL', async () => {
    const other = await admin.one<{ id: string }>("insert into artists (name) values ('B') returning id");
    await expect(
      app.withActor(as(alice), (tx) =>
        tx.userArtistBlock.create({ data: { userId: bob, artistId: other.id } }),
      ),
    ).rejects.toMatchObject({ code: 'permission' });
    await expect(
      app.withActor(as(alice), (tx) =>
        tx.userArtistBlock.update({ where: { id: blockOf.get(alice) as string }, data: { userId: bob } }),
      ),
    ).rejects.toMatchObject({ code: 'permission' });
    await expect(
      app.tx(
        (sql) => sql.none("insert into webhooks (user_id, url) values ($1, 'https://x.test')", [bob]),
        as(alice),
      ),
    ).rejects.toMatchObject({ code: 'permission' });
    await expect(
      app.none("insert into webhooks (user_id, url) values ($1, 'https://x.test')", [bob]),
    ).rejects.toMatchObject({ code: 'permission' });
  });

  test("another's row is not there by id: not to read, change or delete, however it is asked for", async () => {
    const id = blockOf.get(bob) as string;
    await app.withActor(as(alice), async (tx) => {
      expect(await tx.userArtistBlock.findUnique({ where: { id } })).toBeNull();
      expect((await tx.userArtistBlock.updateMany({ where: { id }, data: { note: 'mine now' } })).count).toBe(
        0,
      );
      expect((await tx.userArtistBlock.deleteMany({ where: { id } })).count).toBe(0);
      expect(await tx.userArtistBlock.findMany({ select: { userId: true } })).toEqual([{ userId: alice }]);
    });
    await expect(
      app.withActor(as(alice), (tx) =>
        tx.userArtistBlock.update({ where: { id }, data: { note: 'mine now' } }),
      ),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(await app.tx((sql) => sql.none('delete from user_artist_blocks'), as(people[39] as string))).toBe(
      1,
    );
    expect(await admin.one('select note from user_artist_blocks where id = $1', [id])).toEqual({
      note: null,
    });
  });

  test('a nested include, a join, an aggregate and a view show only own rows', async () => {
    const included = await app.withActor(as(alice), (tx) =>
      tx.artist.findUniqueOrThrow({ where: { id: artist }, include: { blocks: true } }),
    );
    expect(included.blocks.map(({ userId }) => userId)).toEqual([alice]);
    await admin.query(
      'create view block_owners with (security_invoker) as select user_id from user_artist_blocks',
    );
    await admin.query('grant select on block_owners to plinth_app');
    await app.tx(async (sql) => {
      expect(
        await sql.query('select b.user_id from users u join user_artist_blocks b on b.user_id = u.id'),
      ).toEqual([{ user_id: alice }]);
      expect(await sql.one('select count(*)::int as n from user_artist_blocks')).toEqual({ n: 1 });
      expect(await sql.query('select user_id from block_owners')).toEqual([{ user_id: alice }]);
    }, as(alice));
    await admin.query('drop view block_owners');
  });

  test('messages are seen by participants, written in the own name only, and never deleted', async () => {
    const say = (userId: string, sender: string) =>
      app.tx(
        (sql) =>
          sql.none("insert into messages (conversation_id, sender_id, body) values ($1, $2, 'hi')", [
            conversation,
            sender,
          ]),
        as(userId),
      );
    const seen = (userId: string) =>
      app.tx((sql) => sql.one('select count(*)::int as n from messages'), as(userId));
    expect(await seen(alice)).toEqual({ n: 1 });
    expect(await seen(bob)).toEqual({ n: 0 });
    expect(await seen(root)).toEqual({ n: 0 });
    await expect(say(bob, bob)).rejects.toMatchObject({ code: 'permission' });
    await expect(say(alice, bob)).rejects.toMatchObject({ code: 'permission' });
    expect(await say(alice, alice)).toBe(1);
    expect(await app.tx((sql) => sql.none('delete from messages'), as(alice))).toBe(0);
    expect(await app.tx((sql) => sql.none("update messages set body = 'edited'"), as(alice))).toBe(2);
    await admin.none('update conversation_participants set left_at = now() where user_id = $1', [alice]);
    expect(await seen(alice)).toEqual({ n: 0 });
  });

  test('an administrator sees and ends sessions, and cannot make, revive or move one', async () => {
    const run = (text: string, values: string[] = []) => app.tx((sql) => sql.none(text, values), as(root));
    expect(await app.tx((sql) => sql.one('select count(*)::int as n from sessions'), as(root))).toEqual({
      n: people.length + 3,
    });
    await expect(
      run(
        "insert into sessions (user_id, token_hash, family_id, expires_at) values ($1, sha256('x'), $1, now() + interval '1 day')",
        [bob],
      ),
    ).rejects.toMatchObject({ code: 'permission' });
    await expect(
      run("update sessions set token_hash = sha256('mine') where user_id = $1", [bob]),
    ).rejects.toMatchObject({ code: 'permission' });
    expect(await run('update sessions set revoked_at = now() where user_id = $1', [bob])).toBe(1);
    await expect(
      run('update sessions set revoked_at = null where user_id = $1', [bob]),
    ).rejects.toMatchObject({ code: 'permission' });
    expect(await run('delete from sessions where user_id = $1', [bob])).toBe(0);
    await admin.none('update role_assignments set revoked_at = now() where user_id = $1', [root]);
    expect(await app.tx((sql) => sql.one('select count(*)::int as n from sessions'), as(root))).toEqual({
      n: 1,
    });
  });

  test('the worker sees and removes what has expired, and nothing else', async () => {
    const worker = await testDatabase.open('worker');
    await admin.none(
      "insert into sessions (user_id, token_hash, family_id, created_at, expires_at) values ($1, sha256('old'), $1, now() - interval '2 days', now() - interval '1 day')",
      [alice],
    );
    expect(await worker.one('select count(*)::int as n from sessions')).toEqual({ n: 1 });
    expect(await worker.none("update sessions set expires_at = now() + interval '1 year'")).toBe(0);
    expect(await worker.none('delete from sessions')).toBe(1);
    expect(await worker.one('select count(*)::int as n from user_artist_blocks')).toEqual({ n: 0 });
  });

  test('40 users asking by id in the same tick each get their own row', async () => {
    const wide = await testDatabase.open('app', { DB_POOL_MAX: '10' });
    const owners = people.slice(0, 39);
    const found = await Promise.all(
      owners.map((userId) =>
        wide.withActor(as(userId), (tx) =>
          tx.userArtistBlock.findUnique({ where: { id: blockOf.get(userId) as string } }),
        ),
      ),
    );
    expect(found.map((row) => row?.userId)).toEqual(owners);
  });

  test('400 mixed users over two connections never see a foreign row, and leave nothing behind', async () => {
    const narrow = await testDatabase.open('app', {
      DB_POOL_MAX: '2',
      DB_POOL_ACQUIRE_TIMEOUT_MS: '60000',
      DB_POOL_MAX_WAITING: '1000',
    });
    let foreign = 0;
    let seen = 0;
    const look = (rows: { user_id: string }[], userId: string | undefined) => {
      seen += rows.length;
      foreign += rows.filter((row) => row.user_id !== userId).length;
    };
    await Promise.all(
      Array.from({ length: 400 }, async (_, n) => {
        const userId = people[n % 39] as string;
        if (n % 5 === 0) return look(await narrow.query(OWNERS), undefined);
        if (n % 5 === 1)
          return narrow.withActor(as(userId), async (tx) => look(await tx.$queryRawUnsafe(OWNERS), userId));
        if (n % 5 === 2)
          return narrow
            .tx(async (sql) => {
              look(await sql.query(OWNERS), userId);
              throw new Error('undo');
            }, as(userId))
            .catch((error: Error) => {
              if (error.message !== 'undo') throw error;
            });
        return narrow.tx(async (sql) => look(await sql.query(OWNERS), userId), as(userId));
      }),
    );
    expect({ foreign, seen }).toEqual({ foreign: 0, seen: 320 });
    const clients = [await narrow.pool.connect(), await narrow.pool.connect()];
    for (const client of clients) {
      const { rows } = await client.query(
        "select nullif(current_setting('app.user_id', true), '') as u, nullif(current_setting('app.actor_id', true), '') as a, nullif(current_setting('app.request_id', true), '') as r, nullif(current_setting('plinth.maintenance', true), '') as m",
      );
      expect(rows).toEqual([{ u: null, a: null, r: null, m: null }]);
      client.release();
    }
  });

  test('policies are init plans over an index, on 100,000 rows', async () => {
    const big = await createTestDatabase({ major });
    try {
      const owner = await big.open('admin');
      const first = randomUUID();
      await owner.query("set session_replication_role = 'replica'");
      await owner.tx(async (sql) => {
        await sql.query("set local session_replication_role = 'replica'");
        await sql.none(
          "insert into users (id, email, full_name) select case when n = 0 then $1 else gen_random_uuid() end, n || '@x.test', 'U' from generate_series(0, 999) n",
          [first],
        );
        await sql.none(
          'insert into conversations (id) select md5(n::text)::uuid from generate_series(0, 999) n',
        );
        await sql.none(
          'insert into conversation_participants (conversation_id, user_id) select md5(n::text)::uuid, $1 from generate_series(0, 2) n',
          [first],
        );
        await sql.none(
          'insert into user_artist_blocks (user_id, artist_id) select u.id, gen_random_uuid() from users u, generate_series(1, 100)',
        );
        await sql.none(
          "insert into sessions (user_id, token_hash, family_id, expires_at) select u.id, sha256((u.id::text || n)::bytea), u.id, now() + interval '1 day' from users u, generate_series(1, 100) n",
        );
        await sql.none(
          "insert into messages (conversation_id, sender_id, body) select md5((n % 1000)::text)::uuid, $1, 'm' from generate_series(1, 100000) n",
          [first],
        );
      });
      await owner.query('analyze');
      const db = await big.open('app');
      for (const table of ['user_artist_blocks', 'messages']) {
        const plan = await db.tx(
          async (sql) => JSON.stringify(await sql.query(`explain (format json) select * from ${table}`)),
          as(first),
        );
        expect(plan).toContain('InitPlan');
        expect(plan).toContain('Index');
        expect(plan).not.toContain(`"Node Type":"Seq Scan","Parent Relationship":"Outer"`);
        expect(plan).not.toMatch(new RegExp(`"Node Type":"Seq Scan"[^}]*"Relation Name":"${table}"`));
      }
      const session = await db.tx(
        async (sql) =>
          JSON.stringify(
            await sql.query('explain (format json) select * from sessions where user_id = $1', [first]),
          ),
        as(first),
      );
      expect(session).toContain('InitPlan');
      expect(session).not.toContain('Seq Scan');
      // The definer functions read by the unique index of the hash; counted, since their plan is not shown.
      await db.tx(async (sql) => {
        expect(
          await sql.query('select user_id from plinth.find_session(sha256($1::text::bytea))', [`${first}7`]),
        ).toEqual([{ user_id: first }]);
        expect(
          await sql.one(
            "select seq_scan::int, idx_scan::int from pg_stat_xact_user_tables where relname = 'sessions'",
          ),
        ).toEqual({ seq_scan: 0, idx_scan: 1 });
      });
    } finally {
      await big.drop();
    }
  });

  test('evil temporary functions, types and tables change nothing that a definer function does', async () => {
    await admin.query(`grant temporary on database "${testDatabase.name}" to plinth_app`);
    await withClient(testDatabase.url('app'), async (client) => {
      await client.query(`
        create temp table sessions (user_id uuid, token_hash bytea);
        create temp table role_assignments (user_id uuid, role_id uuid, revoked_at timestamptz, expires_at timestamptz);
        create temp table roles (id uuid, name text);
        create domain pg_temp.uuid as text;
        create domain pg_temp.text as pg_catalog.int4;
        create function pg_temp.current_setting(pg_catalog.text, bool) returns pg_catalog.text language sql as $$ select 'on'::pg_catalog.text $$;
        create function pg_temp.now() returns timestamptz language sql as $$ select '-infinity'::timestamptz $$;
        create function pg_temp.sha256(bytea) returns bytea language sql as $$ select '\\x00'::bytea $$;`);
      await client.query('set search_path = pg_temp, public, pg_catalog');
      await client.query('begin');
      await client.query("select pg_catalog.set_config('app.user_id', $1, true)", [alice]);
      const { rows } = await client.query('select user_id from public.user_artist_blocks');
      expect(rows).toEqual([{ user_id: alice }]);
      const { rows: admins } = await client.query("select plinth.actor_has_role('admin') as is_admin");
      expect(admins).toEqual([{ is_admin: false }]);
      const { rows: found } = await client.query(
        'select user_id from plinth.find_session(pg_catalog.sha256($1::pg_catalog.text::bytea))',
        [bob],
      );
      expect(found).toEqual([{ user_id: bob }]);
      await client.query("insert into public.artists (name) values ('hijacked?')");
      await client.query('commit');
    });
    expect(
      await admin.one("select actor_id, db_user from audit.audit_log where after ->> 'name' = 'hijacked?'"),
    ).toEqual({ actor_id: 'plinth_app', db_user: 'plinth_app' });
  });
});
