import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { businesses, type Database, healthChecks, type PoolEvent, urlFor, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { codeOf, many } from '../support/people.js';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const admin = (text: string, values: unknown[] = []) =>
  withClient(testDatabase.url('admin'), (client) => client.query(text, values));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('backends killed at random points cost single calls, never the process, a connection or half a transfer', async () => {
  const db = await testDatabase.open('app', { DB_POOL_MAX: '5', DB_CONNECT_RETRIES: '0' });
  await healthChecks.createMany(db, [
    { source: 'left', writes: 1_000 },
    { source: 'right', writes: 1_000 },
  ]);
  const until = Date.now() + many(3_000, 30_000);
  let calls = 0;
  const goesOn = () => calls <= 20 || Date.now() < until;
  const codes = new Set<string>();
  const worker = async (n: number) => {
    while (goesOn()) {
      calls++;
      // The same order of rows everywhere: deadlocks are another test's subject.
      const amount = n % 2 === 0 ? 1 : -1;
      const transfer =
        n < 2
          ? db.withTransaction(async (tx) => {
              await tx.healthCheck.update({
                where: { source: 'left' },
                data: { writes: { decrement: amount } },
              });
              await tx.healthCheck.update({
                where: { source: 'right' },
                data: { writes: { increment: amount } },
              });
            })
          : db.tx(async (sql) => {
              await sql.none("update health_check set writes = writes - $1 where source = 'left'", [amount]);
              await sql.none("update health_check set writes = writes + $1 where source = 'right'", [amount]);
            });
      await transfer.catch((error: { code?: string }) => codes.add(error.code ?? String(error)));
      await healthChecks.get(db, 'left').catch((error: { code?: string }) => codes.add(`read ${error.code}`));
    }
  };
  const killer = async () => {
    while (goesOn()) {
      await admin(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid() order by random() limit 2',
        [testDatabase.name],
      );
      await sleep(60);
    }
  };
  await Promise.all([0, 1, 2, 3].map(worker).concat(killer()));
  for (const code of codes)
    expect(code).toMatch(/^(read )?(connection_lost|unavailable|starting|query_timeout)$/);
  expect(
    await db.one("select sum(writes)::int as total from health_check where source in ('left', 'right')"),
  ).toEqual({ total: 2_000 });
  const { size, checked_in, checked_out } = db.poolStatus();
  expect([checked_out, size]).toEqual([0, checked_in]);
}, 90_000);

test('after a failover to read-only all connections are replaced, and writes resume without a restart', async () => {
  const events: PoolEvent[] = [];
  const db = await testDatabase.open(
    'app',
    { DB_POOL_MAX: '3', DB_POOL_MIN: '3' },
    { onPoolEvent: (event) => events.push(event) },
  );
  const pids = async () =>
    new Set(
      (
        await Promise.all(
          [1, 2, 3].map(() =>
            db.one<{ pid: number }>('select pg_backend_pid() as pid, pg_sleep(0.05)::text'),
          ),
        )
      ).map(({ pid }) => pid),
    );
  const before = await pids();
  const create = () =>
    businesses.create(db, { legalName: 'x', registrationNumber: String(Math.random()), country: 'DE' });
  // From another database: sessions of this one are read-only then.
  const alter = (change: string) =>
    withClient(urlFor(testDatabase.url('admin'), 'postgres'), (client) =>
      client.query(`alter database ${testDatabase.name} ${change}`),
    );
  await alter('set default_transaction_read_only = on');
  await admin('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2', [
    testDatabase.name,
    'plinth_app',
  ]);
  await sleep(1_300);
  expect(await codeOf(create())).toBe('read_only');
  // Reads go on.
  await healthChecks.count(db);
  await alter('reset default_transaction_read_only');
  // Old sessions keep the setting they began with; only new ones can write.
  await sleep(1_100);
  expect(await create()).toMatchObject({ version: 1 });
  expect(events.filter(({ type }) => type === 'recycle').length).toBeGreaterThan(0);
  expect(db.metrics().recycled).toBeGreaterThan(0);
  const after = await pids();
  for (const pid of after) expect(before.has(pid)).toBe(false);
});

test("a runaway statement, a lock and an idle transaction are ended by the role's own timeouts, and the pool recovers", async () => {
  const db = await testDatabase.open('app', { DB_POOL_MAX: '2', DB_STATEMENT_TIMEOUT_MS: '500' });
  expect(await codeOf(db.query('select pg_sleep(5)'))).toBe('query_timeout');
  const idle = db.tx(async (sql) => {
    await sql.query("set local idle_in_transaction_session_timeout = '200ms'");
    await sleep(600);
    await sql.query('select 1');
  });
  expect(['idle_timeout', 'connection_lost']).toContain(await codeOf(idle));
  await healthChecks.create(db, { source: 'locked' });
  const holder = db.tx(async (sql) => {
    await sql.query("select 1 from health_check where source = 'locked' for update");
    await sleep(700);
  });
  await sleep(50);
  const waiter = db.tx(
    async (sql) => {
      await sql.query("set local lock_timeout = '100ms'");
      await sql.query("select 1 from health_check where source = 'locked' for update");
    },
    undefined,
    { retries: 0 },
  );
  expect(await codeOf(waiter)).toBe('lock_timeout');
  await holder;
  expect(await db.one('select 1 as n')).toEqual({ n: 1 });
  expect(db.poolStatus().checked_out).toBe(0);
});

test('a full pool sheds the callers beyond its bound at once, serves the others, and counts both', async () => {
  const db = await testDatabase.open('app', {
    DB_POOL_MAX: '2',
    DB_POOL_MAX_WAITING: '10',
    DB_POOL_ACQUIRE_TIMEOUT_MS: '3000',
  });
  const startedAt = performance.now();
  const results = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const code = await codeOf(db.query('select pg_sleep(0.1)'));
      return { code, ms: performance.now() - startedAt };
    }),
  );
  const shed = results.filter(({ code }) => code === 'pool_exhausted');
  expect(shed.length).toBeGreaterThanOrEqual(35);
  for (const { ms } of shed) expect(ms).toBeLessThan(500);
  expect(results.length - shed.length).toBeGreaterThanOrEqual(10);
  expect(await db.one('select 1 as n')).toEqual({ n: 1 });
  expect(db.metrics().shed).toBe(shed.length);
});

