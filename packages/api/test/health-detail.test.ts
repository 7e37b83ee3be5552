import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { ask } from './support/http.js';
import { type ApiProcess, endAll, IMPATIENT_MAIN, startApi } from './support/process.js';
import { SETTINGS } from './support/settings.js';
import { until } from './support/until.js';

const PATIENT_MS = 20_000;
/** Five seconds in production. */
const TTL_MS = 1_000;
const BLOCKED_MS = 1_500;
const operator = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };

let testDatabase: TestDatabase;
let admin: Database;
let api: ApiProcess;
beforeAll(async () => {
  testDatabase = await createTestDatabase({ statements: true });
  admin = await testDatabase.open('admin');
  // What the monitor asks is then its own role's, and not counted below.
  const env = {
    DATABASE_URL: testDatabase.url('app'),
    READONLY_DATABASE_URL: testDatabase.url('readonly'),
    ALERT_BLOCKED_WARNING: `${BLOCKED_MS}ms`,
    TEST_PATIENCE: JSON.stringify({ detailTtlMs: TTL_MS }),
  };
  api = await startApi(env, [], IMPATIENT_MAIN);
  await until(async () => (await probe('/ready')).status === 200, PATIENT_MS);
}, 60_000);
afterAll(async () => {
  await endAll();
  await testDatabase.drop();
});

const probe = (path: string) => ask(`${api.url}${path}`, { headers: operator });
const detail = async () => (await probe('/health/db')).body.details.database;
/** After this the next answer is a new look. */
const nextLook = () =>
  until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return (await detail()).age_ms < 40;
  }, PATIENT_MS);

describe('/health/db', () => {
  test('tells the server’s role, connections, locks, replication and transaction ids, each with a status', async () => {
    const number = expect.any(Number);
    const up = { status: 'up' };
    expect(await detail()).toEqual({
      status: 'up',
      warnings: [],
      connectivity: { ...up, ms: number },
      write_check: { ...up, ms: number },
      connection_pool: { ...up, size: number, checked_in: number, checked_out: 0, overflow: 0, invalid: 0 },
      migrations: { ...up, applied: number, pending: [], failed: [] },
      connections: { ...up, used: number, usable: number, used_ratio: number },
      locks: { ...up, blocked: 0, oldest_wait_ms: 0 },
      replication: { ...up, lag_seconds: null, standbys: 0 },
      xid: { ...up, age_ratio: number },
      role: 'primary',
      user_count: 0,
      current_time: expect.any(String),
      pg_version: expect.any(String),
      response_times: { simple_query_ms: number, complex_query_ms: number, write_ms: number },
      checked_at: expect.any(String),
      age_ms: number,
    });
    const { used, usable, used_ratio: ratio } = (await detail()).connections;
    expect(ratio).toBeCloseTo(used / usable);
  });

  test('is degraded, and still 200, when somebody waits for a lock for long; it counts who waits for a row, too', async () => {
    await admin.none("insert into users (email, full_name) values ('row@example.com', 'Row')");
    const change = "update users set full_name = 'Changed' where email = 'row@example.com'";
    await withClient(testDatabase.url('admin'), async (holder) => {
      await holder.query('begin');
      await holder.query(change);
      const waiting = withClient(testDatabase.url('admin'), (client) => client.query(change));
      await until(async () => (await detail()).status === 'degraded', PATIENT_MS);
      const { warnings, locks } = await detail();
      expect(warnings).toEqual(['locks']);
      expect(locks).toEqual({ status: 'degraded', blocked: 1, oldest_wait_ms: expect.any(Number) });
      expect(locks.oldest_wait_ms).toBeGreaterThanOrEqual(BLOCKED_MS);
      expect((await probe('/health/db')).status).toBe(200);
      await holder.query('commit');
      await waiting;
    });
    await until(async () => (await detail()).status === 'up', PATIENT_MS);
  }, 60_000);

  test('answers while a migration has users locked, without the count', async () => {
    await withClient(testDatabase.url('admin'), async (client) => {
      await client.query('begin; lock table users in access exclusive mode');
      await until(async () => (await detail()).user_count === null, PATIENT_MS);
      const { status, body } = await probe('/health/db');
      expect([status, body.status]).toEqual([200, 'ok']);
      await client.query('commit');
    });
    await until(async () => (await detail()).user_count === 1, PATIENT_MS);
  }, 60_000);
});

describe('load', () => {
  /** What the process asks by itself, whoever asks it: the prober, and the sign of life of LISTEN. */
  const BACKGROUND = [
    'pg_is_in_recovery() or',
    'to_regclass($1) is not null as present',
    '_prisma_migrations',
    'n.nspname, c.relkind',
    'into health_check',
  ];
  const calls = async () => {
    const rows = await admin.query<{ query: string; calls: number }>(
      `select s.query, s.calls::int as calls from pg_stat_statements s join pg_roles r on r.oid = s.userid
        where r.rolname = 'plinth_app' and s.dbid = (select oid from pg_database where datname = current_database())`,
    );
    return rows
      .filter(({ query }) => query !== 'select $1' && !BACKGROUND.some((part) => query.includes(part)))
      .reduce((sum, row) => sum + row.calls, 0);
  };

  test('of 500 probes at once costs the database at most one query', async () => {
    await nextLook();
    await new Promise((resolve) => setTimeout(resolve, TTL_MS));
    const before = await calls();
    const startedAt = Date.now();
    const paths = ['/health', '/ready', '/startup', '/health/db'];
    const answers = await Promise.all(Array.from({ length: 500 }, (_, n) => probe(paths[n % 4] as string)));
    const looks = 1 + Math.floor((Date.now() - startedAt) / TTL_MS);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const cost = (await calls()) - before;
    // One look is due, so that a probe without it would show as none.
    expect(cost).toBeGreaterThanOrEqual(1);
    expect(cost).toBeLessThanOrEqual(looks);
  }, 60_000);
});
