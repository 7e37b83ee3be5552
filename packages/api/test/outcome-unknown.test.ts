import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Database, DatabaseError } from '@plinth/db';
import { createTestDatabase, type FaultyProxy, startProxy, type TestDatabase } from '@plinth/db/testing';
import { toApiError } from '../src/errors.js';
import { insertArtist } from './support/api.js';
import { ask } from './support/http.js';
import { type ApiProcess, endAll, startApi } from './support/process.js';
import { PASSWORD } from './support/settings.js';
import { until } from './support/until.js';
import { insertUser } from './support/users.js';

let testDatabase: TestDatabase;
let admin: Database;
let proxy: FaultyProxy;
let api: ApiProcess;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = await testDatabase.open('admin');
  await insertUser(admin, 'sue');
  proxy = await startProxy(Number(new URL(testDatabase.url()).port));
  api = await startApi({ DATABASE_URL: proxy.url(testDatabase.url('app')) });
  await until(async () => (await ask(`${api.url}/ready`)).status === 200, 10_000);
});
afterAll(async () => {
  await endAll();
  await proxy.close();
  await testDatabase.drop();
});

test('a write whose COMMIT was answered by nobody is outcome_unknown, and its key tells that it was done', async () => {
  const { body } = await ask(`${api.url}/v1/auth/sign-in`, {
    method: 'POST',
    body: { email: 'sue@example.com', password: PASSWORD },
  });
  const artistId = await insertArtist(admin, 'Somebody');
  const block = () =>
    ask(`${api.url}/v1/me/blocks`, {
      method: 'POST',
      body: { artistId },
      headers: { authorization: `Bearer ${body.accessToken}`, 'idempotency-key': 'block-1' },
    });
  proxy.cutCommit();
  const unclear = await block();
  expect([unclear.status, unclear.body.code, unclear.headers.get('retry-after')]).toEqual([
    503,
    'outcome_unknown',
    '1',
  ]);
  const again = await block();
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
  expect(await admin.one('select count(*)::int as n from user_artist_blocks')).toEqual({ n: 1 });
});

test.each([
  ['connection_lost', undefined, 'outcome_unknown', 'unavailable'],
  ['query_timeout', undefined, 'outcome_unknown', 'timeout'],
  // The server itself stopped the statement, and with it the transaction.
  ['query_timeout', '57014', 'timeout', 'timeout'],
  ['pool_exhausted', undefined, 'unavailable', 'unavailable'],
] as const)('%s (sqlstate %s) is %s for a write and %s for a read', (code, sqlstate, ofWrite, ofRead) => {
  const error = new DatabaseError(code, sqlstate === undefined ? {} : { sqlstate });
  expect(toApiError(error, {}, { writes: true }).code).toBe(ofWrite);
  expect(toApiError(error).code).toBe(ofRead);
});
