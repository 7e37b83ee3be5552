import { expect, test } from '@jest/globals';
import { clearSeed, runSeed, seedBulk, seedInfo } from '../../src/seed.js';
import { createTestDatabase } from '../../src/testing.js';

const pepper = 'a pepper for tests';

test('seeding, its report, clearing and bulk work as the migrator under forced row security', async () => {
  const testDatabase = await createTestDatabase();
  try {
    const admin = await testDatabase.open('admin');
    const count = async () =>
      (await admin.one<{ n: number }>('select count(*)::int as n from user_artist_blocks')).n;
    const migrator = await testDatabase.open('migrator');
    const first = await runSeed({ database: migrator, scenario: 'dev', pepper });
    expect(await runSeed({ database: migrator, scenario: 'dev', pepper })).toEqual({
      scenario: 'dev',
      inserted: 0,
      skipped: first.inserted,
    });
    expect(await count()).toBe(8);
    const { tables } = await seedInfo(migrator);
    expect(tables.find(({ table }) => table === 'user_artist_blocks')).toMatchObject({ seeded: 8, other: 0 });
    expect((await clearSeed(migrator)).removed).toBe(first.inserted);
    expect(await count()).toBe(0);
    await seedBulk(migrator, { counts: { users: 20, artists: 10, blocks: 50 }, chunkRows: 20 });
    expect(await count()).toBe(50);
    expect(
      await admin.query(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and not relforcerowsecurity",
      ),
    ).toEqual([]);
    await expect(seedBulk(await testDatabase.open('app'), { counts: { users: 1 } })).rejects.toMatchObject({
      code: 'seed_role',
    });
  } finally {
    await testDatabase.drop();
  }
});

test('the application role may not seed', async () => {
  const testDatabase = await createTestDatabase();
  try {
    const app = await testDatabase.open('app');
    await expect(runSeed({ database: app, scenario: 'dev', pepper })).rejects.toMatchObject({
      code: 'seed_role',
    });
  } finally {
    await testDatabase.drop();
  }
});

test('production is refused, unless the caller knows', async () => {
  const testDatabase = await createTestDatabase();
  try {
    const production = await testDatabase.open('migrator', { NODE_ENV: 'production' });
    await expect(runSeed({ database: production, scenario: 'dev', pepper })).rejects.toMatchObject({
      code: 'refused',
    });
    const { inserted } = await runSeed({ database: production, scenario: 'test', pepper, iKnow: true });
    expect(inserted).toBe(8);
  } finally {
    await testDatabase.drop();
  }
});
