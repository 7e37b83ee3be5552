import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type Database,
  DatabaseError,
  openDatabase,
  type PoolEvent,
  parseDatabaseConfig,
  withClient,
} from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const killBackends = () =>
  withClient(testDatabase.url('admin'), (client) =>
    client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
      [testDatabase.name],
    ),
  );

const until = async (condition: () => boolean, timeoutMs = 5_000) => {
  const deadline = Date.now() + timeoutMs;
  while (!condition() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(condition()).toBe(true);
};

test('opening connects the minimum, and it is opened again after the server ended it', async () => {
  const events: PoolEvent[] = [];
  const db = await testDatabase.open(
    'app',
    { DB_POOL_MIN: '2' },
    { onPoolEvent: (event) => void events.push(event) },
  );
  expect(db.poolStatus()).toEqual({ size: 2, checked_in: 2, checked_out: 0, overflow: 0, invalid: 0 });
  await killBackends();
  // By its events, not by its size: on a busy machine it is full again before anybody looks.
  await until(() => events.filter(({ type }) => type === 'remove').length === 2);
  await until(() => db.poolStatus().size === 2);
  expect(await db.one('select 1 as n')).toEqual({ n: 1 });
});

test('where the server has fewer connections left than the minimum, opening says so and leaves none behind', async () => {
  const small = await createTestDatabase();
  await withClient(small.url('admin'), (client) =>
    client.query(`alter database ${small.name} connection limit 1`),
  );
  await expect(small.open('app', { DB_POOL_MIN: '3', DB_CONNECT_RETRIES: '0' })).rejects.toMatchObject({
    code: 'too_many_connections',
  });
  await small.drop();
});

test('the minimum is opened again when the server was away for longer, without a caller', async () => {
  const events: PoolEvent[] = [];
  const db = await testDatabase.open(
    'app',
    { DB_POOL_MIN: '2' },
    { onPoolEvent: (event) => void events.push(event) },
  );
  const elsewhere = Object.assign(new URL(testDatabase.url('admin')), { pathname: '/postgres' }).href;
  const allow = (allowed: boolean) =>
    withClient(elsewhere, (client) =>
      client.query(`alter database "${testDatabase.name}" allow_connections ${allowed}`),
    );
  const failures = () => events.filter(({ type }) => type === 'error').length;
  await allow(false);
  try {
    await withClient(elsewhere, (client) =>
      client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        testDatabase.name,
      ]),
    );
    await until(() => db.poolStatus().size === 0);
    const lost = failures();
    await until(() => failures() > lost);
  } finally {
    await allow(true);
  }
  await until(() => db.poolStatus().checked_in === 2, 10_000);
});

test('a full pool refuses after the acquire timeout and recovers', async () => {
  const db = await testDatabase.open('app', {
    DB_POOL_MAX: '1',
    DB_POOL_MIN: '0',
    DB_POOL_ACQUIRE_TIMEOUT_MS: '200',
  });
  const slow = db.query('select pg_sleep(0.6)');
  await expect(db.query('select 1')).rejects.toMatchObject({ code: 'pool_exhausted' });
  expect(db.metrics()).toMatchObject({ timeouts: 1, shed: 0 });
  expect(db.poolStatus().checked_out).toBe(1);
  await slow;
  expect(await db.one('select 1 as n')).toEqual({ n: 1 });
});

test('transactions that fail or are cut leave no connection behind', async () => {
  const db = await testDatabase.open('app', { DB_POOL_MAX: '3', DB_POOL_MIN: '0' });
  for (let round = 0; round < 30; round++) {
    await db.tx(async (sql) => sql.query('select 1 / 0')).catch(() => {});
    await db.withTransaction(async (tx) => tx.$queryRaw`select 1 / 0`).catch(() => {});
    if (round % 10 === 0) {
      const cut = db.tx(async (sql) => sql.query('select pg_sleep(5)'));
      await Promise.all([
        cut.catch(() => {}),
        new Promise((resolve) => setTimeout(resolve, 100)).then(killBackends),
      ]);
    }
  }
  const { size, checked_in, checked_out } = db.poolStatus();
  expect({ checked_out, idle: size === checked_in }).toEqual({ checked_out: 0, idle: true });
});

test('a query that timed out in the client does not hurt the next caller', async () => {
  const events: PoolEvent[] = [];
  const config = {
    ...parseDatabaseConfig({ DATABASE_URL: testDatabase.url(), DB_POOL_MAX: '1', DB_POOL_MIN: '0' }),
  };
  const db: Database = await openDatabase(
    { ...config, statementTimeoutMs: 400 },
    { onPoolEvent: (event) => events.push(event) },
  );
  try {
    // The server's own timeout is switched off, as behind a pooler that drops it: only the client's is left.
    const stuck = db.withTransaction(
      async (tx) => {
        await tx.$executeRaw`set local statement_timeout = 0`;
        await tx.$queryRaw`select pg_sleep(8)::text`;
      },
      { timeoutMs: 20_000 },
    );
    await expect(stuck).rejects.toBeInstanceOf(DatabaseError);
    expect(await db.one('select 1 as n')).toEqual({ n: 1 });
  } finally {
    await db.close();
  }
});

test('a connection that died while idle is noticed before it is handed out', async () => {
  const events: PoolEvent[] = [];
  const options = { checkAfterIdleMs: 0, onPoolEvent: (event: PoolEvent) => void events.push(event) };
  const db = await testDatabase.open('app', { DB_POOL_MIN: '1', DB_POOL_MAX: '1' }, options);
  for (let round = 0; round < 10; round++) {
    await killBackends();
    expect(await db.one('select 1 as n')).toEqual({ n: 1 });
  }
  expect(db.connectionStatus().state).toBe('connected');
  expect(events.filter((event) => event.type === 'invalid' || event.type === 'error').length).toBeGreaterThan(
    0,
  );
});

test('sessions are in UTC whatever the database says', async () => {
  await withClient(testDatabase.url('admin'), (client) =>
    client.query(`alter database ${testDatabase.name} set timezone = 'Asia/Kolkata'`),
  );
  const db = await testDatabase.open();
  const at = new Date('2026-03-01T12:00:00.000Z');
  await db.prisma.healthCheck.create({ data: { source: 'utc', checkedAt: at } });
  expect(
    await db.one(
      "select extract(epoch from checked_at)::float8 * 1000 as ms from health_check where source = 'utc'",
    ),
  ).toEqual({ ms: at.getTime() });
  expect((await db.prisma.healthCheck.findUniqueOrThrow({ where: { source: 'utc' } })).checkedAt).toEqual(at);
});

test('closing ends every connection and can be repeated', async () => {
  const db = await testDatabase.open();
  await db.query('select 1');
  await db.close();
  await db.close();
  expect(db.poolStatus().size).toBe(0);
  expect(db.connectionStatus().state).toBe('closed');
});

test('production refuses a superuser and a role that bypasses row security', async () => {
  for (const role of ['admin', 'backup'] as const) {
    const config = parseDatabaseConfig({ NODE_ENV: 'production', DATABASE_URL: testDatabase.url(role) });
    await expect(openDatabase(config)).rejects.toMatchObject({ code: 'superuser_refused' });
  }
});
