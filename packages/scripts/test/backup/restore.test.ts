import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dropDatabase, quoteIdentifier, urlFor, withClient } from '@plinth/db';
import { roleUrl, testServer } from '@plinth/db/testing';
import { toolPath } from '../../src/backup/client-tools.js';
import { drillBackup, type RestoreOptions } from '../../src/backup/drill.js';
import { restoreSwap, restoreTo } from '../../src/backup/restore.js';
import { restoreTables } from '../../src/backup/restore-tables.js';
import { readContent } from '../../src/backup/snapshot.js';
import type { StoredSet } from '../../src/backup/store.js';
import { undoSwap } from '../../src/backup/swap.js';
import { validateBackup } from '../../src/backup/validate.js';
import {
  abandonedScratch,
  codeOf,
  type Fixture,
  hasTools,
  opener,
  openFixture,
  tools,
} from './backup-fixture.js';

let fixture: Fixture;
let set: StoredSet;
let options: RestoreOptions;
let adminUrl: string;
let live: string;
const made: string[] = [];

beforeAll(async () => {
  fixture = await openFixture();
  adminUrl = fixture.database.url('admin');
  live = fixture.database.name;
  set = await fixture.store.read((await fixture.create()).id);
  options = {
    store: fixture.store,
    set,
    opener,
    tools,
    adminUrl,
    workFolder: fixture.folder,
    env: process.env,
  };
});
afterAll(async () => {
  for (const name of made) await dropDatabase(adminUrl, name);
  await fixture.close();
});

const names = async (pattern: string) =>
  await withClient(urlFor(adminUrl, 'postgres'), async (client) =>
    (
      await client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE datname LIKE $1', [
        pattern,
      ])
    ).rows.map(({ name }) => name),
  );
const query = async (database: string, sql: string) =>
  await withClient(urlFor(adminUrl, database), async (client) => (await client.query(sql)).rows);