test('a frozen backend costs its caller the limit and nobody else anything', async () => {
  const db: Database = await testDatabase.open('app', { DB_POOL_MAX: '2', DB_STATEMENT_TIMEOUT_MS: '300' });
  let pid = 0;
  const frozen = db.tx(async (sql) => {
    pid = (await sql.one<{ pid: number }>('select pg_backend_pid() as pid')).pid;
    process.kill(pid, 'SIGSTOP');
    await sql.query('select 2');
  });
  try {
    expect(await codeOf(frozen)).toBe('query_timeout');
    expect(await db.one('select 1 as n')).toEqual({ n: 1 });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  expect(await db.one('select 1 as n')).toEqual({ n: 1 });
});

test('latencies and errors are counted per operation', async () => {
  const db = await testDatabase.open();
  await businesses.list(db);
  await businesses.list(db);
  await codeOf(businesses.create(db, { legalName: 'x', registrationNumber: '1', country: 'nowhere' }));
  await codeOf(db.query('select nothing_there'));
  const { operations, acquire } = db.metrics();
  const of = (name: string) => operations.find(({ operation }) => operation === name);
  expect(of('businesses.list')).toMatchObject({ latency: { count: 2 }, errors: {} });
  expect(of('businesses.create')).toMatchObject({ latency: { count: 1 }, errors: { check_violation: 1 } });
  expect(of('select')?.errors).toEqual({ statement_invalid: 1 });
  const latency = of('businesses.list')?.latency;
  expect(latency?.counts.reduce((sum, n) => sum + n)).toBe(latency?.count);
  expect(latency?.sumMs).toBeGreaterThan(0);
  expect(acquire.count).toBeGreaterThanOrEqual(4);
});

test('a thousand failing calls leave no connection behind', async () => {
  const db = await testDatabase.open('app', { DB_POOL_MAX: '4' });
  const fail = (n: number) =>
    [
      () => db.query('select 1 / 0'),
      () => businesses.update(db, '00000000-0000-7000-8000-000000000000', { city: 'x' }, 1),
      () => db.tx(async (sql) => sql.query('select 1 / 0')),
      () => db.withTransaction(async (tx) => tx.$queryRaw`select 1 / 0`),
      () => db.as({ type: 'system', id: 'test' }).tx(async () => Promise.reject(new Error('mine'))),
    ][n % 5] as () => Promise<unknown>;
  const total = many(200, 1_000);
  for (let n = 0; n < total; n += 20)
    await Promise.all(Array.from({ length: 20 }, (_, k) => codeOf(fail(n + k)())));
  const { size, checked_in, invalid } = db.poolStatus();
  expect([size, invalid]).toEqual([checked_in, 0]);
  const { rows } = await admin(
    "select 1 from pg_stat_activity where datname = $1 and state like 'idle in transaction%'",
    [testDatabase.name],
  );
  expect(rows).toEqual([]);
});
