import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { SHUTDOWN_TIMES, type ShutdownTimes } from '../src/shutdown.js';
import { ask } from './support/http.js';
import { type ApiProcess, endAll, IMPATIENT_MAIN, spawnApi, startApi } from './support/process.js';
import { slowChange } from './support/slow-request.js';
import { until } from './support/until.js';
import { insertUser } from './support/users.js';

let testDatabase: TestDatabase;
let admin: Database;
let sue: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = await testDatabase.open('admin');
  ({ email: sue } = await insertUser(admin, 'sue'));
  // A request that waits for a row waits as long as a test needs it to.
  await admin.none(`alter role plinth_app in database "${testDatabase.name}" set lock_timeout = '60s'`);
});
afterEach(() => endAll());
afterAll(() => testDatabase.drop());

async function startReady(times?: Partial<ShutdownTimes>): Promise<ApiProcess> {
  const patience = JSON.stringify({ shutdown: { ...SHUTDOWN_TIMES, ...times } });
  const api = await (times === undefined
    ? startApi({ DATABASE_URL: testDatabase.url('app') })
    : startApi({ DATABASE_URL: testDatabase.url('app'), TEST_PATIENCE: patience }, [], IMPATIENT_MAIN));
  await until(async () => (await ask(`${api.url}/ready`)).status === 200, 10_000);
  return api;
}

