import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, type TestApi, type TestUser } from './support/api.js';

let api: TestApi;
let user: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  user = await api.signUp('mia', ['businesses:read']);
});
afterAll(() => api.close());

const etagOf = async (path: string) => (await user.ask(path)).headers.get('etag') ?? '';

describe('my profile', () => {
  test('holds what I may see, never a hash or a secret', async () => {
    const { status, body, text } = await user.ask('/v1/me');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: user.id,
      email: 'mia@example.com',
      fullName: 'mia',
      roles: ['role-of-mia'],
    });
    expect(text).not.toMatch(/argon2|password|secret|_enc/i);
  });

  test('holds what I may do, by my roles, and for an API key by its scopes', async () => {
    expect((await user.ask('/v1/me/permissions')).body).toEqual({ permissions: ['businesses:read'] });
    const { body } = await user.ask('/v1/me/api-keys', {
      method: 'POST',
      body: { name: 'reader', scopes: ['me:read'] },
    });
    const asKey = await api.ask('/v1/me/permissions', { headers: { 'x-api-key': body.key } });
    expect(asKey.body).toEqual({ permissions: ['me:read'] });
  });

  test('changes with If-Match only: 428 without, 412 when stale, and says the version it has now', async () => {
    const etag = await etagOf('/v1/me');
    const patch = (headers: Record<string, string>, body: object = { fullName: 'Mia M.' }) =>
      user.ask('/v1/me', { method: 'PATCH', body, headers });
    expect((await patch({})).body.code).toBe('precondition_required');
    const changed = await patch({ 'if-match': etag });
    expect([changed.status, changed.body.fullName]).toEqual([200, 'Mia M.']);
    expect(changed.headers.get('etag')).toBe(await etagOf('/v1/me'));
    const stale = await patch({ 'if-match': etag }, { fullName: 'late' });
    expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed']);
    expect(stale.headers.get('etag')).toBe(`"${changed.body.version}"`);
    expect((await patch({ 'if-match': 'W/"1"' })).status).toBe(412);
    expect((await patch({ 'if-match': '"99999999999"' })).status).toBe(412);
    expect((await patch({ 'if-match': '*' })).status).toBe(200);
  });

  test('is not sent again to who has it: 304', async () => {
    const etag = await etagOf('/v1/me');
    const { status, text } = await user.ask('/v1/me', { headers: { 'if-none-match': etag } });
    expect([status, text]).toEqual([304, '']);
    expect((await user.ask('/v1/me', { headers: { 'if-none-match': '"0"' } })).status).toBe(200);
  });

  test('is sent anew when my roles changed, which are no part of its version; a change still goes by the version', async () => {
    const grown = await api.signUp('nora');
    const before = await grown.ask('/v1/me');
    const etag = before.headers.get('etag') ?? '';
    await api.admin.none(
      "insert into role_assignments (user_id, role_id) select $1, id from roles where name = 'role-of-mia'",
      [grown.id],
    );
    const after = await grown.ask('/v1/me', { headers: { 'if-none-match': etag } });
    expect([after.status, after.body.roles, after.body.version]).toEqual([
      200,
      ['role-of-mia'],
      before.body.version,
    ]);
    expect(after.headers.get('etag')).not.toBe(etag);
    const headers = { 'if-match': etag };
    expect((await grown.ask('/v1/me', { method: 'PATCH', body: { fullName: 'N' }, headers })).status).toBe(
      200,
    );
  });

  test('lets nobody set what is not theirs to set', async () => {
    for (const extra of [
      { id: user.id },
      { version: 9 },
      { subscriptionTier: 'enterprise' },
      { roles: ['admin'] },
    ]) {
      const { status, body } = await user.ask('/v1/me', {
        method: 'PATCH',
        body: { fullName: 'x', ...extra },
        headers: { 'if-match': '*' },
      });
      expect([status, body.errors[0].pointer]).toEqual([400, `/${Object.keys(extra)[0]}`]);
    }
  });

  test('of twenty changes to one version exactly one wins', async () => {
    const etag = await etagOf('/v1/me');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        user.ask('/v1/me', {
          method: 'PATCH',
          body: { fullName: `racer ${index}` },
          headers: { 'if-match': etag },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)]);
  });
});

describe('my settings', () => {
  test('are replaced as a whole, and read back as they were sent', async () => {
    const settings = { theme: 'dark', nested: { list: [1, 'zwei', null, true], empty: {} }, 'a/b~c': 'ä€😀' };
    const put = await user.ask('/v1/me/settings', {
      method: 'PUT',
      body: { settings },
      headers: { 'if-match': await etagOf('/v1/me/settings') },
    });
    expect(put.status).toBe(200);
    expect((await user.ask('/v1/me/settings')).body).toEqual({ settings, version: put.body.version });
  });

  test.each([
    ['an array', []],
    ['text', 'x'],
    ['more than 16 KiB', { long: 'x'.repeat(17_000) }],
    [
      'a number that becomes 301 digits in the table',
      Object.fromEntries(Array.from({ length: 80 }, (_, i) => [i, 1e300])),
    ],
    ['a NUL deep inside', { a: [{ b: 'x\0' }] }],
    ['a lone surrogate as key', { '\ud800': 1 }],
    ['a nesting of 20', JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`)],
  ])('refuse %s', async (_what, settings) => {
    const { status } = await user.ask('/v1/me/settings', {
      method: 'PUT',
      body: { settings },
      headers: { 'if-match': '*' },
    });
    expect([400, 422]).toContain(status);
  });

  test('refuse a nesting of 100,000, with 400', async () => {
    const { status } = await user.ask('/v1/me/settings', {
      method: 'PUT',
      raw: `{"settings":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      headers: { 'if-match': '*' },
    });
    expect(status).toBe(400);
  });

  test('refuse a __proto__ key, which JavaScript would not keep', async () => {
    const { status } = await user.ask('/v1/me/settings', {
      method: 'PUT',
      raw: '{"settings":{"__proto__":{"admin":true}}}',
      headers: { 'if-match': '*' },
    });
    expect(status).toBe(400);
  });
});
