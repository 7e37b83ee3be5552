import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createFieldCipher, parseFieldKeys } from '@plinth/db';
import { createFlows } from '../src/auth/oauth/flows.js';
import { createTestApi, PASSWORD, type TestApi, type TestUser } from './support/api.js';
import { type FakeProvider, startFakeProvider } from './support/fake-provider.js';
import { SETTINGS } from './support/settings.js';

let api: TestApi;
let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
  api = await createTestApi({ env: provider.env });
});
afterAll(async () => {
  await api.close();
  await provider.close();
});

let nextId = 1;
beforeEach(() => {
  const id = nextId++;
  provider.person = {
    id,
    login: `login${id}`,
    name: 'Ann Example',
    email: `Person${id}@Example.com`,
    verified: true,
  };
  provider.breakWith.clear();
});

type Name = 'google' | 'github';
const post = (path: string, body?: object) => api.ask(path, { method: 'POST', ...(body ? { body } : {}) });
const begin = async (name: Name) => (await post(`/v1/auth/oauth/${name}/begin`)).body;
const complete = (name: Name, body: object) => post(`/v1/auth/oauth/${name}/complete`, body);
/** The whole flow, as a browser and an application go through it. */
async function signInWith(name: Name) {
  const { authorizationUrl, flowToken } = await begin(name);
  return complete(name, { ...(await provider.visit(authorizationUrl)), flowToken });
}
async function link(user: TestUser, name: Name) {
  const path = `/v1/me/oauth-accounts/${name}`;
  const { body } = await user.ask(`${path}/begin`, { method: 'POST' });
  const returned = await provider.visit(body.authorizationUrl);
  return user.ask(`${path}/complete`, { method: 'POST', body: { ...returned, flowToken: body.flowToken } });
}
const accountsOf = (userId: string) =>
  api.admin.query<{ id: string; provider: string; dump: string; access: Buffer; refresh: Buffer }>(
    'select id, provider, o::text as dump, access_token_enc as access, refresh_token_enc as refresh from oauth_accounts o where user_id = $1',
    [userId],
  );