(hasTools ? describe : describe.skip)('backup restore', () => {
  test('T30: restores under a new name with owner, grants and settings of the database itself', async () => {
    const database = `${live} o'dd "näme"`;
    made.push(database);
    const { report, refused } = await restoreTo({ ...options, database });
    expect(report.ok).toBe(true);
    expect(refused).toEqual([]);
    const read = await withClient(urlFor(adminUrl, database), (client) => readContent(client, 'hash'));
    expect(read.content.properties).toEqual(set.manifest.content.properties);
    // The application's own login works there at once.
    await withClient(urlFor(fixture.database.url('app'), database), (client) =>
      client.query('SELECT FROM businesses'),
    );
    expect(await abandonedScratch(adminUrl)).toEqual([]);
  });

  test('T25: never restores into a database that holds anything', async () => {
    expect(await codeOf(restoreTo({ ...options, database: live }))).toBe('refused');
    expect(await abandonedScratch(adminUrl)).toEqual([]);
  });

  test('takes an empty database over', async () => {
    const database = `${live}_empty`;
    made.push(database);
    await query('postgres', `CREATE DATABASE ${quoteIdentifier(database)}`);
    expect((await restoreTo({ ...options, database })).report.ok).toBe(true);
    expect(await query(database, 'SELECT count(*)::int FROM businesses')).toEqual([{ count: 500 }]);
  });

  test('T27: a restore that fails changes nothing and leaves nothing', async () => {
    const failing = restoreTo({
      ...options,
      database: `${live}_never`,
      onRestored: async (client) =>
        void (await client
          .query('DROP INDEX public.businesses_pkey CASCADE')
          .catch(() => client.query('TRUNCATE public.businesses CASCADE'))),
    });
    expect(await codeOf(failing)).toBe('drill_failed');
    expect(await names(`${live}\\_never`)).toEqual([]);
    expect(await abandonedScratch(adminUrl)).toEqual([]);
  });

  test('T27: missing roles are named before anything is restored, and can be made', async () => {
    const role = `plinth_test_role_${process.pid}`;
    await fixture.sql(
      `CREATE ROLE ${role} NOLOGIN; GRANT plinth_readonly TO ${role}; GRANT SELECT ON businesses TO ${role}`,
    );
    const withRole = await fixture.store.read((await fixture.create()).id);
    await fixture.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    const database = `${live}_roles`;
    made.push(database);
    await expect(restoreTo({ ...options, set: withRole, database })).rejects.toMatchObject({
      code: 'roles_missing',
      message: expect.stringContaining(role),
    });
    expect(
      (await restoreTo({ ...options, set: withRole, database, createRoles: true })).report.problems,
    ).toEqual([]);
    await dropDatabase(adminUrl, database);
    await fixture.sql(`DROP ROLE ${role}`);
  });

  test('a login that may not rename databases is told so, with what it can do', async () => {
    const limited = {
      ...options,
      adminUrl: fixture.database.url('migrator'),
      readerUrl: fixture.database.url('backup'),
    };
    await expect(restoreTo({ ...limited, database: `${live}_limited` })).rejects.toMatchObject({
      code: 'privilege_missing',
    });
    expect(await abandonedScratch(adminUrl)).toEqual([]);
  });

  test('T24: where a policy requires encryption, a set without it is neither restored nor drilled, and validate names it', async () => {
    const { id } = await fixture.create({ key: undefined });
    const plain = { ...options, set: await fixture.store.read(id), requireEncryption: true };
    const database = `${live}_never`;
    expect(await codeOf(drillBackup(plain))).toBe('refused');
    expect(await codeOf(restoreTo({ ...plain, database }))).toBe('refused');
    expect(await codeOf(restoreSwap({ ...plain, database: live }))).toBe('refused');
    const tables = ['businesses'];
    expect(await codeOf(restoreTables({ ...plain, liveUrl: adminUrl, schema: 'never', tables }))).toBe(
      'refused',
    );
    const { ok, problems } = await validateBackup({ ...plain, level: 1 });
    expect([ok, problems]).toEqual([false, ['it is not encrypted, and BACKUP_REQUIRE_ENCRYPTION is set']]);
    expect((await validateBackup({ ...options, level: 1, requireEncryption: true })).ok).toBe(true);
    await fixture.store.remove(id);
    expect([await names(`${live}\\_never`), await abandonedScratch(adminUrl)]).toEqual([[], []]);
  });

  test('T27: a pg_restore that fails half way changes nothing: the live database is as it was, nothing is left', async () => {
    const real = tools[0] as (typeof tools)[0];
    const binDir = join(fixture.folder, 'failing-restore');
    mkdirSync(binDir);
    for (const name of ['pg_dump', 'pg_dumpall', 'psql', 'pg_restore'] as const) {
      const then =
        name === 'pg_restore'
          ? 'case "$*" in *--exit-on-error*) echo "pg_restore: error: on purpose" >&2; exit 1;; esac\n'
          : '';
      writeFileSync(join(binDir, name), `#!/bin/sh\n${toolPath(real, name)} "$@"\n${then}`, { mode: 0o755 });
    }
    const content = () => withClient(adminUrl, (client) => readContent(client, 'hash'));
    const before = await content();
    const failing = { ...options, tools: [{ ...real, binDir }], database: live };
    await expect(restoreSwap(failing)).rejects.toMatchObject({
      code: 'tool_failed',
      message: expect.stringContaining('on purpose'),
    });
    expect(await content()).toEqual(before);
    expect((await readdir(fixture.folder)).filter((name) => name.startsWith('plinth-restore-'))).toEqual([]);
    expect(await abandonedScratch(adminUrl)).toEqual([]);
  });

  test('T30, T31: restored into PostgreSQL 18 it has owners, grants, row security, default privileges and sequences, and they work', async () => {
    const role = `plinth_test_grantee_${process.pid}`;
    const eighteen = testServer(18);
    await withClient(eighteen.adminUrl, (client) => client.query(`CREATE ROLE ${role}`));
    await fixture.sql(`CREATE ROLE ${role}; CREATE SEQUENCE counted; SELECT nextval('counted') FROM generate_series(1, 41); ALTER SEQUENCE counted OWNER TO plinth_owner;
      CREATE TABLE notes (id serial PRIMARY KEY, author text); INSERT INTO notes (author) VALUES ('plinth_app'), ('somebody else'); ALTER TABLE notes OWNER TO plinth_owner;
      ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE notes FORCE ROW LEVEL SECURITY; CREATE POLICY own_notes ON notes TO plinth_app USING (author = current_user);
      GRANT SELECT ON notes TO plinth_app; GRANT SELECT (author) ON notes TO ${role} WITH GRANT OPTION;
      ALTER DEFAULT PRIVILEGES FOR ROLE plinth_owner IN SCHEMA public GRANT SELECT ON TABLES TO ${role}`);
    const { id } = await fixture.create();
    const database = `${live}_eighteen`;
    const url = (login: 'admin' | 'app' | 'migrator' | 'readonly') => roleUrl(eighteen, login, database);
    try {
      const { report, refused } = await restoreTo({
        ...options,
        ...{ set: await fixture.store.read(id), adminUrl: roleUrl(eighteen, 'admin', 'postgres'), database },
      });
      expect([report.problems, refused, report.server]).toEqual([[], [], expect.stringMatching(/^18/)]);
      const rows = async (login: 'admin' | 'app' | 'migrator' | 'readonly', sql: string) =>
        await withClient(url(login), async (client) => (await client.query(sql)).rows);
      expect(await rows('admin', "SELECT nextval('counted')::int AS next")).toEqual([{ next: 42 }]);
      expect(await rows('app', 'SELECT author FROM notes')).toEqual([{ author: 'plinth_app' }]);
      expect(
        await rows(
          'admin',
          `SELECT relowner::regrole::text AS owner, has_column_privilege('${role}', oid, 'author', 'SELECT WITH GRANT OPTION') AS granted FROM pg_class WHERE relname = 'notes'`,
        ),
      ).toEqual([{ owner: 'plinth_owner', granted: true }]);
      // The migrator acts as the owner there, and what the owner makes is usable at once by whom it should be.
      await rows('migrator', 'CREATE TABLE later ()');
      expect(
        await rows(
          'admin',
          `SELECT relowner::regrole::text AS owner, has_table_privilege('${role}', oid, 'SELECT') AS role, has_table_privilege('plinth_app', oid, 'INSERT') AS app, has_table_privilege('plinth_readonly', oid, 'INSERT') AS readonly FROM pg_class WHERE relname = 'later'`,
        ),
      ).toEqual([{ owner: 'plinth_owner', role: true, app: true, readonly: false }]);
      const read = await withClient(url('admin'), (client) => readContent(client, 'hash'));
      expect(read.content.properties).toEqual((await fixture.store.read(id)).manifest.content.properties);
    } finally {
      await dropDatabase(eighteen.adminUrl, database);
      await withClient(eighteen.adminUrl, (client) => client.query(`DROP ROLE ${role}`));
      await fixture.sql(`DROP TABLE notes; DROP SEQUENCE counted; DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  test('T29: swap puts the restored database in place, ends sessions, and undo brings the old one back', async () => {
    await fixture.sql("INSERT INTO health_check (source) VALUES ('after the backup')");
    const sources = `SELECT count(*)::int FROM health_check WHERE source = 'after the backup'`;
    let ended = '';
    await withClient(fixture.database.url('app'), async (session) => {
      const swapped = await restoreSwap({ ...options, database: live });
      made.push(swapped.kept);
      ended = await codeOf(session.query('SELECT 1'));
      expect(await query(live, sources)).toEqual([{ count: 0 }]);
      expect(await query(swapped.kept, sources)).toEqual([{ count: 1 }]);
    });
    expect(ended).not.toBe('no error');
    await withClient(fixture.database.url('app'), (client) => client.query('SELECT FROM businesses'));

    const undone = await undoSwap({ adminUrl, database: live });
    made.push(undone.kept);
    expect(await query(live, sources)).toEqual([{ count: 1 }]);
    expect(await query(undone.kept, sources)).toEqual([{ count: 0 }]);
    expect(await codeOf(undoSwap({ adminUrl, database: live }))).toBe('nothing_to_undo');
  });

  test('T29: swap and undo hold against clients that reconnect all the time', async () => {
    let over = false;
    let connected = 0;
    const clients = Array.from({ length: 6 }, async () => {
      while (!over) {
        await withClient(fixture.database.url('app'), (client) => client.query('SELECT pg_sleep(0.01)')).then(
          () => connected++,
          () => {},
        );
      }
    });
    const { kept } = await restoreSwap({ ...options, database: live });
    made.push(kept);
    const swapped = connected;
    for (let tries = 0; connected < swapped + 6 && tries < 400; tries++) await sleep(25);
    made.push((await undoSwap({ adminUrl, database: live })).kept);
    const undone = connected;
    for (let tries = 0; connected < undone + 6 && tries < 400; tries++) await sleep(25);
    over = true;
    await Promise.all(clients);
    // Before, between and after: everybody came back by reconnecting.
    expect([swapped > 5, undone > swapped + 5, connected > undone + 5]).toEqual([true, true, true]);
  });

  test('T29: sessions that the login may not end stop the swap with what would help, and nothing is renamed', async () => {
    const role = `plinth_test_owner_${process.pid}`;
    const [database, aside] = [`${role}_db`, `${role}_aside`];
    await query('postgres', `CREATE ROLE ${role} LOGIN CREATEDB PASSWORD 'sesame-of-a-test'`);
    try {
      for (const name of [database, aside]) await query('postgres', `CREATE DATABASE ${name} OWNER ${role}`);
      const mark = { plinth: 'put aside', name: database, backupId: 'x', at: new Date().toISOString() };
      await query('postgres', `COMMENT ON DATABASE ${aside} IS '${JSON.stringify(mark)}'`);
      const login = new URL(adminUrl);
      Object.assign(login, { username: role, password: 'sesame-of-a-test' });
      await withClient(urlFor(adminUrl, database), async (superuser) => {
        await expect(undoSwap({ adminUrl: login.href, database })).rejects.toMatchObject({
          code: 'privilege_missing',
          message: expect.stringContaining(`sessions of database ${database} cannot be ended`),
        });
        await superuser.query('SELECT');
      });
      expect((await names(`${role}%`)).sort()).toEqual([aside, database]);
      const undone = await undoSwap({ adminUrl: login.href, database });
      made.push(undone.kept);
      expect(undone.restored).toBe(aside);
    } finally {
      for (const name of await names(`${role}%`)) await dropDatabase(adminUrl, name);
      await query('postgres', `DROP ROLE ${role}`);
    }
  });

  test('T32: single tables come back beside the live ones, compared with the manifest', async () => {
    await fixture.sql("UPDATE businesses SET legal_name = 'spoiled'");
    const restored = await restoreTables({
      ...options,
      liveUrl: adminUrl,
      schema: 'rescued',
      tables: ['businesses', 'public.health_check'],
    });
    expect(restored.map(({ name, rows }) => [name, rows])).toEqual([
      ['businesses', 500],
      ['health_check', 1],
    ]);
    expect(
      await query(live, "SELECT count(*)::int FROM rescued.businesses WHERE legal_name LIKE 'Business %'"),
    ).toEqual([{ count: 500 }]);
    expect(await query(live, "SELECT count(*)::int FROM businesses WHERE legal_name = 'spoiled'")).toEqual([
      { count: 500 },
    ]);
    expect(
      await codeOf(
        restoreTables({ ...options, liveUrl: adminUrl, schema: 'rescued', tables: ['businesses'] }),
      ),
    ).toBe('refused');
    expect(
      await codeOf(restoreTables({ ...options, liveUrl: adminUrl, schema: 'rescued', tables: ['nothing'] })),
    ).toBe('usage');
    const withoutKey = { ...options, opener: undefined, liveUrl: adminUrl, schema: 'closed' };
    expect(await codeOf(restoreTables({ ...withoutKey, tables: ['businesses'] }))).toBe('key_missing');
  });

  test('T32: when one of several tables cannot be copied whole, none of them stays', async () => {
    const real = tools[0] as (typeof tools)[0];
    const binDir = join(fixture.folder, 'failing-copy');
    mkdirSync(binDir);
    for (const name of ['pg_restore', 'psql'] as const) {
      const half =
        name === 'psql'
          ? `case "$*" in *businesses*"TO STDOUT"*) ${toolPath(real, name)} "$@" | head -n 3; echo 'on purpose' >&2; exit 3;; esac\n`
          : '';
      writeFileSync(join(binDir, name), `#!/bin/sh\n${half}exec ${toolPath(real, name)} "$@"\n`, {
        mode: 0o755,
      });
    }
    const failing = { ...options, tools: [{ ...real, binDir }], liveUrl: adminUrl, schema: 'half' };
    await expect(restoreTables({ ...failing, tables: ['health_check', 'businesses'] })).rejects.toMatchObject(
      { code: 'tool_failed', message: expect.stringContaining('on purpose') },
    );
    expect(await query(live, "SELECT tablename FROM pg_tables WHERE schemaname = 'half'")).toEqual([]);
  });
});
