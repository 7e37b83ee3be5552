import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { outcomeOf, plinth, startPlinth } from './plinth.js';

describe('plinth seed', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  beforeAll(async () => {
    database = await createTestDatabase();
    env = {
      DATABASE_URL: database.url('app'),
      MIGRATE_DATABASE_URL: database.url('migrator'),
      ADMIN_DATABASE_URL: database.url('admin'),
      PASSWORD_PEPPER: 'a pepper for tests',
    };
  });
  afterAll(() => database.drop());
  const seed = async (...args: string[]) => {
    const { code, stdout } = await plinth(['seed', ...args, '--json'], env);
    return { code, answer: JSON.parse(stdout) };
  };

  test('answers { scenario, inserted, skipped }, inserts once, and a dry run inserts nothing', async () => {
    const dry = await seed('dev', '--dry-run');
    const first = await seed('dev');
    const again = await seed('dev');
    const { inserted } = first.answer;
    expect(inserted).toBeGreaterThan(150);
    expect(dry).toEqual(first);
    expect(first).toEqual({ code: 0, answer: { scenario: 'dev', inserted, skipped: 0 } });
    expect(again).toEqual({ code: 0, answer: { scenario: 'dev', inserted: 0, skipped: inserted } });
  });

  test('info and clear agree on what was seeded; clear wants the name of the database', async () => {
    const { answer: info } = await seed('info');
    const seeded = info.tables.reduce((sum: number, table: { seeded: number }) => sum + table.seeded, 0);
    const unconfirmed = await seed('clear');
    expect(unconfirmed).toMatchObject({ code: 24, answer: { error: { code: 'refused' } } });
    const { code, answer } = await seed('clear', '--confirm', database.name);
    expect(code).toBe(0);
    expect(answer).toMatchObject({ scenario: 'clear', inserted: 0, skipped: 0, removed: seeded });
  });

  test('production is refused with 24', async () => {
    for (const args of [['dev'], ['bulk', '--users', '5'], ['clear', '--confirm', database.name]]) {
      const { code, stdout } = await plinth(['seed', ...args, '--json'], { ...env, NODE_ENV: 'production' });
      expect(code).toBe(24);
      expect(JSON.parse(stdout).error.code).toBe('refused');
    }
    const known = await plinth(['seed', 'test', '--i-know', '--json'], { ...env, NODE_ENV: 'production' });
    expect(JSON.parse(known.stdout)).toEqual({ scenario: 'test', inserted: 8, skipped: 0 });
  });

  test('the application role, wrong numbers and a database without tables are told what to do', async () => {
    const app = { DATABASE_URL: database.url('app'), PASSWORD_PEPPER: 'a pepper for tests' };
    const asApp = await plinth(['seed', 'dev', '--json'], app);
    expect(JSON.parse(asApp.stdout).error).toMatchObject({
      code: 'seed_role',
      fix: expect.stringContaining('MIGRATE'),
    });
    expect((await seed('bulk', '--users', 'many')).code).toBe(2);
    expect((await seed('bulk')).code).toBe(2);
    const empty = await createTestDatabase({ empty: true });
    const outcome = await plinth(['seed', 'dev', '--json'], { ...app, DATABASE_URL: empty.url('migrator') });
    await empty.drop();
    expect(outcome.code).toBe(3);
    expect(JSON.parse(outcome.stdout).error.fix).toBe('run `pnpm plinth migrate up`');
  });

  test('Ctrl-C ends bulk with 130, keeps whole chunks, and the same command continues', async () => {
    const command = ['seed', 'bulk', '--businesses', '400000', '--json'];
    const child = startPlinth(command, env);
    const ended = outcomeOf(child);
    const admin = await database.open('admin');
    const rows = async () =>
      (
        await admin.one<{ n: number }>(
          'select count(*)::int as n from businesses where registration_number like $1',
          ['B1-%'],
        )
      ).n;
    while ((await rows()) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout).error.code).toBe('cancelled');
    expect(stderr).toContain('the same command continues');
    const kept = await rows();
    expect(kept % 50_000).toBe(0);
    expect(kept).toBeLessThan(400_000);
    const continued = await plinth(['seed', 'bulk', '--businesses', String(kept + 10), '--json'], env);
    expect(JSON.parse(continued.stdout)).toEqual({ scenario: 'bulk', inserted: 10, skipped: kept });
  });
});
