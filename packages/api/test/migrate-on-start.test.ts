import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { ask } from './support/http.js';
import { endAll, startApi } from './support/process.js';
import { until } from './support/until.js';

let testDatabase: TestDatabase;
let admin: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase({ empty: true });
  admin = await testDatabase.open('admin');
});
afterEach(() => endAll());
afterAll(() => testDatabase.drop());

const env = (more: object = {}) => ({
  DATABASE_URL: testDatabase.url('app'),
  MIGRATE_DATABASE_URL: testDatabase.url('migrator'),
  ...more,
});

test('without MIGRATE_ON_START the api waits for somebody else to deploy', async () => {
  const api = await startApi(env({ MIGRATE_ON_START: 'false' }));
  await until(async () => (await ask(`${api.url}/startup`)).body.pending?.join() === 'migrations', 10_000);
  expect(await admin.one("select to_regclass('public.users') is null as absent")).toEqual({ absent: true });
});

test('the application role alone cannot deploy: the log names the setting, and the api waits', async () => {
  const api = await startApi(env({ MIGRATE_ON_START: 'true', MIGRATE_DATABASE_URL: undefined }));
  await until(async () => (await ask(`${api.url}/startup`)).body.pending?.join() === 'migrations', 10_000);
  expect(api.logs.map(({ msg }) => msg).join()).toContain('MIGRATE_DATABASE_URL');
});

test('two replicas that start at once deploy each migration once and both become ready', async () => {
  const replicas = await Promise.all([1, 2].map(() => startApi(env({ MIGRATE_ON_START: 'true' }))));
  for (const { url } of replicas) await until(async () => (await ask(`${url}/ready`)).status === 200, 30_000);
  expect(
    await admin.query('select migration_name from _prisma_migrations group by 1 having count(*) > 1'),
  ).toEqual([]);
});
