import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  bootstrapDatabase,
  type Database,
  initializeDatabase,
  openDatabase,
  parseDatabaseConfig,
} from '@plinth/db';
import { embeddedUrl, readSecrets, startEmbedded, stopEmbedded } from '@plinth/db/embedded';
import { ask } from './support/http.js';
import { type ApiProcess, endAll, startApi } from './support/process.js';
import { SETTINGS } from './support/settings.js';
import { until } from './support/until.js';

const database = `probes_${randomBytes(4).toString('hex')}`;
let home: string;
let url: string;
let admin: Database;
let api: ApiProcess;
const operator = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };

const probe = (path: string, headers: Record<string, string> = {}) => ask(`${api.url}${path}`, { headers });
const signIn = () =>
  ask(`${api.url}/v1/auth/sign-in`, { method: 'POST', body: { email: 'a@b.c', password: 'x' } });
const isReady = async () => (await probe('/ready')).status === 200;

beforeAll(async () => {
  // A server of its own: these tests stop it.
  home = await mkdtemp(join(tmpdir(), 'plinth-probes-'));
  await startEmbedded({ home, settings: { fsync: 'off' } });
  const { passwords } = await readSecrets(home);
  const adminUrl = await embeddedUrl({ home, role: 'admin', database: 'postgres' });
  // The roles are there, the database is not.
  await bootstrapDatabase({ adminUrl, database: 'postgres', passwords });
  url = await embeddedUrl({ home, role: 'app', database });
  api = await startApi({ DATABASE_URL: url, DB_POOL_MAX: '3' });
}, 120_000);
afterAll(async () => {
  await endAll();
  await admin?.close();
  await stopEmbedded({ home });
  await rm(home, { recursive: true, force: true });
});

// In this order: the process meets first no database, then an empty one, then all that can befall it.
describe('a process that starts before its database', () => {
  test('listens, lives, and says what it waits for', async () => {
    await until(async () => (await probe('/health')).body.database === 'down', 5_000);
    const health = await probe('/health');
    expect(health.status).toBe(200);
    expect(health.body).toEqual({ status: 'ok', uptimeSeconds: expect.any(Number), database: 'down' });
    expect((await probe('/startup')).body).toEqual({
      status: 'starting',
      pending: ['database', 'migrations'],
    });
    const ready = await probe('/ready');
    expect([ready.status, Object.keys(ready.body)]).toEqual([503, ['status', 'reason', 'timestamp']]);
    expect(ready.body).toMatchObject({ status: 'not_ready', reason: 'db_unreachable' });
    const detail = await probe('/health/db', operator);
    expect(detail.status).toBe(503);
    expect(detail.body.error.database).toMatchObject({ status: 'down', code: 'db_unreachable' });
    const denied = await signIn();
    expect([denied.status, denied.body.code, denied.headers.get('retry-after')]).toEqual([
      503,
      'unavailable',
      '2',
    ]);
  });

  test('becomes ready by itself once the database is there and migrated', async () => {
    await initializeDatabase({
      config: parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: url }),
      adminUrl: await embeddedUrl({ home, role: 'admin', database: 'postgres' }),
      migrateUrl: await embeddedUrl({ home, role: 'migrator', database }),
      passwords: (await readSecrets(home)).passwords,
    });
    await until(isReady, 10_000);
    expect((await probe('/startup')).body).toEqual({ status: 'started', startedAt: expect.any(String) });
    admin = await openDatabase(
      parseDatabaseConfig({
        NODE_ENV: 'test',
        DB_POOL_MIN: '0',
        DATABASE_URL: await embeddedUrl({ home, role: 'admin', database }),
      }),
    );
  });
});

