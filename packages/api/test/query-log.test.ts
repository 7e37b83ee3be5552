import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { ask } from './support/http.js';
import { type ApiProcess, endAll, startApi } from './support/process.js';
import { until } from './support/until.js';

let testDatabase: TestDatabase;
let api: ApiProcess;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  // Two connections for twenty requests: most of them run on a connection that another request has just given back.
  api = await startApi({ NODE_ENV: 'development', DB_POOL_MAX: '2', DATABASE_URL: testDatabase.url('app') });
  await until(async () => (await ask(`${api.url}/ready`)).status === 200, 10_000);
});
afterAll(async () => {
  await endAll();
  await testDatabase.drop();
});

describe('the query log of development', () => {
  test('gives each statement the id of the request that sent it, and no parameter', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `request-${n}`);
    await Promise.all(
      ids.map((id) =>
        ask(`${api.url}/v1/auth/sign-in`, {
          method: 'POST',
          body: { email: `${id}-canary@example.com`, password: 'x' },
          headers: { 'x-request-id': id },
        }),
      ),
    );
    const looked = () =>
      api.logs.filter(({ msg, sql }) => msg === 'query' && String(sql).includes('from users where email'));
    await until(() => looked().length >= 20, 2_000);
    expect(
      looked()
        .map(({ requestId }) => requestId)
        .sort(),
    ).toEqual([...ids].sort());
    expect(JSON.stringify(api.logs)).not.toContain('canary');
  });

  test('tells what the pool does', async () => {
    await until(
      () =>
        api.logs.some(
          ({ msg, type, requestId }) => msg === 'database pool' && type === 'acquire' && requestId,
        ),
      1_000,
    );
    expect(api.logs.some(({ msg, type }) => msg === 'database pool' && type === 'connect')).toBe(true);
  });
});
