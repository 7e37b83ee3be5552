import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApiKey, parseApiKey } from '../src/auth/api-key-format.js';
import { createKeyUses } from '../src/auth/key-uses.js';
import { createTestApi, PASSWORD, type TestApi, type TestUser } from './support/api.js';
import { until } from './support/until.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const make = (user: TestUser, scopes: string[], more: object = {}) =>
  user.ask('/v1/me/api-keys', { method: 'POST', body: { name: 'a key', scopes, ...more } });
const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
const rowOf = (id: string) =>
  api.admin.one<{ dump: string; useCount: number; lastUsedAt: Date | null }>(
    'select k::text as dump, use_count as "useCount", last_used_at as "lastUsedAt" from api_keys k where id = $1',
    [id],
  );

describe('the format', () => {
  test('is plinth_<mode>_<id>_<secret><crc32>, never the same twice, and tells its mode', () => {
    const keys = Array.from({ length: 200 }, () => createApiKey('live').key);
    expect(new Set(keys).size).toBe(200);
    for (const key of keys) {
      expect(key).toMatch(/^plinth_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
      expect(parseApiKey(key)).toBe('live');
    }
    expect(parseApiKey(createApiKey('test').key)).toBe('test');
  });

  test('holds 256 random bits and a checksum that catches every single wrong character', () => {
    const biggest = createApiKey('live', (size) => Buffer.alloc(size, 255)).key;
    expect(parseApiKey(biggest)).toBe('live');
    expect(createApiKey('live', (size) => Buffer.alloc(size)).key).toHaveLength(biggest.length);
    for (let at = 12; at < biggest.length; at++) {
      const wrong = `${biggest.slice(0, at)}${biggest[at] === 'x' ? 'y' : 'x'}${biggest.slice(at + 1)}`;
      expect(parseApiKey(wrong)).toBeUndefined();
    }
  });
});

describe('an API key', () => {
  test('is shown once, stored as hash, listed with its prefix, and works in either header', async () => {
    const user = await api.signUp('ann', ['businesses:read']);
    const { status, body } = await make(user, ['businesses:read', 'me:read']);
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'a key', useCount: 0, revokedAt: null, last4: body.key.slice(-4) });
    expect(body.key.startsWith(`${body.prefix}_`)).toBe(true);
    const { dump } = await rowOf(body.id);
    expect(dump).not.toContain(body.key.slice(body.prefix.length));
    const list = await user.ask('/v1/me/api-keys');
    expect(list.body.data).toHaveLength(1);
    expect(list.text).not.toContain(body.key.slice(body.prefix.length + 1));
    expect((await api.ask('/v1/businesses', as(body.key))).status).toBe(200);
    expect((await api.ask('/v1/me', { headers: { 'x-api-key': body.key } })).body.id).toBe(user.id);
  });

  test('does what its scopes say and its user may, and nothing else', async () => {
    const user = await api.signUp('bob', ['businesses:read', 'businesses:write']);
    const reader = (await make(user, ['businesses:read'])).body.key;
    const post = { method: 'POST', body: { legalName: 'X', registrationNumber: '1', country: 'DE' } };
    expect((await api.ask('/v1/businesses', as(reader))).status).toBe(200);
    expect((await api.ask('/v1/businesses', { ...post, ...as(reader) })).status).toBe(403);
    expect((await api.ask('/v1/me', as(reader))).status).toBe(403);
    const own = (await make(user, ['me:read'])).body.key;
    expect((await api.ask('/v1/me/settings', as(own))).status).toBe(200);
    expect((await api.ask('/v1/businesses', as(own))).status).toBe(403);
    const settings = { method: 'PUT', body: { settings: {} } };
    expect((await api.ask('/v1/me/settings', { ...settings, ...as(own) })).status).toBe(403);
    // What the user lost, the key lost too.
    await api.admin.none('update role_assignments set revoked_at = now() where user_id = $1', [user.id]);
    await until(async () => (await api.ask('/v1/businesses', as(reader))).status === 403, 1_000);
  });

  test('never reaches what needs a person: keys, passwords, sign-ins, addresses', async () => {
    const user = await api.signUp('carl');
    const { key } = (await make(user, ['me:read', 'me:write'])).body;
    const post = (body?: object) => ({ method: 'POST', ...(body ? { body } : {}), ...as(key) });
    for (const [path, request] of [
      ['/v1/me/api-keys', as(key)],
      ['/v1/me/api-keys', post({ name: 'x', scopes: ['me:read'] })],
      ['/v1/me/password', post({ currentPassword: 'x', newPassword: 'long enough' })],
      ['/v1/me/email', post({ email: 'a@b.example', password: 'x' })],
      ['/v1/me/verification', post()],
      ['/v1/auth/sign-out', post()],
      ['/v1/auth/sign-out-everywhere', post()],
    ] as const)
      expect([path, (await api.ask(path, request)).status]).toEqual([path, 403]);
  });

  test('cannot be given what its maker may not do, an end in the past, or no scope', async () => {
    const user = await api.signUp('dora', ['businesses:read']);
    expect((await make(user, ['businesses:read', 'users:write'])).status).toBe(403);
    expect((await make(user, ['everything'])).status).toBe(400);
    expect((await make(user, [])).status).toBe(400);
    expect((await make(user, ['me:read'], { expiresAt: '2020-01-01T00:00:00Z' })).status).toBe(422);
    expect((await user.ask('/v1/me/api-keys')).body.data).toEqual([]);
  });

  test('is made within 15 minutes of signing in, or with the password: a stolen token makes itself none', async () => {
    const user = await api.signUp('kim');
    await api.admin.none(
      "update sessions set created_at = now() - interval '16 minutes' where user_id = $1",
      [user.id],
    );
    const refused = await make(user, ['me:read']);
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    // A refreshed sign-in is as old as it was.
    const { body } = await api.ask('/v1/auth/refresh', {
      method: 'POST',
      body: { refreshToken: user.refreshToken },
    });
    const renewed = await api.ask('/v1/me/api-keys', {
      method: 'POST',
      body: { name: 'k', scopes: ['me:read'] },
      headers: { authorization: `Bearer ${body.accessToken}` },
    });
    expect(renewed.status).toBe(403);
    expect((await make(user, ['me:read'], { password: 'wrong' })).body.code).toBe('wrong_password');
    expect((await make(user, ['me:read'], { password: PASSWORD })).status).toBe(201);
  });

  test('is one of a hundred at most, also when several are made at once', async () => {
    const user = await api.signUp('lots');
    await api.admin.none(
      `insert into api_keys (user_id, name, prefix, last4, key_hash, scopes)
       select $1, 'k', 'plinth_test_' || lpad(n::text, 12, '0'), '0000', sha256(n::text::bytea), '{me:read}' from generate_series(1, 99) n`,
      [user.id],
    );
    const statuses = (await Promise.all([1, 2, 3].map(() => make(user, ['me:read'])))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([201, 409, 409]);
  });

  test('ends within a second when revoked, expired, or its user is deactivated', async () => {
    const user = await api.signUp('emil');
    const [one, two] = [(await make(user, ['me:read'])).body, (await make(user, ['me:read'])).body];
    const refused = async (key: string) => (await api.ask('/v1/me', as(key))).status === 401;
    for (const { key } of [one, two]) expect(await refused(key)).toBe(false);
    expect((await user.ask(`/v1/me/api-keys/${one.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await user.ask(`/v1/me/api-keys/${one.id}`, { method: 'DELETE' })).status).toBe(204);
    await until(() => refused(one.key), 1_000);
    expect((await user.ask('/v1/me/api-keys')).body.data).toHaveLength(2);
    await api.admin.none('update api_keys set expires_at = now() where id = $1', [two.id]);
    await until(() => refused(two.key), 1_000);
    const three = (await make(user, ['me:read'])).body;
    expect(await refused(three.key)).toBe(false);
    await api.admin.none('update users set is_active = false where id = $1', [user.id]);
    await until(() => refused(three.key), 1_000);
    const events = await api.admin.query<{ type: string }>(
      "select type from audit.security_events where user_id = $1 and type like 'key.%' order by occurred_at, id",
      [user.id],
    );
    expect(events.map(({ type }) => type)).toEqual([
      'key.created',
      'key.created',
      'key.revoked',
      'key.created',
    ]);
  });

  test('is refused when unknown, mistyped, of the other mode, or of another user’s list', async () => {
    const [user, other] = [await api.signUp('fred'), await api.signUp('gina')];
    const { id, key } = (await make(user, ['me:read'])).body;
    for (const wrong of [
      createApiKey('test').key,
      `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`,
      key.replace('plinth_test', 'plinth_live'),
      'plinth_',
    ]) {
      const answer = await api.ask('/v1/me', as(wrong));
      expect([answer.status, answer.headers.has('www-authenticate')]).toEqual([401, true]);
    }
    expect((await other.ask(`/v1/me/api-keys/${id}`)).status).toBe(404);
    expect((await other.ask(`/v1/me/api-keys/${id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await other.ask('/v1/me/api-keys')).body.data).toEqual([]);
    expect((await api.ask('/v1/me', as(key))).status).toBe(200);
  });

  test('acts as itself on behalf of its user: the audit names the key', async () => {
    const user = await api.signUp('hugo', ['businesses:write']);
    const { id, key } = (await make(user, ['businesses:write'])).body;
    const body = { legalName: 'Keyed', registrationNumber: 'K-1', country: 'DE' };
    const made = await api.ask('/v1/businesses', { method: 'POST', body, ...as(key) });
    expect(made.status).toBe(201);
    const entry = await api.admin.one(
      "select actor_type, actor_id, user_id from audit.audit_log where entity = 'businesses' and entity_id = $1",
      [made.body.id],
    );
    expect(entry).toEqual({ actor_type: 'api_key', actor_id: id, user_id: user.id });
  });
});

describe('uses of a key', () => {
  test('are counted; the first of a minute is noted at once', async () => {
    const user = await api.signUp('ida');
    const { id, key } = (await make(user, ['me:read'])).body;
    for (let i = 0; i < 5; i++) expect((await api.ask('/v1/me', as(key))).status).toBe(200);
    await until(async () => (await rowOf(id)).useCount > 0, 2_000);
    const { useCount, lastUsedAt } = await rowOf(id);
    expect([useCount, lastUsedAt !== null]).toEqual([1, true]);
  });

  test('are written together at the end of the interval, none lost, the time at most once a minute', async () => {
    const user = await api.signUp('jana');
    const { id } = (await make(user, ['me:read'])).body;
    const uses = createKeyUses((error) => {
      throw error;
    }, 200);
    for (let i = 0; i < 50; i++) uses(api.database, { keyId: id, userId: user.id });
    await until(async () => (await rowOf(id)).useCount === 1, 2_000);
    const { lastUsedAt } = await rowOf(id);
    await until(async () => (await rowOf(id)).useCount === 50, 2_000);
    expect((await rowOf(id)).lastUsedAt).toEqual(lastUsedAt);
  });
});
