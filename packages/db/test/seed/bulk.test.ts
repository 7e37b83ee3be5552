import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../src/database.js';
import { clearSeed, seedBulk, seedInfo } from '../../src/seed.js';
import { createTestDatabase, SOURCE_FLAGS, type TestDatabase } from '../../src/testing.js';
import { contentsOf } from './contents.js';

const program = fileURLToPath(new URL('./bulk-program.ts', import.meta.url));
const counts = { users: 2_000, artists: 700, businesses: 9_000, blocks: 12_000, assessments: 6_000 };
const total = Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Children whose parent is missing; COPY checks foreign keys, this checks that it did. */
const ORPHANS = `
  select (select count(*) from user_artist_blocks b where not exists (select from users u where u.id = b.user_id)
             or not exists (select from artists a where a.id = b.artist_id))
       + (select count(*) from risk_assessments r where not exists (select from businesses b where b.id = r.business_id))
       as orphans`;

describe('bulk seeding', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let whole: Record<string, string[]>;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = await testDatabase.open('admin');
    await seedBulk(database, { counts, chunkRows: 1_000_000 });
    whole = await contentsOf(database);
  });
  afterAll(() => testDatabase.drop());

  /** Another, empty database. */
  async function elsewhere(work: (other: TestDatabase, opened: Database) => Promise<void>): Promise<void> {
    const other = await createTestDatabase();
    try {
      await work(other, await other.open('admin'));
    } finally {
      await other.drop();
    }
  }

  test('inserts what was asked for, with foreign keys intact and few accounts holding much', async () => {
    expect(Object.values(whole).flat()).toHaveLength(total);
    expect(await database.one(ORPHANS)).toEqual({ orphans: '0' });
    const shares = await database.many<{ n: number }>(
      'select count(*)::int as n from user_artist_blocks group by user_id order by 1 desc',
    );
    expect(shares[0]?.n).toBeGreaterThan(200);
    expect(shares[Math.floor(shares.length / 2)]?.n).toBeLessThan(10);
  });

  test('leaves one audit entry a chunk that counts its rows, and every trigger and policy as it was', async () => {
    expect(
      await database.query(
        "select entity, (after ->> 'bulk_loaded')::int as rows from audit.audit_log where actor_id = 'seed bulk' order by 1",
      ),
    ).toEqual([
      { entity: 'artists', rows: counts.artists },
      { entity: 'businesses', rows: counts.businesses },
      { entity: 'risk_assessments', rows: counts.assessments },
      { entity: 'user_artist_blocks', rows: counts.blocks },
      { entity: 'users', rows: counts.users },
    ]);
    expect(
      await database.query(
        `select tgname from pg_trigger where not tgisinternal and tgenabled <> 'O'
         union all select relname from pg_class where relrowsecurity and not relforcerowsecurity and relnamespace = 'public'::regnamespace`,
      ),
    ).toEqual([]);
    const undo = new Error('undo');
    const changing = database.tx(async (sql) => {
      await sql.none("update businesses set city = 'Changed' where id = (select id from businesses limit 1)");
      const { n } = await sql.one<{ n: number }>(
        "select count(*)::int as n from audit.audit_log where action = 'update'",
      );
      throw n === 1 ? undo : new Error(`${n} entries`);
    });
    await expect(changing).rejects.toBe(undo);
  });

  test('a second run inserts nothing', async () => {
    expect(await seedBulk(database, { counts })).toEqual({ scenario: 'bulk', inserted: 0, skipped: total });
    expect(await contentsOf(database)).toEqual(whole);
  });

  test('the same seed gives the same rows byte for byte, whatever the chunks', () =>
    elsewhere(async (_other, opened) => {
      await seedBulk(opened, { counts, chunkRows: 777 });
      expect(await contentsOf(opened)).toEqual(whole);
    }));

  test('another seed gives other rows beside them, and growing a table keeps what is there', () =>
    elsewhere(async (_other, opened) => {
      await seedBulk(opened, { counts: { businesses: 50 } });
      await seedBulk(opened, { counts: { businesses: 60 }, seed: 2 });
      const grown = await seedBulk(opened, { counts: { businesses: 80 } });
      expect(grown).toEqual({ scenario: 'bulk', inserted: 30, skipped: 50 });
      const { tables } = await seedInfo(opened);
      expect(tables.find(({ table }) => table === 'businesses')).toMatchObject({ seeded: 140, other: 0 });
    }));

  test('kill -9 in the middle leaves whole chunks and valid foreign keys, and the rerun completes the same rows', () =>
    elsewhere(async (other, opened) => {
      const child = spawn(
        process.execPath,
        [...SOURCE_FLAGS, program, other.url('admin'), JSON.stringify(counts)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const ended = once(child, 'exit');
      // It reports each chunk; the kill falls into one of the blocks, the last table but one.
      let said = '';
      for await (const text of child.stdout.setEncoding('utf8')) {
        said += text;
        if (/user_artist_blocks [1-9]/.test(said)) child.kill('SIGKILL');
      }
      expect((await ended)[1]).toBe('SIGKILL');
      await opened.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'bulk-program'`,
      );
      const blocks = await opened.one<{ n: number; done: number }>(
        `select (select count(*)::int from user_artist_blocks) as n, done::int from plinth.seeded_ranges where table_name = 'user_artist_blocks'`,
      );
      expect(blocks.n).toBe(blocks.done);
      expect(blocks.n).toBeGreaterThan(0);
      expect(blocks.n).toBeLessThan(counts.blocks);
      expect(await opened.one(ORPHANS)).toEqual({ orphans: '0' });

      const rerun = await seedBulk(opened, { counts });
      expect(rerun.inserted + rerun.skipped).toBe(total);
      expect(rerun.skipped).toBeGreaterThan(counts.users);
      expect(await contentsOf(opened)).toEqual(whole);
    }));

  test('an abort undoes the chunk under way and keeps those before it', () =>
    elsewhere(async (_other, opened) => {
      const stop = new AbortController();
      const onProgress = (_table: string, done: number) => done >= 2_000 && stop.abort(new Error('stopped'));
      const run = seedBulk(opened, {
        counts: { businesses: 9_000 },
        chunkRows: 1_000,
        signal: stop.signal,
        onProgress,
      });
      await expect(run).rejects.toThrow('stopped');
      expect(await opened.one('select count(*)::int as n from businesses')).toEqual({ n: 2_000 });
      expect(opened.poolStatus().checked_out).toBe(0);
    }));

  test('two runs at once fill the tables once', () =>
    elsewhere(async (other, opened) => {
      const second = await other.open('admin');
      const runs = await Promise.all(
        [opened, second].map((one) => seedBulk(one, { counts, chunkRows: 500 })),
      );
      expect(runs.reduce((sum, run) => sum + run.inserted, 0)).toBe(total);
      expect(await contentsOf(opened)).toEqual(whole);
    }));

  test('refuses numbers that contradict what is there, and children without parents', async () => {
    const fewer = seedBulk(database, { counts: { ...counts, artists: 900 } });
    await expect(fewer).rejects.toMatchObject({
      code: 'bulk_shape_differs',
      fix: 'continue with --blocks 12000 --users 2000 --artists 700, or choose another --seed',
    });
    const lonely = seedBulk(database, { counts: { blocks: 5 }, seed: 9 });
    await expect(lonely).rejects.toMatchObject({ code: 'usage', message: 'blocks need users and artists' });
    const crowded = seedBulk(database, { counts: { users: 2, artists: 2, blocks: 5 }, seed: 9 });
    await expect(crowded).rejects.toMatchObject({ code: 'usage' });
    await expect(seedBulk(database, { counts: {} })).rejects.toMatchObject({ code: 'usage' });
    expect(await contentsOf(database)).toEqual(whole);
  });

  test('a plan of which nothing was inserted binds nobody', () =>
    elsewhere(async (_other, opened) => {
      const half = seedBulk(opened, { counts: { users: 2, artists: 2, blocks: 3, assessments: 1 } });
      await expect(half).rejects.toMatchObject({ message: 'assessments need businesses' });
      const { inserted } = await seedBulk(opened, { counts: { users: 4, artists: 2, blocks: 5 } });
      expect(inserted).toBe(11);
    }));

  test('every pair of user and artist is blocked once even when everybody blocks everything', () =>
    elsewhere(async (_other, opened) => {
      await seedBulk(opened, { counts: { users: 30, artists: 23, blocks: 690 } });
      expect(await opened.one('select count(*)::int as n from user_artist_blocks')).toEqual({ n: 690 });
    }));

  test('clear removes all of it and nothing else', async () => {
    await database.none(`insert into artists (name) values ('Mine')`);
    expect((await clearSeed(database)).removed).toBe(total);
    expect(Object.keys(await contentsOf(database))).toEqual(['artists']);
    expect(await seedBulk(database, { counts: { users: 3 } })).toEqual({
      scenario: 'bulk',
      inserted: 3,
      skipped: 0,
    });
  });
});