describe('the bodies', () => {
  const ms = expect.any(Number);

  test('of /ready', async () => {
    expect((await probe('/ready')).body).toEqual({
      status: 'ready',
      checks: {
        database: {
          status: 'healthy',
          connection_pool: { size: ms, checked_in: ms, checked_out: 0, overflow: 0, invalid: ms },
          query_performance: { simple_query_ms: ms, complex_query_ms: ms },
        },
      },
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test('of /health/db', async () => {
    // The failure that was kept for five seconds runs out first.
    await until(async () => (await probe('/health/db', operator)).status === 200, 7_000);
    const { body } = await probe('/health/db', operator);
    expect(body).toEqual({
      status: 'ok',
      info: body.details,
      error: {},
      details: { database: expect.anything() },
    });
    expect(body.details.database).toMatchObject({
      status: 'up',
      connectivity: { status: 'up', ms },
      write_check: { status: 'up', ms },
      connection_pool: { size: ms },
      migrations: { applied: expect.any(Number), pending: [], failed: [] },
      user_count: 0,
      current_time: expect.any(String),
      pg_version: expect.stringMatching(/^1[58]/),
      response_times: { simple_query_ms: ms, complex_query_ms: ms, write_ms: ms },
    });
    const { writes } = await admin.one<{ writes: string }>(
      "select writes from health_check where source = 'api'",
    );
    expect(Number(writes)).toBeGreaterThan(0);
  });
});

describe('the gate before terminus', () => {
  test('knows a probe with a query, a trailing slash or its other name, and not by a similar one', async () => {
    for (const path of [
      '/health?x=1',
      '/health/',
      '/livez',
      '/ready/?a=b',
      '/readyz',
      '/startupz',
      '/health/db/?x',
    ]) {
      expect([path, (await probe(path, operator)).status]).toEqual([path, 200]);
    }
    for (const path of ['/healthy', '/health/dbx', '/HEALTH', '//health']) {
      expect([path, (await probe(path, operator)).status]).toEqual([path, 404]);
    }
  });

  test('lets only GET and HEAD through', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask(`${api.url}/ready`, { method });
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    }
    const { status, text } = await ask(`${api.url}/ready`, { method: 'HEAD' });
    expect([status, text]).toEqual([200, '']);
  });

  test('gives probes a request id, security headers, no caching, and a log line at debug', async () => {
    const { headers } = await probe('/health?secret=1', { 'x-request-id': 'probe-1' });
    expect(headers.get('x-request-id')).toBe('probe-1');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('cache-control')).toBe('no-store');
    await until(() => api.logs.some((entry) => entry.requestId === 'probe-1'), 1_000);
    const line = api.logs.find((entry) => entry.requestId === 'probe-1');
    expect(line).toMatchObject({ level: 20, path: '/health', status: 200 });
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  test('opens /health/db to operators only', async () => {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic x' }] as Record<
      string,
      string
    >[]) {
      expect((await probe('/health/db', headers)).status).toBe(401);
    }
  });

  test('keeps each answer its own: the detail never shows up in another probe', async () => {
    await probe('/health/db', operator);
    expect(Object.keys((await probe('/health')).body)).toEqual(['status', 'uptimeSeconds', 'database']);
  });
});

describe('load', () => {
  test('that takes every connection of the pool leaves the process ready: full is not broken', async () => {
    const client = await admin.pool.connect();
    await client.query('begin; lock table users in access exclusive mode');
    const asked = Array.from({ length: 6 }, () => signIn());
    const overflow = async () => (await probe('/ready')).body.checks?.database.connection_pool.overflow;
    await until(async () => (await overflow()) === 3, 2_000);
    const { status, body } = await probe('/ready');
    expect([status, body.checks.database.status]).toEqual([200, 'degraded']);
    await client.query('commit');
    client.release();
    for (const { status } of await Promise.all(asked)) expect(status).toBe(401);
    expect(await overflow()).toBe(0);
  });
});

describe('a database that goes away', () => {
  test('is noticed within three seconds when it stops, and within five when it is back', async () => {
    await admin.close();
    await stopEmbedded({ home });
    await until(async () => !(await isReady()), 3_000);
    const { body } = await probe('/ready');
    expect(body).toEqual({
      status: 'not_ready',
      reason: expect.stringMatching(/^db_(unreachable|starting)$/),
      timestamp: expect.any(String),
    });
    expect((await probe('/health')).body).toMatchObject({ status: 'ok', database: 'down' });
    expect((await probe('/startup')).status).toBe(200);
    await startEmbedded({ home, settings: { fsync: 'off' } });
    expect(await until(isReady, 5_000)).toBeLessThan(5_000);
    const { status } = await signIn();
    expect(status).toBe(401);
  });

  test('is called read-only when it takes no writes', async () => {
    const root = await openDatabase(
      parseDatabaseConfig({
        NODE_ENV: 'test',
        DB_POOL_MIN: '0',
        DATABASE_URL: await embeddedUrl({ home, role: 'admin', database }),
      }),
    );
    try {
      await root.none('alter system set default_transaction_read_only = on');
      await root.query('select pg_reload_conf()');
      await until(async () => (await probe('/ready')).body.reason === 'db_read_only', 10_000);
    } finally {
      await root.none('alter system reset default_transaction_read_only');
      await root.query('select pg_reload_conf()');
      await root.close();
    }
    await until(isReady, 10_000);
  });

  test('says nothing about itself to the outside, neither in bodies nor in the log', async () => {
    const everything = JSON.stringify(api.logs) + api.errors() + (await probe('/ready')).text;
    const { password } = new URL(url);
    expect(password.length).toBeGreaterThan(10);
    expect(everything).not.toContain(password);
    expect(everything).not.toContain('ECONNREFUSED');
  });
});

describe('a server that accepts and never answers', () => {
  const sockets = new Set<Socket>();
  const hole = createServer((socket) => sockets.add(socket));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => hole.close(resolve));
  });

  test('is a timeout, and the process lives', async () => {
    await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
    const { port } = hole.address() as { port: number };
    const stuck = await startApi({ DATABASE_URL: `postgresql://plinth_app:x@127.0.0.1:${port}/plinth` });
    await until(async () => (await ask(`${stuck.url}/ready`)).body.reason === 'db_timeout', 6_000);
    expect((await ask(`${stuck.url}/health`)).status).toBe(200);
    stuck.child.kill('SIGTERM');
    expect((await stuck.ended).code).toBe(0);
  }, 30_000);
});
