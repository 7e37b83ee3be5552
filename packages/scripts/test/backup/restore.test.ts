import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dropDatabase, quoteIdentifier, urlFor, withClient } from '@plinth/db';
import type { RestoreOptions } from '../../src/backup/drill.js';
import { restoreSwap, restoreTo } from '../../src/backup/restore.js';
import { restoreTables } from '../../src/backup/restore-tables.js';
import { readContent } from '../../src/backup/snapshot.js';
import type { StoredSet } from '../../src/backup/store.js';
import { undoSwap } from '../../src/backup/swap.js';
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
  test('restores under a new name with owner, grants and settings of the database itself', async () => {
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

  test('never restores into a database that holds anything', async () => {
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

  test('a restore that fails changes nothing and leaves nothing', async () => {
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

  test('missing roles are named before anything is restored, and can be made', async () => {
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

  test('swap puts the restored database in place, ends sessions, and undo brings the old one back', async () => {
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

  test('swap holds against clients that reconnect all the time', async () => {
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
    over = true;
    await Promise.all(clients);
    expect(connected).toBeGreaterThan(5);
    made.push((await undoSwap({ adminUrl, database: live })).kept);
  });

  test('single tables come back beside the live ones, compared with the manifest', async () => {
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
  });
});
