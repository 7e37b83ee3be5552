import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { embeddedStatus } from '@plinth/db/embedded';
import { type FaultyProxy, startProxy } from '@plinth/db/testing';
import { ask } from './support/http.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { type ApiProcess, endAll, IMPATIENT_MAIN, startApi } from './support/process.js';
import { SETTINGS } from './support/settings.js';
import { until } from './support/until.js';

/** How long a change may take to be noticed here: far longer than it does, because machines are busy. */
const PATIENT_MS = 20_000;
const operator = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };

let server: OwnServer;
let api: ApiProcess;
beforeAll(async () => {
  // A server of its own: these tests spoil its roles and stop it.
  server = await startOwnServer({ max_connections: '80' });
  const patience = { TEST_PATIENCE: JSON.stringify({ detailTtlMs: 500 }) };
  const env = { DATABASE_URL: server.url('app'), DB_POOL_MIN: '0', DB_POOL_MAX: '2', ...patience };
  api = await startApi(env, [], IMPATIENT_MAIN);
  await until(isReady, PATIENT_MS);
}, 120_000);
afterAll(async () => {
  await endAll();
  await server.remove();
});

const probe = (path: string, headers: Record<string, string> = {}) => ask(`${api.url}${path}`, { headers });
const isReady = async () => (await probe('/ready')).status === 200;
const reason = async () => (await probe('/ready')).body.reason;
const reconnectProber =
  "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'plinth-api:probe'";

/** No body that anybody may read says where the database is, who we are to it, or what it said. */
async function expectDiscretion(): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(server.url('app'));
  const words = [hostname, port, username, password, pathname.slice(1), 'ECONN', 'FATAL', '57P', '28P01'];
  const bodies = [];
  for (const path of ['/health', '/ready', '/startup', '/health/db'])
    bodies.push((await probe(path)).text + (await probe(path, operator)).text);
  // The port of the answer's own address may occur in nothing either, but a time may hold the same digits.
  const said = bodies.join('\n').replaceAll(/"(timestamp|startedAt|checked_at)":"[^"]*"/g, '');
  for (const word of words) expect(said).not.toContain(word);
  expect(Object.keys((await probe('/ready')).body)).toEqual(['status', 'reason', 'timestamp']);
}

describe('why the process is not ready is told by a word of ours:', () => {
  const cases: [string, string, string][] = [
    [
      'db_auth_failed, when the login is refused',
      "alter role plinth_app password 'changed meanwhile'",
      `alter role plinth_app password '<password>'`,
    ],
    [
      'too_many_connections, when the server has none left for us',
      'alter role plinth_app connection limit 0',
      'alter role plinth_app connection limit -1',
    ],
    [
      'db_read_only, when no write is accepted',
      'alter role plinth_app set default_transaction_read_only = on',
      'alter role plinth_app reset default_transaction_read_only',
    ],
  ];
  test.each(cases)('%s', async (told, spoil, mend) => {
    await server.admin(spoil);
    try {
      await server.admin(reconnectProber);
      await until(async () => (await reason()) === told.split(',')[0], PATIENT_MS);
      expect((await probe('/health')).body).toMatchObject({ status: 'ok', database: 'down' });
      await expectDiscretion();
    } finally {
      await server.admin(mend.replace('<password>', new URL(server.url('app')).password));
      await server.admin(reconnectProber);
    }
    await until(isReady, PATIENT_MS);
  });

  test('schema_mismatch, when a migration failed', async () => {
    const last = 'migration_name = (select max(migration_name) from _prisma_migrations)';
    await server.admin(`update _prisma_migrations set finished_at = null where ${last}`);
    await until(async () => (await reason()) === 'schema_mismatch', PATIENT_MS);
    const { status, body } = await probe('/health/db', operator);
    expect([status, body.error.database.code]).toEqual([503, 'schema_mismatch']);
    expect(body.details.database.migrations).toMatchObject({ status: 'down', failed: [expect.any(String)] });
    await server.admin(`update _prisma_migrations set finished_at = now() where ${last}`);
    await until(isReady, PATIENT_MS);
  });

  test('db_starting, while the server shuts down or starts', async () => {
    const status = await embeddedStatus({ home: server.home });
    if (!status.running) throw new Error('the server does not run');
    await withClient(server.url('admin'), async (client) => {
      // A smart shutdown: sessions go on, nobody new is let in.
      process.kill(status.pid, 'SIGTERM');
      await until(async () => {
        await client.query(reconnectProber);
        return (await reason()) === 'db_starting';
      }, PATIENT_MS);
      await expectDiscretion();
    });
    // Now without waiting for the API's sessions.
    process.kill(status.pid, 'SIGINT');
    await server.stop();
    await server.start();
    await until(isReady, PATIENT_MS);
  }, 60_000);

  test('with READY_ON_DB_DOWN=pass the same is told, and traffic still comes', async () => {
    const passing = await startApi({ DATABASE_URL: server.url('app'), READY_ON_DB_DOWN: 'pass' });
    const ready = () => ask(`${passing.url}/ready`);
    await until(async () => (await ready()).status === 200, PATIENT_MS);
    await server.stop();
    await until(async () => (await ready()).body.checks?.database.status === 'unhealthy', PATIENT_MS);
    const { status, body } = await ready();
    expect([status, body.status]).toEqual([200, 'ready']);
    expect(body.checks.database.reason).toMatch(/^db_(unreachable|starting)$/);
    await until(async () => !(await isReady()), PATIENT_MS);
    await server.start();
    await until(async () => (await ready()).body.checks?.database.status === 'healthy', PATIENT_MS);
    await until(isReady, PATIENT_MS);
  }, 60_000);
});