describe('SIGTERM', () => {
  test('ends an idle process with 0, also while clients keep connections open, and leaves none to the database', async () => {
    const api = await startReady();
    api.child.kill('SIGTERM');
    expect(await api.ended).toEqual({ code: 0, signal: null });
    expect(api.logs.at(-1)?.msg).toBe('stopped');
    await until(async () => {
      const left = await admin.query(
        "select from pg_stat_activity where application_name like 'plinth-api%' and datname = current_database()",
      );
      return left.length === 0;
    }, 2_000);
  });

  test('lets a request in flight finish, tells its client to close, and takes no new ones', async () => {
    const api = await startReady();
    const { answer, release } = await slowChange(api, admin, sue);
    api.child.kill('SIGTERM');
    await api.logged('draining');
    await until(
      () =>
        ask(`${api.url}/health`).then(
          () => false,
          () => true,
        ),
      2_000,
    );
    await release();
    const { status, headers } = await answer;
    expect([status, headers.get('connection')]).toEqual([200, 'close']);
    expect(await api.ended).toEqual({ code: 0, signal: null });
  });

  test('a second signal ends it at once', async () => {
    const api = await startReady();
    const { release } = await slowChange(api, admin, sue);
    api.child.kill('SIGTERM');
    await api.logged('draining');
    const startedAt = Date.now();
    api.child.kill('SIGTERM');
    expect(await api.ended).toEqual({ code: 143, signal: null });
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    await release();
  });

  test('cuts a request that is still not answered at its limit, its connection to the database too, and ends with 0', async () => {
    const api = await startReady({ inFlightMs: 300, closeMs: 300 });
    const { answer, release } = await slowChange(api, admin, sue);
    api.child.kill('SIGTERM');
    await expect(answer).rejects.toThrow();
    expect(await api.ended).toEqual({ code: 0, signal: null });
    const said = api.logs.map(({ msg }) => msg).slice(-2);
    expect(said).toEqual(['connections in use are cut: they were not given back in time', 'stopped']);
    await release();
  });

  test('ends a process that hangs at its deadline, with 1', async () => {
    const api = await startReady({ deadlineMs: 500 });
    const { release } = await slowChange(api, admin, sue);
    api.child.kill('SIGTERM');
    expect(await api.ended).toEqual({ code: 1, signal: null });
    expect(api.logs.at(-1)?.msg).toBe('shutdown took too long');
    await release();
  });

  test('SIGINT is as orderly', async () => {
    const api = await startReady();
    api.child.kill('SIGINT');
    expect(await api.ended).toEqual({ code: 0, signal: null });
  });

  test('ends a process that never reached its database', async () => {
    const api = await startApi({ DATABASE_URL: 'postgresql://plinth_app:x@127.0.0.1:1/plinth' });
    api.child.kill('SIGTERM');
    expect(await api.ended).toEqual({ code: 0, signal: null });
  });

  // With privileges of its own, or as root of a user namespace.
  const unshare = [['-pf'], ['-Urpf']]
    .map((flags) => ['unshare', ...flags, '--kill-child'])
    .find(([command = '', ...flags]) => spawnSync(command, [...flags, 'true']).status === 0);
  (unshare ? test : test.skip)('ends it as process 1 of a container, too', async () => {
    const api = await startApi({ DATABASE_URL: testDatabase.url('app') }, unshare);
    await until(async () => (await ask(`${api.url}/ready`)).status === 200, 10_000);
    const { pid } = api.child;
    // unshare waits for its only child, which is process 1 of the namespace.
    process.kill(Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')), 'SIGTERM');
    expect(await api.ended).toEqual({ code: 0, signal: null });
    expect(api.logs.at(-1)?.msg).toBe('stopped');
  });
});

describe('while draining', () => {
  test('/ready says so with 503, /health stays 200, and every answer closes its connection', async () => {
    // Production waits before closing, so that load balancers notice.
    const api = await startApi({
      DATABASE_URL: testDatabase.url('app'),
      NODE_ENV: 'production',
      DB_SSL: 'disable',
    });
    await until(async () => (await ask(`${api.url}/ready`)).status === 200, 10_000);
    api.child.kill('SIGTERM');
    await api.logged('draining');
    const ready = await ask(`${api.url}/ready`);
    expect([ready.status, ready.body.reason, ready.headers.get('connection')]).toEqual([
      503,
      'draining',
      'close',
    ]);
    expect((await ask(`${api.url}/health`)).status).toBe(200);
    // Other requests are still served: the load balancer may not know yet.
    const index = await new Promise<{ status: number | undefined; connection: string | undefined }>(
      (resolve, reject) => {
        httpRequest(`${api.url}/`, (response) => {
          response.resume();
          resolve({ status: response.statusCode, connection: response.headers.connection });
        })
          .on('error', reject)
          .end();
      },
    );
    expect(index).toEqual({ status: 200, connection: 'close' });
    expect(await api.ended).toEqual({ code: 0, signal: null });
  });
});

describe('a start that cannot succeed', () => {
  const endOf = async (env: Record<string, string | undefined>) => {
    const api = spawnApi({ DATABASE_URL: testDatabase.url('app'), ...env });
    const { code } = await api.ended;
    return { code, errors: api.errors() };
  };

  test('names every wrong setting at once and how to get a database, exit 2', async () => {
    const { code, errors } = await endOf({ DATABASE_URL: '', PORT: 'x', LOG_LEVEL: 'loud' });
    expect(code).toBe(2);
    for (const name of ['DATABASE_URL', 'PORT', 'LOG_LEVEL', 'npm start']) expect(errors).toContain(name);
  });

  test('wants every key in production, exit 2', async () => {
    const keys = { TOKEN_SIGNING_KEY: '', CURSOR_KEY: '', PASSWORD_PEPPER: '', FIELD_KEYS: '' };
    const { code, errors } = await endOf({ NODE_ENV: 'production', ...keys });
    expect(code).toBe(2);
    for (const name of Object.keys(keys)) expect(errors).toContain(name);
  });

  test('refuses to run as a superuser in production, exit 24, without showing the password', async () => {
    const { code, errors } = await endOf({ NODE_ENV: 'production', DATABASE_URL: testDatabase.url('admin') });
    expect(code).toBe(24);
    expect(errors).toContain('superuser');
    expect(errors).not.toContain(new URL(testDatabase.url('admin')).password || '://');
  });

  test('says that the login was refused, exit 10', async () => {
    const url = new URL(testDatabase.url('app'));
    url.password = 'wrong-password';
    const { code, errors } = await endOf({ DATABASE_URL: url.href });
    expect(code).toBe(10);
    expect(errors).not.toContain('wrong-password');
  });

  test('says that the port is taken, exit 1', async () => {
    const first = await startApi({ DATABASE_URL: testDatabase.url('app') });
    const { code, errors } = await endOf({ PORT: new URL(first.url).port });
    expect(code).toBe(1);
    expect(errors).toContain('EADDRINUSE');
  });
});
