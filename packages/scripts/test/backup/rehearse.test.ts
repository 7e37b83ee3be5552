import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { migrateUp, readFingerprint } from '@plinth/db/migrate';
import { outcomeOf, plinth, startPlinth } from '../plinth.js';
import { abandonedScratch, type Fixture, hasTools, identity, key, openFixture } from './backup-fixture.js';

let fixture: Fixture;
let env: Record<string, string>;
/** A small history, for each rehearsal restores all of it, and what each test adds to it. */
let dir: string;
/** TMPDIR of the commands: what they leave can be told from what others leave. */
let work: string;

beforeAll(async () => {
  fixture = await openFixture({ empty: true });
  work = await mkdtemp(join(tmpdir(), 'plinth-rehearse-test-'));
  await writeFile(join(fixture.folder, 'key.txt'), `${identity}\n`);
  const { url } = fixture.database;
  env = {
    NODE_ENV: 'test',
    TMPDIR: work,
    PLINTH_HOME: join(fixture.folder, 'home'),
    DATABASE_URL: url('app'),
    ADMIN_DATABASE_URL: url('admin'),
    MIGRATE_DATABASE_URL: url('migrator'),
    BACKUP_DATABASE_URL: url('backup'),
    BACKUP_DIR: join(fixture.folder, 'store'),
    BACKUP_RECIPIENT: key.recipients[0] as string,
    BACKUP_IDENTITY_FILE: join(fixture.folder, 'key.txt'),
  };
  dir = join(fixture.folder, 'migrations');
  await mkdir(join(dir, '20260101000000_init'), { recursive: true });
  await writeFile(join(dir, '20260101000000_init', 'migration.sql'), init);
  await migrateUp({ url: url('migrator'), dir });
  await fixture.sql(`insert into businesses (legal_name, registration_number, country) select 'Business ' || i, 'R' || i, 'DE' from generate_series(1, 2000) i;
    insert into health_check values ('test')`);
  if (hasTools) await fixture.create();
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
  await fixture.close();
});

const init = `create table businesses (id serial primary key, legal_name text not null, registration_number text not null, country text not null,
  status text not null default 'active');
create table health_check (source text primary key);`;

async function withMigrations<T>(
  files: Record<string, { up: string; down?: string }>,
  then: () => Promise<T>,
): Promise<T> {
  for (const [name, { up, down }] of Object.entries(files)) {
    await mkdir(join(dir, name));
    await writeFile(join(dir, name, 'migration.sql'), up);
    if (down !== undefined) await writeFile(join(dir, name, 'down.sql'), down);
  }
  try {
    return await then();
  } finally {
    for (const name of Object.keys(files)) await rm(join(dir, name), { recursive: true });
  }
}

async function rehearse(args: string[] = [], over: Record<string, string> = {}) {
  const command = ['migrate', 'rehearse', '--dir', dir, ...args, '--json'];
  const { code, stdout, stderr } = await plinth(command, { ...env, ...over });
  return { code, stderr, answer: JSON.parse(stdout) };
}

/** Everything that a rehearsal must not change. */
async function readLive() {
  return await withClient(fixture.database.url('admin'), async (client) => {
    const { rows } = await client.query(
      `select (select sum(hashtextextended(b::text, 0)::numeric) from businesses b) as rows, (select count(*) from _prisma_migrations) as migrations,
              (select pg_current_xact_id_if_assigned()) as xact, (select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables) as written,
              (select json_agg(datname order by 1) from pg_database where datname like 'plinth_test_%' and datname = current_database()) as there`,
    );
    return { rows, fingerprint: (await readFingerprint(client)).hash };
  });
}

const stagedDumps = async () => (await readdir(work)).filter((name) => name.startsWith('plinth-restore-'));
const nothingLeft = async () => {
  expect(await abandonedScratch(fixture.database.url('admin'))).toEqual([]);
  expect(await stagedDumps()).toEqual([]);
};

