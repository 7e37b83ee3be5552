import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { type Ask, ask } from './support/http.js';
import { type ApiProcess, endAll, startApi } from './support/process.js';
import { PASSWORD } from './support/settings.js';
import { until } from './support/until.js';
import { insertUser } from './support/users.js';

let testDatabase: TestDatabase;
let admin: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = await testDatabase.open('admin');
  await insertUser(admin, 'sue');
});
afterEach(() => endAll());
afterAll(() => testDatabase.drop());

/** A process of the API, and how to ask it as Sue. */
async function start(env: Record<string, string>) {
  const api: ApiProcess = await startApi({ DATABASE_URL: testDatabase.url('app'), ...env });
  await until(async () => (await ask(`${api.url}/ready`)).status === 200, 30_000);
  const body = { email: 'sue@example.com', password: PASSWORD };
  const signedIn = await ask(`${api.url}/v1/auth/sign-in`, { method: 'POST', body });
  const headers = { authorization: `Bearer ${signedIn.body.accessToken}` };
  const asSue = (path: string, request: Ask = {}) =>
    ask(api.url + path, { ...request, headers: { ...headers, ...request.headers } });
  return { api, asSue, headers };
}

test('with every connection taken the API says so in time and lives; then it serves again, and holds none', async () => {
  const { api, asSue, headers } = await start({ DB_POOL_MAX: '2', DB_POOL_ACQUIRE_TIMEOUT_MS: '500' });
  const holder = await admin.pool.connect();
  await holder.query("begin; select from users where email = 'sue@example.com' for update");
  const change = () =>
    asSue('/v1/me', { method: 'PATCH', body: { fullName: 'Sue' }, headers: { 'if-match': '*' } });
  const answers = Array.from({ length: 30 }, change);
  // Liveness asks nobody.
  expect((await ask(`${api.url}/health`)).status).toBe(200);
  const settled = await Promise.all(answers);
  for (const { status, headers: told } of settled)
    expect([status, Number(told.get('retry-after')) > 0]).toEqual([503, true]);
  // Clients that do not wait: the connections come back all the same.
  const impatient = Array.from({ length: 40 }, () => {
    const signal = AbortSignal.timeout(50);
    const init = {
      method: 'PATCH',
      headers: { ...headers, 'if-match': '*', 'content-type': 'application/json' },
    };
    return fetch(`${api.url}/v1/me`, { ...init, body: '{"fullName":"x"}', signal }).catch(() => {});
  });
  await Promise.all(impatient);
  await holder.query('commit');
  holder.release();
  await until(async () => (await change()).status === 200, 20_000);
  await until(async () => {
    const { body } = await ask(`${api.url}/ready`);
    return body.checks?.database.connection_pool.checked_out === 0;
  }, 20_000);
  expect(
    await admin.query(
      "select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
    ),
  ).toEqual([]);
});
