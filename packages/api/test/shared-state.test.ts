import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Invalidations, listenOnPostgres, newRowId } from '@plinth/db';
import { hasRedis, startRedis } from '@plinth/db/testing';
import { createApiKey } from '../src/auth/api-key-format.js';
import { createKeyStates } from '../src/auth/key-state.js';
import { createUserStates } from '../src/auth/user-state.js';
import { createTestApi, insertArtist, type TestApi } from './support/api.js';
import { until } from './support/until.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

/** How often a statement has been sent. */
const sent = (operation: string) =>
  api.database.metrics().operations.find((one) => one.operation === operation)?.latency.count ?? 0;

describe('what is remembered of users and keys, however long', () => {
  const LONG_MS = 60_000;
  let invalidations: Invalidations;
  beforeAll(async () => {
    invalidations = listenOnPostgres(api.database.config);
    await until(() => invalidations.isLive(), 10_000);
  });
  afterAll(() => invalidations.close());
  const options = () => ({ database: () => api.database, invalidations, ttlMs: LONG_MS });

  /** A state is one object until it is dropped. */
  const isRemembered = async (read: () => Promise<object | undefined>) => {
    const [first, second] = [await read(), await read()];
    return first === second;
  };

  const changes: [string, string][] = [
    ['the user is deactivated', 'update users set is_active = false where id = $1'],
    ['the user is deleted', 'update users set deleted_at = now() where id = $1'],
    ['a role is taken back', 'update role_assignments set revoked_at = now() where user_id = $1'],
    [
      'a role permits less',
      "update roles set permissions = '{}' where id in (select role_id from role_assignments where user_id = $1)",
    ],
  ];
  const revoke = (parameter: string) =>
    `insert into token_blacklist (jti, expires_at) values (${parameter}::uuid, now() + interval '1 hour')`;

  test.each([
    ...changes,
    [
      'everything is signed out',
      "update users set tokens_valid_after = now() + interval '1 second' where id = $1",
    ],
    ['the token is revoked', revoke('$2')],
    ['the sign-in is revoked', revoke('$3')],
  ])('a token is judged anew once %s', async (_what, change) => {
    const { id: userId } = await api.signUp(`token-${randomUUID()}`, ['businesses:read']);
    const states = createUserStates(options());
    const claims = {
      userId,
      tokenId: newRowId(),
      familyId: newRowId(),
      issuedAtMs: Date.now(),
      expiresAtMs: Date.now() + LONG_MS,
    };
    const read = () => states(claims);
    const permitted = async () => (await read())?.permissions.has('businesses:read') === true;
    expect(await permitted()).toBe(true);
    await until(() => isRemembered(read), 5_000);
    // Each statement has one of the three as its only parameter.
    const ids: Record<string, string> = { $1: userId, $2: claims.tokenId, $3: claims.familyId };
    const [parameter = ''] = /\$\d/.exec(change) ?? [];
    await api.admin.none(
      change.replace(parameter, () => '$1'),
      [ids[parameter]],
    );
    await until(async () => !(await permitted()), 10_000);
  });

  test.each([
    ...changes,
    ['the key is revoked', 'update api_keys set revoked_at = now() where user_id = $1'],
    ['the key may do less', "update api_keys set scopes = '{me:read}' where user_id = $1"],
  ])('a key is judged anew once %s', async (_what, change) => {
    const { id: userId } = await api.signUp(`key-${randomUUID()}`, ['businesses:read']);
    const { key, prefix, last4 } = createApiKey('test');
    await api.admin.none(
      `insert into api_keys (user_id, name, prefix, last4, key_hash, scopes) values ($1, 'k', $2, $3, $4, '{businesses:read}')`,
      [userId, prefix, last4, createHash('sha256').update(key).digest()],
    );
    const states = createKeyStates('test', options());
    const read = () => states(key);
    const permitted = async () => (await read())?.permissions.has('businesses:read') === true;
    expect(await permitted()).toBe(true);
    await until(() => isRemembered(read), 5_000);
    await api.admin.none(change, [userId]);
    await until(async () => !(await permitted()), 10_000);
  });
});

describe('an artist', () => {
  test('is read once for all who ask, anew once another program changed it, and at once by who changed it here', async () => {
    const editor = await api.signUp('editor', ['artists:write']);
    const id = await insertArtist(api.admin, 'The Firsts');
    const read = async () => (await editor.ask(`/v1/artists/${id}`)).body;
    expect(await read()).toMatchObject({ id, name: 'The Firsts' });
    const before = sent('artists.get');
    for (let n = 0; n < 20; n++) await read();
    expect(sent('artists.get') - before).toBeLessThan(20);

    // Sooner than its time to live would end it.
    await api.admin.none(`update artists set name = 'The Seconds' where id = $1`, [id]);
    await until(async () => (await read()).name === 'The Seconds', 4_000);
    const { version } = await read();
    const changed = await editor.ask(`/v1/artists/${id}`, {
      method: 'PATCH',
      body: { name: 'The Thirds' },
      headers: { 'if-match': `"${version}"` },
    });
    expect(changed.status).toBe(200);
    expect(await read()).toMatchObject({ name: 'The Thirds', version: version + 1 });
    await editor.ask(`/v1/artists/${id}`, { method: 'DELETE', headers: { 'if-match': `"${version + 1}"` } });
    expect((await editor.ask(`/v1/artists/${id}`)).status).toBe(404);
  });
});

describe('with REDIS_URL', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  (hasRedis() ? test : test.skip)('limits are counted there, for all processes together', async () => {
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const [one, two] = [
      await createTestApi({ env: { REDIS_URL: redis.url } }),
      await createTestApi({ env: { REDIS_URL: redis.url } }),
    ];
    closing.push(
      () => one.close(),
      () => two.close(),
    );
    const guess = (at: TestApi) =>
      at.ask('/v1/auth/sign-in', { method: 'POST', body: { email: 'ann@example.com', password: 'x' } });
    // It is connected to in the background.
    await until(async () => {
      const { headers } = await guess(one);
      return (await guess(two)).headers.get('ratelimit') !== headers.get('ratelimit');
    }, 10_000);
    const statuses: number[] = [];
    for (let n = 0; n < 10; n++) statuses.push((await guess(n % 2 === 0 ? one : two)).status);
    expect(statuses.at(-1)).toBe(429);
    expect(await one.admin.query('select from plinth.rate_limits')).toEqual([]);
  });
});