describe.each(['google', 'github'] as const)('signing in with %s', (name) => {
  test('registers who is new, with a confirmed address, and signs in who is known', async () => {
    const first = await signInWith(name);
    expect(first.status).toBe(200);
    expect(first.body.user).toMatchObject({ fullName: 'Ann Example', roles: ['user'] });
    expect(first.body.user.email).toBe(provider.person.email.toLowerCase());
    expect(first.body.user.emailVerifiedAt).not.toBeNull();
    // Accounts go by the provider's id, not by what may change there.
    provider.person.email = 'renamed@example.com';
    const second = await signInWith(name);
    expect(second.body.user.id).toBe(first.body.user.id);
    const headers = { authorization: `Bearer ${second.body.accessToken}` };
    expect((await api.ask('/v1/me', { headers })).status).toBe(200);
    const events = await api.admin.query<{ details: object }>(
      "select details from audit.security_events where user_id = $1 and type = 'sign_in.succeeded'",
      [first.body.user.id],
    );
    expect(events).toEqual([{ details: { method: name } }, { details: { method: name } }]);
  });

  test('keeps the tokens encrypted, bound to their row, and answers them nowhere', async () => {
    const { body } = await signInWith(name);
    const [account] = await accountsOf(body.user.id);
    const [access = '', refresh = ''] = provider.given.slice(-2);
    for (const secret of [access, refresh]) {
      expect(account?.dump).not.toContain(secret);
      expect(account?.dump).not.toContain(Buffer.from(secret).toString('hex'));
    }
    const cipher = createFieldCipher(parseFieldKeys(SETTINGS.FIELD_KEYS ?? ''));
    const {
      id = '',
      access: sealed = Buffer.alloc(0),
      refresh: sealedRefresh = Buffer.alloc(0),
    } = account ?? {};
    expect(cipher.decryptField('oauth_accounts', 'accessTokenEnc', id, sealed)).toBe(access);
    expect(cipher.decryptField('oauth_accounts', 'refreshTokenEnc', id, sealedRefresh)).toBe(refresh);
    const headers = { authorization: `Bearer ${body.accessToken}` };
    const answers = [
      await api.ask('/v1/me/oauth-accounts', { headers }),
      await api.ask(`/v1/me/oauth-accounts/${id}`, { headers }),
      await api.ask('/v1/me/export', { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[0]?.body.data).toEqual([
      expect.objectContaining({ id, provider: name, scopes: ['read:user', 'user:email'] }),
    ]);
    for (const { text } of answers) expect(text).not.toMatch(/access-|refresh-|_enc|TokenEnc/);
    expect(JSON.stringify(api.logs)).not.toMatch(/access-[0-9a-f]|refresh-[0-9a-f]|client-secret/);
  });

  test('records the calls to the provider, without what they carried', async () => {
    await signInWith(name);
    const calls = await api.admin.query<{ dump: string; operation: string }>(
      'select c::text as dump, operation from external_service_calls c where service = $1',
      [`oauth-${name}`],
    );
    expect(new Set(calls.map(({ operation }) => operation))).toEqual(new Set(['token', 'user']));
    for (const { dump } of calls) expect(dump).not.toMatch(/access-|refresh-|secret|code=/);
  });
});

describe('an address that has an account', () => {
  test('is not taken over by a provider that names it, nor is one that nobody confirmed taken at all', async () => {
    const { email } = await api.signUp('victim');
    provider.person.email = email;
    expect((await signInWith('google')).status).toBe(409);
    provider.person = { ...provider.person, email: 'unconfirmed@example.com', verified: false };
    for (const name of ['google', 'github'] as const) expect((await signInWith(name)).status).toBe(422);
    expect(await api.admin.query("select 1 from users where email = 'unconfirmed@example.com'")).toEqual([]);
  });

  test('of a closed or deactivated user lets nobody in', async () => {
    const { body } = await signInWith('github');
    await api.admin.none('update users set is_active = false where id = $1', [body.user.id]);
    expect((await signInWith('github')).status).toBe(403);
  });
});

describe('a flow', () => {
  test('cannot be completed with another flow’s state, a changed or expired token, or a code used before', async () => {
    const [mine, attackers] = [await begin('google'), await begin('google')];
    const returned = await provider.visit(mine.authorizationUrl);
    const theirs = await provider.visit(attackers.authorizationUrl);
    const { flowToken } = mine;
    const refused = [
      // Login CSRF: their code and state in my browser.
      { ...theirs, flowToken },
      { ...returned, flowToken: attackers.flowToken },
      { ...returned, state: 'x', flowToken },
      { ...returned, flowToken: `x${flowToken}` },
      { ...returned, flowToken: flowToken.split('.')[0] },
      // A stolen code with a flow of one's own: PKCE.
      { code: returned.code, state: theirs.state, flowToken: attackers.flowToken },
    ];
    for (const body of refused.slice(0, 5))
      expect((await complete('google', body)).body.code).toBe('invalid_token');
    expect((await complete('github', { ...returned, flowToken })).body.code).toBe('invalid_token');
    expect((await complete('google', { ...returned, flowToken })).status).toBe(200);
    expect((await complete('google', { ...returned, flowToken })).body.code).toBe('invalid_token');
    const again = await provider.visit(mine.authorizationUrl);
    expect((await complete('google', { ...refused[5], code: again.code })).body.code).toBe('invalid_token');
    let clock = 0;
    const flows = createFlows(Buffer.alloc(32, 'k'), () => clock);
    const begun = flows.begin({ provider: 'google' });
    clock = 599_999;
    expect(flows.complete(begun.flowToken, begun.state, { provider: 'google' }).codeVerifier).toHaveLength(
      43,
    );
    clock = 600_000;
    expect(() => flows.complete(begun.flowToken, begun.state, { provider: 'google' })).toThrow('too late');
  });

  test('answers 502 when the provider fails, whatever it says, and signs nobody in', async () => {
    for (const [path, status, body] of [
      ['/token', 500, 'oops'],
      ['/token', 200, '{"token_type":"bearer"}'],
      ['/token', 401, '{"error":"invalid_client"}'],
      ['/google/user', 403, '{}'],
      ['/google/user', 200, '{"sub":7}'],
      ['/google/user', 200, `"${'x'.repeat(100_000)}"`],
    ] as const) {
      provider.breakWith.clear();
      provider.breakWith.set(path, { status, body });
      const answer = await signInWith('google');
      expect([path, body.slice(0, 30), answer.status]).toEqual([path, body.slice(0, 30), 502]);
      expect(answer.body.code).toBe('provider_failed');
    }
  });
});

test('calls to a provider are bounded for one place', async () => {
  const other = await createTestApi({ env: provider.env });
  try {
    const body = { code: 'x', state: 'x', flowToken: 'x' };
    const attempt = () => other.ask('/v1/auth/oauth/google/complete', { method: 'POST', body });
    expect((await attempt()).status).toBe(400);
    await other.admin.none("update plinth.rate_limits set points = 60 where key like 'oauth-address:%'");
    expect((await attempt()).status).toBe(429);
  } finally {
    await other.close();
  }
});

describe('linking', () => {
  test('adds a way to sign in, once per account, and never another user’s', async () => {
    const [user, other] = [await api.signUp('bob'), await api.signUp('carla')];
    const linked = await link(user, 'github');
    expect([linked.status, linked.body.provider]).toEqual([200, 'github']);
    expect((await link(user, 'github')).body.id).toBe(linked.body.id);
    expect((await link(other, 'github')).status).toBe(409);
    expect((await signInWith('github')).body.user.id).toBe(user.id);
    expect((await other.ask('/v1/me/oauth-accounts')).body.data).toEqual([]);
    expect((await other.ask(`/v1/me/oauth-accounts/${linked.body.id}`)).status).toBe(404);
    expect((await other.ask(`/v1/me/oauth-accounts/${linked.body.id}`, { method: 'DELETE' })).status).toBe(
      404,
    );
  });

  test('takes a sign-in of the last 15 minutes, or the password: a stolen token makes itself no way in', async () => {
    const user = await api.signUp('old-sign-in');
    await api.admin.none(
      "update sessions set created_at = now() - interval '16 minutes' where user_id = $1",
      [user.id],
    );
    const start = (body?: object) =>
      user.ask('/v1/me/oauth-accounts/google/begin', { method: 'POST', ...(body ? { body } : {}) });
    expect([(await start()).status, (await start({})).status]).toEqual([403, 403]);
    expect((await start({ password: 'wrong' })).body.code).toBe('wrong_password');
    expect((await start({ password: PASSWORD })).status).toBe(200);
  });

  test('cannot be completed by another user than the one who began it, nor turned into a sign-in', async () => {
    const [user, other] = [await api.signUp('dora'), await api.signUp('emil')];
    const { body } = await user.ask('/v1/me/oauth-accounts/google/begin', { method: 'POST' });
    const returned = { ...(await provider.visit(body.authorizationUrl)), flowToken: body.flowToken };
    const path = '/v1/me/oauth-accounts/google/complete';
    expect((await other.ask(path, { method: 'POST', body: returned })).body.code).toBe('invalid_token');
    expect((await complete('google', returned)).body.code).toBe('invalid_token');
    expect((await user.ask(path, { method: 'POST', body: returned })).status).toBe(200);
  });

  test('is undone, but never the last way to sign in, not even two at once', async () => {
    const user = await api.signUp('fred');
    const first = (await link(user, 'google')).body.id;
    const second = (await link(user, 'github')).body.id;
    await api.admin.none('update users set password_hash = null where id = $1', [user.id]);
    const unlink = (id: string) => user.ask(`/v1/me/oauth-accounts/${id}`, { method: 'DELETE' });
    const statuses = (await Promise.all([unlink(first), unlink(second)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 409]);
    const [left] = await accountsOf(user.id);
    expect((await unlink(left?.id ?? '')).status).toBe(409);
    await post('/v1/auth/forgot-password', { email: user.email });
    const token = (await api.lettersTo(user.email)).at(-1)?.token;
    await post('/v1/auth/reset-password', { token, password: PASSWORD });
    const { body } = await post('/v1/auth/sign-in', { email: user.email, password: PASSWORD });
    const headers = { authorization: `Bearer ${body.accessToken}` };
    const last = await api.ask(`/v1/me/oauth-accounts/${left?.id}`, { method: 'DELETE', headers });
    expect(last.status).toBe(204);
    const types = await api.admin.query<{ type: string }>(
      "select type from audit.security_events where user_id = $1 and type like 'oauth.%'",
      [user.id],
    );
    expect(types.map(({ type }) => type).sort()).toEqual(
      ['oauth.linked', 'oauth.linked', 'oauth.unlinked', 'oauth.unlinked'].sort(),
    );
  });
});

test('a provider that is not set up has no routes; the other one has', async () => {
  const { OAUTH_GOOGLE_CLIENT_ID: _id, OAUTH_GOOGLE_CLIENT_SECRET: _secret, ...env } = provider.env;
  const half = await createTestApi({ env });
  try {
    const user = await half.signUp('gina');
    const body = { code: 'x', state: 'x', flowToken: 'x' };
    for (const path of ['/v1/auth/oauth/google', '/v1/me/oauth-accounts/google']) {
      expect((await user.ask(`${path}/begin`, { method: 'POST' })).status).toBe(404);
      expect((await user.ask(`${path}/complete`, { method: 'POST', body })).status).toBe(404);
    }
    expect((await half.ask('/v1/auth/oauth/github/begin', { method: 'POST' })).status).toBe(200);
  } finally {
    await half.close();
  }
});
