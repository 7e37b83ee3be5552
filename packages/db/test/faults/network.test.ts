import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { businesses, type Database, openDatabase, parseDatabaseConfig, withClient } from '@plinth/db';
import { createTestDatabase, type FaultyProxy, startProxy, type TestDatabase } from '@plinth/db/testing';
import { codeOf } from '../support/people.js';

let testDatabase: TestDatabase;
let proxy: FaultyProxy;
let db: Database;
/** The server's own limit, which the client gives two seconds more. */
const STATEMENT_TIMEOUT_MS = 300;
const LIMIT_MS = STATEMENT_TIMEOUT_MS + 2_000;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  proxy = await startProxy(Number(new URL(testDatabase.url()).port));
  db = await openDatabase(
    parseDatabaseConfig({
      DATABASE_URL: proxy.url(testDatabase.url()),
      NODE_ENV: 'test',
      DB_POOL_MAX: '2',
      DB_POOL_MIN: '0',
      DB_POOL_ACQUIRE_TIMEOUT_MS: '1500',
      DB_STATEMENT_TIMEOUT_MS: String(STATEMENT_TIMEOUT_MS),
    }),
  );
});
afterEach(() => {
  proxy.restore();
  proxy.delay(0);
});
afterAll(async () => {
  await db.close();
  await proxy.close();
  await testDatabase.drop();
});

const timed = async (promise: Promise<unknown>) => {
  const startedAt = performance.now();
  const code = await codeOf(promise);
  return { code, ms: performance.now() - startedAt };
};
const answersNow = async () => expect(await db.one('select 1 as n')).toEqual({ n: 1 });

test('a commit whose answer was lost is not repeated, unless it carries an idempotency key', async () => {
  const create = (name: string, key?: string) =>
    db.withTransaction(
      async (tx) =>
        (
          await businesses.create(tx, {
            legalName: name,
            registrationNumber: `${name}-${Math.random()}`,
            country: 'DE',
          })
        ).id,
      key ? { idempotency: { principal: 'test', key, fingerprint: new Uint8Array(32) } } : {},
    );
  proxy.cutAfter('COMMIT');
  expect(await codeOf(create('ambiguous'))).toBe('connection_lost');
  expect(await businesses.count(db, { legalName: 'ambiguous' })).toBe(1);
  proxy.cutAfter('COMMIT');
  const id = await create('keyed', 'the key');
  expect(await businesses.count(db, { legalName: 'keyed' })).toBe(1);
  expect(await businesses.get(db, id)).toMatchObject({ legalName: 'keyed' });
  expect(db.metrics().retries.connection_lost).toBe(1);
});

test('a write of a repository is not repeated either; a read is, and succeeds', async () => {
  proxy.cutAfter('insert into');
  expect(
    await codeOf(businesses.create(db, { legalName: 'cut', registrationNumber: 'cut', country: 'DE' })),
  ).toBe('connection_lost');
  expect(await businesses.count(db, { legalName: 'cut' })).toBe(1);
  const id = (await businesses.list(db, { limit: 1 })).rows[0]?.id as string;
  const retries = db.metrics().retries.connection_lost ?? 0;
  await businesses.get(db, id);
  proxy.reset();
  await answersNow().catch(() => {});
  const reads = await Promise.all(Array.from({ length: 2 }, () => businesses.get(db, id)));
  expect(reads.every((row) => row?.id === id)).toBe(true);
  // A statement prepared already is sent by its name.
  const running = businesses.count(db, { legalName: 'cut' });
  proxy.reset();
  expect(await running).toBe(1);
  expect(db.metrics().retries.connection_lost ?? 0).toBeGreaterThanOrEqual(retries);
});

test('in a black hole a query fails within its limit, and the next one succeeds at once', async () => {
  await answersNow();
  proxy.drop();
  const lost = await timed(db.query('select 2'));
  expect(lost.code).toBe('query_timeout');
  expect(lost.ms).toBeLessThan(LIMIT_MS + 500);
  proxy.restore();
  await answersNow();
});

test('in a black hole a transaction fails within its limit, for Prisma and SQL alike, and poisons nobody', async () => {
  for (const work of [
    () =>
      db.withTransaction(async (tx) => {
        await tx.$queryRaw`select 1`;
        proxy.drop();
        await tx.$queryRaw`select 2`;
      }),
    () =>
      db.tx(async (sql) => {
        await sql.query('select 1');
        proxy.drop();
        await sql.query('select 2');
      }),
  ]) {
    const lost = await timed(work());
    expect(['query_timeout', 'connection_lost']).toContain(lost.code);
    expect(lost.ms).toBeLessThan(2 * LIMIT_MS + 500);
    proxy.restore();
    await answersNow();
    expect(db.poolStatus().checked_out).toBe(0);
  }
});

test('a reset ends one query, not the process, and the next ones work', async () => {
  const running = timed(db.query('select pg_sleep(0.2)'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  proxy.reset();
  expect((await running).code).toBe('connection_lost');
  await answersNow();
});

test('latency within the limit only costs time', async () => {
  proxy.delay(40);
  expect((await timed(db.one('select 1'))).code).toBe('nothing was thrown');
});

test('a query that the client no longer waits for is cancelled on the server', async () => {
  const slow = db.tx(async (sql) => {
    await sql.query('set local statement_timeout = 0');
    await sql.query('select pg_sleep(20) as orphan_of_the_network');
  });
  const running = () =>
    withClient(testDatabase.url('admin'), async (client) => {
      const { rows } = await client.query(
        "select 1 from pg_stat_activity where query like '%orphan_of_the_network%' and state = 'active' and pid <> pg_backend_pid()",
      );
      return rows.length;
    });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await running()).toBe(1);
  expect(await codeOf(slow)).toBe('query_timeout');
  const deadline = performance.now() + 2_000;
  while ((await running()) > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await running()).toBe(0);
});
