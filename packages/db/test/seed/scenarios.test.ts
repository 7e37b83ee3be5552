import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verifyPassword } from '../../src/crypto/password.js';
import type { Database } from '../../src/database.js';
import { runSeed, SEEDED_PASSWORD, scenarios } from '../../src/seed.js';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { contentsOf } from './contents.js';

const pepper = 'a pepper for tests';
const now = new Date('2026-11-20T15:04:05Z');

describe.each(scenarios.map(({ name }) => name))('scenario %s', (scenario) => {
  let test1: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    test1 = await createTestDatabase();
    database = await test1.open('admin');
  });
  afterAll(() => test1.drop());

  test('inserts nothing in a dry run, and says what it would insert', async () => {
    const before = await contentsOf(database);
    const dry = await runSeed({ database, scenario, pepper, now, dryRun: true });
    expect(dry.inserted).toBeGreaterThan(5);
    expect(await contentsOf(database)).toEqual(before);
  });

  test('twice is once, also a day later', async () => {
    const first = await runSeed({ database, scenario, pepper, now });
    const after = await contentsOf(database);
    const again = await runSeed({ database, scenario, pepper, now: new Date(now.getTime() + 86_400_000) });
    expect(first).toEqual({ scenario, inserted: first.inserted, skipped: 0 });
    expect(again).toEqual({ scenario, inserted: 0, skipped: first.inserted });
    expect(await contentsOf(database)).toEqual(after);
  });

  test('gives the same rows byte for byte in another database, and others for another seed', async () => {
    const other = await createTestDatabase();
    try {
      const elsewhere = await other.open('admin');
      await runSeed({ database: elsewhere, scenario, pepper, now });
      expect(await contentsOf(elsewhere)).toEqual(await contentsOf(database));
      await runSeed({ database: elsewhere, scenario, pepper, now, seed: 2 });
      expect(await contentsOf(elsewhere)).not.toEqual(await contentsOf(database));
    } finally {
      await other.drop();
    }
  });

  test('lets everybody it made sign in with the documented password', async () => {
    const users = await database.many<{ email: string; password_hash: string }>(
      'select email, password_hash from users',
    );
    for (const user of users) {
      expect(await verifyPassword(user.password_hash, SEEDED_PASSWORD, pepper)).toBe(true);
      expect(await verifyPassword(user.password_hash, 'password124', pepper)).toBe(false);
    }
  });
});

test('the ids and times of the test scenario never change: docs/seeds.md names them', async () => {
  const testDatabase = await createTestDatabase();
  try {
    const database = await testDatabase.open('admin');
    await runSeed({ database, scenario: 'test', pepper });
    const docs = await readFile(new URL('../../../../docs/seeds.md', import.meta.url), 'utf8');
    const named = [...docs.matchAll(/^\| ([a-z_]+) \| `([0-9a-f-]{36})` \|$/gm)].map(([, table, id]) => ({
      table,
      id,
    }));
    const inserted = await database.query(
      'select table_name as table, row_id::text as id from plinth.seeded_rows order by row_id',
    );
    expect(named.sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))).toEqual(inserted);
    expect(await database.one('select id, created_at from users')).toEqual({
      id: '019b76da-a800-78ee-ae50-7648ad813237',
      created_at: new Date('2026-01-01T00:00:00Z'),
    });
  } finally {
    await testDatabase.drop();
  }
});