const widen = {
  up: `alter table businesses alter legal_name type varchar(301);
insert into health_check (source) values ('rehearsal');
create index businesses_country_only on businesses (country);`,
  down: `drop index businesses_country_only;
delete from health_check where source = 'rehearsal';
alter table businesses alter legal_name type text;`,
};

(hasTools ? describe : describe.skip)('migrate rehearse', () => {
  test('measures each statement on the real rows, goes back and up again, and leaves the database as it was', async () => {
    const before = await readLive();
    const { code, answer, stderr } = await withMigrations(
      {
        '29990101000000_widen': widen,
        '29990101000001_index': {
          up: 'create index concurrently businesses_by_status on businesses (status, id);',
          down: 'drop index concurrently businesses_by_status;',
        },
      },
      () => rehearse(),
    );
    expect([code, answer.error]).toEqual([0, undefined]);
    expect(answer).toMatchObject({ ok: true, data: [], backup: { id: (await fixture.store.ids())[0] } });
    const [wide, index] = answer.migrations;
    expect(wide.up.statements).toMatchObject([
      { line: 1, rewrites: ['public.businesses'], touched: [] },
      { line: 2, touched: [{ relation: 'public.health_check', inserted: 1, updated: 0, deleted: 0 }] },
      { line: 3, rewrites: [] },
    ]);
    // The first statement's lock lasts until the end of the file: as long as all of its statements together.
    const sumMs = wide.up.statements.reduce(
      (sum: number, { durationMs }: { durationMs: number }) => sum + durationMs,
      0,
    );
    expect(wide.up.locks[0]).toMatchObject({
      table: 'public.businesses',
      mode: 'AccessExclusiveLock',
      blocks: 'reads and writes',
    });
    expect(wide.up.locks[0].heldMs).toBeGreaterThanOrEqual(sumMs - 0.1);
    expect(wide.up.locks[1]).toMatchObject({ table: 'public.health_check', mode: 'RowExclusiveLock' });
    expect(index.up.locks).toMatchObject([{ table: 'public.businesses', mode: 'ShareUpdateExclusiveLock' }]);
    for (const migration of [wide, index])
      expect(migration).toMatchObject({
        left: [],
        changedAgain: [],
        down: { error: null },
        again: { error: null },
      });
    expect(answer.tables).toMatchObject([
      { name: 'public.businesses', rows: 2_000, rowsAfter: 2_000 },
      { name: 'public.health_check', rows: 1, rowsAfter: 2 },
    ]);
    expect(stderr).toMatch(
      /unpacking: \d+ bytes in [\s\S]*restoring it[\s\S]*restoring: 200\d rows in [\s\S]*comparing it[\s\S]*up: 29990101000000_widen, statement 1 of 3[\s\S]*down: [\s\S]*up again: /,
    );
    expect(await readLive()).toEqual(before);
    await nothingLeft();
  });

  test('a migration that only real rows break ends with 6, with its statement and the row', async () => {
    await fixture.sql(
      `insert into businesses (legal_name, registration_number, country) values ('Twin Ltd', 'T1', 'DE'), ('TWIN LTD', 'T2', 'DE')`,
    );
    const { id } = await fixture.create();
    const files = {
      '29990101000000_first': {
        up: 'create table rehearsed (id int primary key);',
        down: 'drop table rehearsed;',
      },
      '29990101000001_unique_name': {
        up: 'alter table businesses add nickname text;\ncreate unique index businesses_name_once on businesses (lower(legal_name));',
        down: 'drop index businesses_name_once;\nalter table businesses drop nickname;',
      },
    };
    await withMigrations(files, async () => {
      // On rows that are made up nothing is wrong with it.
      const traced = await plinth(['migrate', 'verify', '29990101000001_unique_name', '--dir', dir], env);
      expect(traced.code).toBe(0);
      const { code, answer } = await rehearse();
      expect([code, answer.ok, answer.backup.id, answer.data]).toEqual([6, false, id, null]);
      const [first, unique] = answer.migrations;
      expect(first).toMatchObject({ up: { error: null }, down: null, again: null });
      expect(unique.up.statements).toHaveLength(1);
      expect(unique.up.error).toMatchObject({ sqlstate: '23505', statement: 2, line: 2 });
      expect(unique.up.error.message).toMatch(
        /could not create unique index[\s\S]*detail: Key \(lower\(legal_name\)\)=\(twin ltd\) is duplicated/,
      );
    });
    await nothingLeft();
  });

  test('what a down.sql leaves, and rows it does not bring back, end with 20 by their names', async () => {
    const { code, answer } = await withMigrations(
      {
        '29990101000000_spoil': {
          up: 'alter table businesses disable trigger user;\nalter table businesses add if not exists nickname text;\nupdate businesses set legal_name = upper(legal_name);\nalter table businesses enable trigger user;',
          down: 'select 1;',
        },
      },
      () => rehearse(),
    );
    expect([code, answer.ok]).toEqual([20, false]);
    expect(
      answer.migrations[0].left.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`),
    ).toEqual(['column public.businesses.nickname']);
    expect(answer.data).toEqual(['values of public.businesses: not those before, in 2002 rows']);
  });

  test('what is irreversible is said and not taken back', async () => {
    const files = {
      '29990101000000_kept': {
        up: 'create table kept (id int);',
        down: '-- irreversible: rows would be lost\n',
      },
      '29990101000001_loose': { up: 'create table loose (id int);', down: 'drop table loose;' },
    };
    await withMigrations(files, async () => {
      const { code, answer } = await rehearse();
      expect([code, answer.data]).toEqual([0, null]);
      expect(answer.migrations).toMatchObject([
        { irreversible: 'rows would be lost', down: null, again: null },
        { irreversible: null, down: { error: null }, again: { error: null } },
      ]);
    });
  });

  test('a migration written by migrate create is rehearsed as it is; with nothing pending nothing is restored', async () => {
    const idle = await rehearse([], { BACKUP_IDENTITY_FILE: '' });
    expect([idle.code, idle.answer.migrations]).toEqual([0, []]);
    const created = await plinth(
      ['migrate', 'create', 'note of business', '--empty', '--dir', dir, '--json'],
      env,
    );
    const { path } = JSON.parse(created.stdout).created;
    await writeFile(join(path, 'migration.sql'), 'alter table businesses add remark text;');
    await writeFile(join(path, 'down.sql'), 'alter table businesses drop remark;');
    const { code, answer } = await rehearse();
    await rm(path, { recursive: true });
    expect([code, answer.migrations]).toMatchObject([
      0,
      [{ name: expect.stringMatching(/_note_of_business$/), left: [] }],
    ]);
  });

  test('it runs as the login that deploys: what that may not do fails here first', async () => {
    const superuserOnly = {
      '29990101000000_super': { up: "alter system set work_mem = '5MB';", down: 'select 1;' },
    };
    const { code, answer } = await withMigrations(superuserOnly, () => rehearse());
    expect([code, answer.migrations[0].up.error.sqlstate]).toEqual([6, '42501']);
    const { ADMIN_DATABASE_URL: _admin, ...without } = env;
    const own = {
      '29990101000000_own': {
        up: 'create schema own; create table own.t ();',
        down: 'drop schema own cascade;',
      },
    };
    await withMigrations(own, async () => {
      const limited = await plinth(['migrate', 'rehearse', '--dir', dir, '--json'], without);
      expect(JSON.parse(limited.stdout)).toMatchObject({ ok: true, data: [], migrations: [{ left: [] }] });
    });
    await nothingLeft();
  });

  test('no backup, or one that is too old, ends with 21; without a validated one it says which it takes', async () => {
    await withMigrations({ '29990101000000_widen': widen }, async () => {
      const none = await rehearse([], { BACKUP_DIR: join(fixture.folder, 'none') });
      expect([none.code, none.answer.error.code]).toEqual([21, 'stale']);
      const old = await rehearse(['--max-age', '1ms']);
      expect([old.code, old.answer.error.fix]).toEqual([21, expect.stringMatching(/--backup \d{8}T/)]);
      const [first] = await fixture.store.ids();
      await rm(fixture.store.path(first as string, 'verify'), { recursive: true });
      const folder = join(fixture.folder, 'unvalidated');
      await mkdir(join(folder, 'sets'), { recursive: true });
      await cp(fixture.store.path(first as string, ''), join(folder, 'sets', first as string), {
        recursive: true,
      });
      const taken = await rehearse(['--no-down'], { BACKUP_DIR: folder });
      expect([taken.code, taken.stderr]).toEqual([
        0,
        expect.stringContaining(`is validated; the newest one is taken, ${first}`),
      ]);
      // An age that was asked for does not concern a backup that was named; and this is how people read it.
      const named = await plinth(
        ['migrate', 'rehearse', '--dir', dir, '--backup', (first as string).slice(0, 18), '--max-age', '1ms'],
        env,
      );
      expect([named.code, named.stdout]).toEqual([
        0,
        expect.stringContaining(`rehearsed on backup ${first}`),
      ]);
      expect(named.stdout).toMatch(
        /^29990101000000_widen: one transaction\n {2}up: [\d.]+ ms\n {4}line 1: alter table .*\n {6}rewrites public\.businesses \(2000 rows, [\d.]+ kB\)/,
      );
      expect(named.stdout).toMatch(
        /locks public\.businesses \(2000 rows, .*\): AccessExclusiveLock for [\d.]+ ms, keeps out reads and writes/,
      );
    });
  });

  test('a syntax error is told before anything is restored', async () => {
    const { code, answer, stderr } = await withMigrations(
      { '29990101000000_typo': { up: 'alter tabel x;' } },
      () => rehearse(),
    );
    expect([code, answer.error.code]).toEqual([6, 'migration_failed']);
    expect(stderr).not.toContain('unpacking');
  });

  describe('in the middle of a statement', () => {
    const slow = { '29990101000000_slow': { up: 'select pg_sleep(120);', down: 'select 1;' } };
    const start = async () => {
      const child = startPlinth(['migrate', 'rehearse', '--dir', dir], env);
      const outcome = outcomeOf(child);
      await new Promise<void>((resolve, reject) => {
        let said = '';
        child.stderr?.on('data', (chunk) => {
          said += chunk;
          if (said.includes('statement 1 of 1')) resolve();
        });
        child.on('close', () => reject(new Error(said)));
      });
      return { child, outcome };
    };

    test('Ctrl-C ends it with 130 and leaves neither database nor files', async () => {
      await withMigrations(slow, async () => {
        const { child, outcome } = await start();
        process.kill(-(child.pid as number), 'SIGINT');
        expect((await outcome).code).toBe(130);
      });
      await nothingLeft();
    });

    test('what kill -9 leaves the next run removes', async () => {
      await withMigrations(slow, async () => {
        const { child, outcome } = await start();
        process.kill(-(child.pid as number), 'SIGKILL');
        await outcome;
        expect(await stagedDumps()).toHaveLength(1);
      });
      // The killed run's statement ends when the server notices, within a second.
      await waitForSessions();
      const { code, stderr } = await withMigrations({ '29990101000000_widen': widen }, () =>
        rehearse(['--no-down']),
      );
      expect([code, stderr]).toEqual([
        0,
        expect.stringMatching(/removed .*plinth-restore-[\s\S]*dropped plinth_scratch_/),
      ]);
      await nothingLeft();
    });
  });
});

/** Until no statement of a rehearsal runs any more. */
async function waitForSessions(): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const running = await fixture.sql(
      "select from pg_stat_activity where query like '%pg_sleep(120)%' and pid <> pg_backend_pid()",
    );
    if (running.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the killed run still has a session');
}
