import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createAdminServer } from '../../src/metrics/serve-metrics.js';
import { createFront } from '../../src/middleware/front.js';
import { createTestApi, type TestApi } from '../support/api.js';
import { type ParsedFamily, parseExposition } from '../support/exposition.js';
import { ask } from '../support/http.js';
import { endAll, startApi } from '../support/process.js';
import { SETTINGS } from '../support/settings.js';
import { until } from '../support/until.js';

const operator = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };
let api: TestApi;
beforeAll(async () => {
  api = await createTestApi({ metrics: true, statements: true });
  await api.admin.none('create table public."odd ""name"" \\ here" (id int)');
  await api.monitoring.monitor.collect([1, 2, 3]);
  await api.admin.query('select count(*) from users');
  await api.monitoring.monitor.collect([1, 2, 3]);
});
afterAll(() => api.close());

const scrape = async (headers: Record<string, string> = operator): Promise<Map<string, ParsedFamily>> => {
  // One text serves for half a second.
  await new Promise((resolve) => setTimeout(resolve, 550));
  const { status, text, headers: answered } = await ask(`${api.url}/metrics`, { headers });
  expect([status, answered.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return parseExposition(text);
};
const numberOf = (families: Map<string, ParsedFamily>, name: string, labels: Record<string, string> = {}) =>
  families
    .get(name)
    ?.samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    ?.value;

describe('GET /metrics', () => {
  test('is well-formed to a strict reader, odd names included', async () => {
    const families = await scrape();
    expect(families.size).toBeGreaterThan(100);
    expect(
      families
        .get('pg_stat_user_tables_n_live_tup')
        ?.samples.some(({ labels }) => labels.relname === 'odd "name" \\ here'),
    ).toBe(true);
  });

  test.each([
    ['a second TYPE', '# HELP a x\n# TYPE a gauge\na 1\n# HELP a x\n# TYPE a gauge\n'],
    ['TYPE without HELP', '# TYPE a gauge\na 1\n'],
    ['a counter without _total', '# HELP a x\n# TYPE a counter\na 1\n'],
    ['a broken label', '# HELP a x\n# TYPE a gauge\na{b="c"d"} 1\n'],
    ['an unescaped backslash', '# HELP a x\n# TYPE a gauge\na{b="c\\d"} 1\n'],
    ['the same sample twice', '# HELP a x\n# TYPE a gauge\na 1\na 2\n'],
    [
      'a histogram that shrinks',
      '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    ],
    ['no end', '# HELP a x\n# TYPE a gauge\na 1'],
  ])('(the strict reader refuses %s)', (_what, text) => {
    expect(() => parseExposition(text)).toThrow();
  });

  test('has the names that dashboards and rules go by', async () => {
    const families = await scrape();
    const samples = [...families].filter(([, { samples: some }]) => some.length > 0).map(([name]) => name);
    const wanted = [
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_version_info',
      'http_server_request_duration_seconds',
      'http_server_active_requests',
      'db_client_connection_count',
      'db_client_connection_max',
      'db_client_connection_pending_requests',
      'db_client_connection_timeouts_total',
      'db_client_connection_wait_time_seconds',
      'db_client_operation_duration_seconds',
      'pg_up',
      'pg_postmaster_start_time_seconds',
      'pg_stat_activity_count',
      'pg_stat_activity_max_tx_duration',
      'pg_database_size_bytes',
      'pg_stat_database_xact_commit',
      'pg_stat_database_blks_hit',
      'pg_stat_database_deadlocks',
      'pg_stat_user_tables_n_dead_tup',
      'pg_stat_user_tables_table_size_bytes',
      'pg_stat_statements_calls_total',
      'pg_stat_statements_seconds_total',
      'pg_stat_checkpointer_num_timed_total',
      'pg_stat_archiver_failed_count',
      'pg_wal_size_bytes',
      'plinth_check_status',
      'plinth_findings',
      'plinth_blocked_sessions',
      'plinth_oldest_blocked_seconds',
      'plinth_xid_age_ratio',
      'plinth_collect_duration_seconds',
      'plinth_collect_skipped_total',
      'plinth_own_query_seconds_total',
      'plinth_health_state',
      'plinth_migrations_total',
      'plinth_backups_total',
      'plinth_jobs',
      'plinth_snapshot_age_seconds',
    ];
    expect(wanted.filter((name) => !samples.includes(name))).toEqual([]);
    expect(numberOf(families, 'pg_up')).toBe(1);
    expect(numberOf(families, 'db_client_connection_max', { pool_name: 'app' })).toBe(20);
    expect(numberOf(families, 'plinth_migrations_total', { result: 'failed' })).toBe(0);
    expect(numberOf(families, 'plinth_check_status', { check: 'connections' })).toBe(0);
    expect(
      families.get('pg_stat_statements_calls_total')?.samples.map(({ labels }) => labels.queryid),
    ).toContain('other');
  });

  test('counts requests by route, method and status', async () => {
    const before = await scrape();
    await api.ask(`/v1/artists/${crypto.randomUUID()}`);
    await api.ask(`/v1/artists/${crypto.randomUUID()}`);
    const after = await scrape();
    const labels = {
      http_route: '/v1/artists/:id',
      http_request_method: 'GET',
      http_response_status_code: '401',
    };
    const count = (families: Map<string, ParsedFamily>) =>
      families
        .get('http_server_request_duration_seconds')
        ?.samples.filter(({ name }) => name.endsWith('_count'))
        .find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
        ?.value ?? 0;
    expect(count(after) - count(before)).toBe(2);
  });

  test('grows no series by what strangers ask for', async () => {
    const size = async () => (await scrape()).get('http_server_request_duration_seconds')?.samples.length;
    const methods = ['GET', 'PUT', 'PROPFIND', 'MKCOL'];
    const probe = async () => {
      for (const method of methods) await fetch(`${api.url}/nothing/${crypto.randomUUID()}`, { method });
      for (const path of ['/%00', '/v1/artists/%ff', '/v1/../x']) await fetch(`${api.url}${path}`);
    };
    await probe();
    const before = await size();
    for (let round = 0; round < 20; round++) await probe();
    expect(await size()).toBe(before);
  });

  test('asks the database nothing, however many scrape at once', async () => {
    const statements = () =>
      api.admin.query<{ query: string; calls: number }>(
        `select s.query, sum(s.calls)::int as calls from pg_stat_statements s join pg_roles r on r.oid = s.userid
          where r.rolname in ('plinth_readonly', 'plinth_app') and s.dbid = (select oid from pg_database where datname = current_database())
            and s.query <> 'select $1' -- by which the listener's connection is kept
          group by 1 order by 1`,
      );
    const before = await statements();
    expect(before.length).toBeGreaterThan(20);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => ask(`${api.url}/metrics`, { headers: operator })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await statements()).toEqual(before);
  });

  test('is for those who have a token', async () => {
    expect((await ask(`${api.url}/metrics`)).status).toBe(401);
    expect(
      (await ask(`${api.url}/metrics`, { headers: { authorization: 'Bearer something-else-entirely' } }))
        .status,
    ).toBe(401);
    expect((await ask(`${api.url}/metrics`, { method: 'POST', headers: operator })).status).toBe(405);
    const head = await ask(`${api.url}/metrics?x=1`, { method: 'HEAD', headers: operator });
    expect([head.status, head.text]).toEqual([200, '']);
  });
});

test('a scrape on a port of its own that fails is a problem, whose reason is told inside', async () => {
  const told: unknown[] = [];
  const front = createFront({
    logger: pino({ level: 'silent' }),
    production: false,
    isProbe: () => true,
    metrics: api.monitoring.http,
  });
  const server = createAdminServer(
    front,
    () => Promise.reject(new Error('no text')),
    (error) => told.push(error),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { status, body } = await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
  expect([status, body.code, body.detail]).toEqual([500, 'internal', 'something went wrong on our side']);
  expect(told).toEqual([new Error('no text')]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a process', () => {
  afterEach(() => endAll());
  const away = { DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/nothing' };
  const METRICS_TOKEN = 'a-token-for-scrapes-alone';

  test('without a database says pg_up 0, and answers the rest', async () => {
    const process = await startApi(away);
    const read = async () =>
      parseExposition((await ask(`${process.url}/metrics`, { headers: operator })).text);
    await until(
      async () => numberOf(await read(), 'plinth_health_state', { probe: 'database' }) === 0,
      10_000,
    );
    const families = await read();
    expect(numberOf(families, 'pg_up')).toBe(0);
    expect(numberOf(families, 'plinth_health_state', { probe: 'monitor' })).toBe(0);
    expect(numberOf(families, 'plinth_check_status', { check: 'connections' })).toBe(-1);
    expect(families.get('pg_database_size_bytes')?.samples).toEqual([]);
    for (const path of ['metrics', 'findings', 'sessions', 'statements', 'tables'])
      expect((await ask(`${process.url}/v1/database/${path}`, { headers: operator })).body).toMatchObject({
        state: 'down',
      });
  });

  test('takes METRICS_TOKEN for its metrics and for nothing else', async () => {
    const process = await startApi({ ...away, METRICS_TOKEN });
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    expect((await ask(`${process.url}/metrics`, { headers })).status).toBe(200);
    expect((await ask(`${process.url}/metrics`, { headers: operator })).status).toBe(200);
    expect((await ask(`${process.url}/v1/database/metrics`, { headers })).status).toBe(401);
    expect((await ask(`${process.url}/health/db`, { headers })).status).toBe(401);
  });

  test('with ADMIN_PORT serves them there, and no longer in public', async () => {
    const process = await startApi({ ...away, ADMIN_PORT: '0' });
    await process.logged('listening for scrapes');
    const { port } = process.logs.find(({ msg }) => msg === 'listening for scrapes') as { port: number };
    const admin = `http://127.0.0.1:${port}`;
    expect((await ask(`${admin}/metrics`, { headers: operator })).status).toBe(200);
    expect((await ask(`${admin}/metrics`)).status).toBe(401);
    expect((await ask(`${admin}/v1/artists`, { headers: operator })).status).toBe(404);
    expect((await ask(`${process.url}/metrics`, { headers: operator })).status).toBe(404);
    process.child.kill('SIGTERM');
    expect(await process.ended).toEqual({ code: 0, signal: null });
  });
});
