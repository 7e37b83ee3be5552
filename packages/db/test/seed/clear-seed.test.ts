import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../src/database.js';
import { clearSeed, runSeed, seedInfo } from '../../src/seed.js';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { contentsOf } from './contents.js';

const pepper = 'a pepper for tests';
const now = new Date('2026-11-20T00:00:00Z');

describe('clearing seeds', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = await testDatabase.open('admin');
  });
  afterAll(() => testDatabase.drop());

  test('restores the exact earlier rows, also those that seeding found under its own names', async () => {
    await database.none(
      `insert into users (email, full_name) values ('test@example.com', 'Was here before')`,
    );
    await database.none(`insert into roles (name, permissions) values ('admin', '{everything}')`);
    await database.none(`insert into artists (name) values ('Drake'), ('Drake'), ('Somebody Else')`);
    const before = await contentsOf(database);

    for (const scenario of ['dev', 'demo', 'test']) await runSeed({ database, scenario, pepper, now });
    const blocks = await database.one<{ n: number }>(
      `select count(*)::int as n from user_artist_blocks b join users u on u.id = b.user_id where u.full_name = 'Was here before'`,
    );
    expect(blocks.n).toBe(4);
    expect(await database.one(`select permissions from roles where name = 'admin'`)).toEqual({
      permissions: ['everything'],
    });

    const dry = await clearSeed(database, { dryRun: true });
    const cleared = await clearSeed(database);
    expect(cleared).toEqual(dry);
    expect(cleared.removed).toBeGreaterThan(1_000);
    expect(await contentsOf(database)).toEqual(before);
    expect((await seedInfo(database)).runs).toEqual([]);
    expect(await clearSeed(database)).toEqual({ removed: 0, tables: {}, endedSessions: 0 });
  });

  test('refuses by name while other rows refer to seeded ones, and changes nothing', async () => {
    await runSeed({ database, scenario: 'dev', pepper, now });
    const { id } = await database.one<{ id: string }>(
      `insert into community_lists (owner_id, name) select id, 'Made by hand' from users where email = 'sam@example.com'
       returning id`,
    );
    const before = await contentsOf(database);
    await expect(clearSeed(database)).rejects.toMatchObject({
      code: 'seeded_rows_in_use',
      message: expect.stringContaining(`1 in community_lists by owner_id to users (${id})`),
    });
    expect(await contentsOf(database)).toEqual(before);
    await database.none('delete from community_lists where id = $1', [id]);
    expect((await clearSeed(database)).removed).toBeGreaterThan(100);
  });

  test("a sign-in of a seeded user does not stand in the way, and nobody else's ends", async () => {
    await database.none(`insert into users (email, full_name) values ('mine@example.com', 'Mine')`);
    await runSeed({ database, scenario: 'dev', pepper, now });
    await database.none(
      `insert into sessions (user_id, token_hash, family_id, expires_at)
       select id, sha256(convert_to(email, 'UTF8')), plinth.uuid_v7(), now() + interval '1 day' from users
        where email in ('sam@example.com', 'mine@example.com')`,
    );
    expect(await clearSeed(database)).toMatchObject({ endedSessions: 1 });
    expect(await database.query('select u.email from sessions s join users u on u.id = s.user_id')).toEqual([
      { email: 'mine@example.com' },
    ]);
    await database.none(`delete from users where email = 'mine@example.com'`);
  });

  test('info tells seeded rows from others, and a removed seeded row is not counted', async () => {
    await runSeed({ database, scenario: 'test', pepper, now });
    await database.none('delete from messages');
    const { tables, runs } = await seedInfo(database);
    const byName = new Map(tables.map((table) => [table.table, table]));
    expect(byName.get('artists')).toMatchObject({ seeded: 1, other: 3, lastRunAt: runs[0]?.lastRunAt });
    expect(byName.get('messages')).toMatchObject({ seeded: 0, other: 0 });
    expect(runs).toMatchObject([{ scenario: 'test', seed: 1, inserted: 8, skipped: 0 }]);
    const again = await runSeed({ database, scenario: 'test', pepper, now });
    expect(again).toEqual({ scenario: 'test', inserted: 1, skipped: 7 });
  });

  test('a role that row security applies to cannot clear or count by mistake', async () => {
    const app = await testDatabase.open('app');
    await expect(clearSeed(app)).rejects.toMatchObject({ code: 'seed_role' });
    await expect(seedInfo(app)).rejects.toMatchObject({ code: 'seed_role' });
  });
});