test('a server with hardly a connection left is said to be so to operators, and takes no traffic away', async () => {
  const clients: Promise<unknown>[] = [];
  let release = () => {};
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold = () => clients.push(withClient(server.url('admin'), () => done));
  const detail = async () => (await probe('/health/db', operator)).body.details.database;
  /** Takes connections until so large a share is in use, by the server's own count: some of others' may just be ending. */
  const fill = (share: number) =>
    withClient(server.url('admin'), async (client) => {
      const { usable } = (await detail()).connections;
      await until(async () => {
        const { rows } = await client.query<{ used: number }>(
          "select count(*)::int as used from pg_stat_activity where backend_type = 'client backend'",
        );
        const missing = Math.ceil(usable * share) - (rows[0]?.used ?? 0);
        for (let n = 0; n < missing; n++) hold();
        if (missing > 0) await new Promise((resolve) => setTimeout(resolve, 500));
        return missing <= 0;
      }, PATIENT_MS);
    });
  try {
    await fill(0.85);
    await until(async () => (await detail()).connections.status === 'degraded', PATIENT_MS);
    expect(await detail()).toMatchObject({ status: 'degraded', warnings: ['connections'] });
    expect((await probe('/health/db', operator)).status).toBe(200);
    await fill(0.97);
    await until(async () => (await detail()).connections.status === 'down', PATIENT_MS);
    const { status, body } = await probe('/health/db', operator);
    expect([status, body.error.database.code]).toEqual([503, 'too_many_connections']);
    expect(await isReady()).toBe(true);
  } finally {
    release();
    await Promise.all(clients);
  }
  await until(async () => (await probe('/health/db', operator)).status === 200, PATIENT_MS);
}, 60_000);

describe('a network that falls silent', () => {
  let proxy: FaultyProxy;
  afterAll(() => proxy?.close());

  test('costs no probe its answer: each comes by its deadline, and all is well once it speaks again', async () => {
    proxy = await startProxy(Number(new URL(server.url('app')).port));
    const behind = await startApi({ DATABASE_URL: proxy.url(server.url('app')), DB_POOL_MAX: '2' });
    const from = (path: string) => ask(`${behind.url}${path}`, { headers: operator });
    await until(async () => (await from('/ready')).status === 200, PATIENT_MS);

    proxy.drop();
    const startedAt = Date.now();
    const detail = await from('/health/db');
    // Its deadline is two seconds; without one the answer would come when the statement is given up, or never.
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect([detail.status, detail.body.error.database]).toEqual([
      503,
      {
        status: 'down',
        code: 'db_timeout',
        incident_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checked_at: expect.any(String),
        age_ms: expect.any(Number),
      },
    ]);
    const incidentId = detail.body.error.database.incident_id;
    expect(behind.logs.find((entry) => entry.incidentId === incidentId)).toMatchObject({
      msg: 'database detail failed',
      code: 'query_timeout',
    });
    await until(async () => (await from('/ready')).body.reason === 'db_timeout', PATIENT_MS);
    expect((await from('/health')).status).toBe(200);
    proxy.restore();
    await until(async () => (await from('/ready')).status === 200, PATIENT_MS);
  }, 90_000);
});
