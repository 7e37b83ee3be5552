import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLimiter, type Database, type LimitStore, openRedis } from '@plinth/db';
import {
  createTestDatabase,
  hasRedis,
  type RedisServer,
  startRedis,
  type TestDatabase,
} from '@plinth/db/testing';

let serial = 0;
const ruleName = () => `rule${++serial}`;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What holds for every store, given two of them, as two processes would have. */
const HOLDS: [string, (stores: [LimitStore, LimitStore]) => Promise<void>][] = [
  [
    'of 50 uses at once in two processes exactly as many are allowed as the rule says',
    async (stores) => {
      const rule = { name: ruleName(), points: 20, durationS: 60 };
      const limiters = stores.map((store) => createLimiter(store, rule));
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, turn) => limiters[turn % 2]?.consume('ada@example.com')),
      );
      expect(results.filter((result) => result?.allowed)).toHaveLength(20);
      const refused = await limiters[0]?.consume('ada@example.com');
      expect(refused).toMatchObject({ allowed: false, remaining: 0 });
      expect(refused?.resetMs).toBeGreaterThan(50_000);
      expect(await limiters[1]?.consume('bob@example.com')).toMatchObject({ allowed: true, remaining: 19 });
    },
  ],

  [
    'the counter starts anew after its duration',
    async (stores) => {
      const limiter = createLimiter(stores[0], { name: ruleName(), points: 1, durationS: 1 });
      expect((await limiter.consume('k')).allowed).toBe(true);
      expect((await limiter.consume('k')).allowed).toBe(false);
      await sleep(1_100);
      expect((await limiter.consume('k')).allowed).toBe(true);
    },
  ],

  [
    'who goes too far is refused for the time of the block, in the other process too',
    async (stores) => {
      const rule = { name: ruleName(), points: 2, durationS: 1, blockS: 3 };
      const [first, second] = stores.map((store) => createLimiter(store, rule));
      for (const allowed of [true, true, false]) expect((await first?.consume('k'))?.allowed).toBe(allowed);
      await sleep(1_200);
      const blocked = await second?.consume('k');
      expect(blocked?.allowed).toBe(false);
      expect(blocked?.resetMs).toBeLessThanOrEqual(3_000);
      await sleep(3_100);
      expect((await second?.consume('k'))?.allowed).toBe(true);
    },
  ],

  [
    'a use that was given back counts no more, in the other process too',
    async (stores) => {
      const rule = { name: ruleName(), points: 2, durationS: 60 };
      const [first, second] = stores.map((store) => createLimiter(store, rule));
      for (let use = 0; use < 5; use++) {
        expect(await first?.consume('k')).toMatchObject({ allowed: true, remaining: 1 });
        await second?.giveBack('k');
      }
    },
  ],

  [
    'a use may cost several points, and a reset forgets',
    async (stores) => {
      const limiter = createLimiter(stores[0], { name: ruleName(), points: 10, durationS: 60 });
      expect(await limiter.consume('k', 7)).toMatchObject({ allowed: true, remaining: 3 });
      expect((await limiter.consume('k', 4)).allowed).toBe(false);
      await limiter.reset('k');
      expect(await limiter.consume('k', 4)).toMatchObject({ allowed: true, remaining: 6 });
    },
  ],
];

describe.each([15, 18] as const)('rate limits on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let databases: [Database, Database];
  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    databases = [await testDatabase.open('app'), await testDatabase.open('app')];
  });
  afterAll(() => testDatabase.drop());
  const postgres = (database: Database | undefined): LimitStore => ({
    kind: 'postgres',
    database: () => database,
  });

  test.each(HOLDS)('%s', (_title, holds) => holds([postgres(databases[0]), postgres(databases[1])]));

  test('keys are stored hashed, in a table without write-ahead log', async () => {
    const limiter = createLimiter(postgres(databases[0]), { name: ruleName(), points: 5, durationS: 60 });
    await limiter.consume('canary@example.com');
    await limiter.consume('x'.repeat(10_000));
    expect(
      await databases[0].query(
        `select key from plinth.rate_limits where key like '%canary%' or length(key) > 100`,
      ),
    ).toEqual([]);
    expect(
      await databases[0].one(
        `select relpersistence from pg_class where oid = 'plinth.rate_limits'::regclass`,
      ),
    ).toEqual({ relpersistence: 'u' });
  });

  test('a flood beyond the limit costs no statements', async () => {
    const database = await testDatabase.open('app');
    const limiter = createLimiter(postgres(database), { name: ruleName(), points: 1, durationS: 60 });
    for (let turn = 0; turn < 3; turn++) await limiter.consume('k');
    const before = database.metrics().operations.reduce((sum, one) => sum + one.latency.count, 0);
    for (let turn = 0; turn < 100; turn++) expect((await limiter.consume('k')).allowed).toBe(false);
    expect(database.metrics().operations.reduce((sum, one) => sum + one.latency.count, 0)).toBe(before);
  });

  test('with the database away or not yet open each process counts by itself, and nobody is locked out', async () => {
    const gone = await testDatabase.open('app');
    await gone.close();
    for (const database of [gone, undefined]) {
      const limiter = createLimiter(postgres(database), { name: ruleName(), points: 3, durationS: 60 });
      const allowed: boolean[] = [];
      for (let turn = 0; turn < 5; turn++) allowed.push((await limiter.consume('k')).allowed);
      expect(allowed).toEqual([true, true, true, false, false]);
    }
  });
});

(hasRedis() ? test : test.skip)(
  'limits on Redis hold as well, and fall back to each process while it is away',
  async () => {
    const redis: RedisServer = await startRedis();
    const open = async () => {
      const client = openRedis(redis.url, () => {});
      await new Promise((resolve) => client.once('ready', resolve));
      return client;
    };
    const clients = [await open(), await open()] as const;
    try {
      const stores = clients.map((client) => ({ kind: 'redis', client })) as [LimitStore, LimitStore];
      for (const [, holds] of HOLDS) await holds(stores);

      const [client] = clients;
      const limiter = createLimiter(stores[0], { name: ruleName(), points: 2, durationS: 60 });
      await redis.stop();
      const allowed: boolean[] = [];
      const startedAt = performance.now();
      for (let turn = 0; turn < 4; turn++) allowed.push((await limiter.consume('k')).allowed);
      expect(allowed).toEqual([true, true, false, false]);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      const back = new Promise((resolve) => client.once('ready', resolve));
      await redis.start();
      await back;
      await limiter.consume('other');
      expect(await client.keys('*')).toHaveLength(1);
    } finally {
      for (const client of clients) client.disconnect();
      await redis.stop();
    }
  },
);
