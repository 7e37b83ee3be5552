import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, parseDatabaseConfig } from '@plinth/db';
import { createTestDatabase } from '@plinth/db/testing';
import { openInBackground } from '../src/open-database.js';
import { ask } from './support/http.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { type ApiProcess, endAll, IMPATIENT_MAIN, startApi } from './support/process.js';
import { until } from './support/until.js';

const PATIENT_MS = 20_000;
const BROKEN_AFTER_MS = 2_000;

describe('a process whose pool is broken while the database is well', () => {
  let server: OwnServer;
  let api: ApiProcess;
  const health = () => ask(`${api.url}/health`);
  const ready = () => ask(`${api.url}/ready`);
  const isReady = async () => (await ready()).status === 200;

  beforeAll(async () => {
    server = await startOwnServer();
    const pool = { stuckAfterMs: 500, brokenAfterMs: BROKEN_AFTER_MS, replaceEveryMs: 600_000 };
    const env = {
      DATABASE_URL: server.url('app'),
      DB_POOL_MIN: '1',
      TEST_PATIENCE: JSON.stringify({ pool }),
    };
    api = await startApi(env, [], IMPATIENT_MAIN);
    await until(isReady, PATIENT_MS);
  }, 120_000);
  afterAll(async () => {
    await endAll();
    await server.remove();
  });

  test('outlives a database that is away, however long', async () => {
    await server.stop();
    await until(async () => !(await isReady()), PATIENT_MS);
    // Longer than it takes to replace a pool and to give up after that.
    const over = Date.now() + 3 * BROKEN_AFTER_MS;
    await until(async () => {
      expect((await health()).status).toBe(200);
      return Date.now() > over;
    }, PATIENT_MS);
    expect(api.logs.some(({ msg }) => String(msg).includes('replac'))).toBe(false);
    await server.start();
    await until(isReady, PATIENT_MS);
  }, 60_000);

  test('is not ready, tries a new pool, and then calls itself wedged; it is well when its pool is', async () => {
    const { password } = new URL(server.url('app'));
    // The prober keeps the connection that it has; nobody gets a new one.
    await server.admin("alter role plinth_app password 'changed meanwhile'");
    await server.admin(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'plinth-api'",
    );
    await until(async () => (await ready()).body.reason === 'pool_stuck', PATIENT_MS);
    await api.logged('the pool could not be replaced');
    await until(async () => (await health()).status === 503, PATIENT_MS);
    expect((await health()).body).toEqual({
      status: 'wedged',
      uptimeSeconds: expect.any(Number),
      database: 'up',
    });
    // Nobody's request brings it back: it looks for itself.
    await server.admin(`alter role plinth_app password '${password}'`);
    await until(isReady, PATIENT_MS);
    expect((await health()).status).toBe(200);
  }, 60_000);
});

test('a pool whose connections nobody gives back is replaced, and the server is rid of them', async () => {
  const testDatabase = await createTestDatabase();
  const admin = await testDatabase.open('admin');
  const config = parseDatabaseConfig({
    NODE_ENV: 'test',
    DATABASE_URL: testDatabase.url('app'),
    DB_POOL_MIN: '0',
    DB_POOL_MAX: '2',
    // Connecting counts, too, and takes long on a busy machine.
    DB_POOL_ACQUIRE_TIMEOUT_MS: '3000',
  });
  const failures: unknown[] = [];
  const leaked: { release(destroy: boolean): void }[] = [];
  const database = openInBackground(
    { ...config, applicationName: 'leaky' },
    {
      onFatal: (error) => failures.push(error),
      onOpen: () => {},
      onPoolEvent: (event) => event.type === 'acquire_failed' && failures.push(event.error),
    },
  );
  const backends = async () => {
    const rows = await admin.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'leaky' and datname = current_database() order by pid",
    );
    return rows.map(({ pid }) => pid);
  };
  try {
    await until(() => database.current() !== undefined, PATIENT_MS);
    const leaky = database.current() as Database;
    while (leaked.length < 2) leaked.push(await leaky.pool.connect());
    const before = await backends();
    expect(before).toHaveLength(2);
    await expect(leaky.one('select 1 as n')).rejects.toMatchObject({ code: 'pool_exhausted' });
    expect(failures).toHaveLength(1);

    await database.replace();
    expect(database.current()).not.toBe(leaky);
    expect(await database.current()?.one('select 1 as n')).toEqual({ n: 1 });
    await until(async () => (await backends()).every((pid) => !before.includes(pid)), PATIENT_MS);
    // What the old pool still has to say is no word on the new one.
    await expect(leaky.pool.connect()).rejects.toThrow();
    expect(failures).toHaveLength(1);
  } finally {
    // Where the test failed before the pool was replaced, its end would wait for them.
    for (const client of leaked) client.release(true);
    await database.stop();
    await testDatabase.drop();
  }
});
