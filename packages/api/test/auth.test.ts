import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createAccessTokens } from '../src/auth/access-tokens.js';
import { createTestApi, PASSWORD, type TestApi } from './support/api.js';
import { countWaiting } from './support/locks.js';
import { SETTINGS } from './support/settings.js';
import { until } from './support/until.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const signIn = (email: string, password = PASSWORD) =>
  api.ask('/v1/auth/sign-in', { method: 'POST', body: { email, password } });
const refresh = (refreshToken: string) =>
  api.ask('/v1/auth/refresh', { method: 'POST', body: { refreshToken } });
const me = (accessToken: string) =>
  api.ask('/v1/me', { headers: { authorization: `Bearer ${accessToken}` } });

const eventsOf = (userId: string) =>
  api.admin.query<{ type: string }>(
    'select type, severity, host(ip_address) as ip from audit.security_events where user_id = $1',
    [userId],
  );

describe('sign-in', () => {
  test('answers tokens and the user, whatever the case of the e-mail', async () => {
    const user = await api.signUp('ann');
    const { status, body, headers } = await signIn('  ANN@Example.com ');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      expiresIn: 900,
      user: { id: user.id, email: 'ann@example.com', roles: [] },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await me(body.accessToken)).body.id).toBe(user.id);
  });

  test('answers alike for a wrong password, no such user, a closed and a deactivated account', async () => {
    const { id } = await api.signUp('bob');
    const { id: closed } = await api.signUp('closed');
    await api.admin.none('update users set is_active = false where id = $1', [id]);
    await api.admin.none('update users set deleted_at = now() where id = $1', [closed]);
    await api.signUp('brenda');
    const answers = await Promise.all([
      signIn('brenda@example.com', 'wrong'),
      signIn('nobody@example.com'),
      signIn('bob@example.com'),
      signIn('closed@example.com'),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect({ ...body, requestId: '' }).toEqual({ ...answers[0]?.body, requestId: '' });
    }
    // Of an account that is closed or not there nobody is named.
    const brenda = await api.admin.one<{ id: string }>(
      "select id from users where email = 'brenda@example.com'",
    );
    const failed = { type: 'sign_in.failed', severity: 'warning', ip: '127.0.0.1' };
    expect(await eventsOf(brenda.id)).toContainEqual(failed);
    expect(await eventsOf(closed)).not.toContainEqual(failed);
  });

  test('stores no token, only the hash of the refresh token', async () => {
    const { id, refreshToken } = await api.signUp('carl');
    const session = await api.admin.one<{ dump: string; ip: string }>(
      'select s::text as dump, host(ip_address) as ip from sessions s where user_id = $1',
      [id],
    );
    expect(session.dump).not.toContain(refreshToken);
    expect(session.dump).not.toContain(Buffer.from(refreshToken).toString('hex'));
    expect(session.ip).toBe('127.0.0.1');
  });
});

describe('refresh', () => {
  test('exchanges a token once, for a new pair', async () => {
    const user = await api.signUp('dora');
    const { status, body } = await refresh(user.refreshToken);
    expect(status).toBe(200);
    expect(body.refreshToken).not.toBe(user.refreshToken);
    expect((await me(body.accessToken)).status).toBe(200);
  });

  test('ends the whole sign-in when a token comes twice: later tokens and access tokens too', async () => {
    const user = await api.signUp('emil');
    const { body: second } = await refresh(user.refreshToken);
    expect((await me(second.accessToken)).status).toBe(200);
    const bystander = (await signIn(user.email)).body;
    const reused = await refresh(user.refreshToken);
    expect([reused.status, reused.body.code]).toEqual([401, 'invalid_refresh_token']);
    expect((await refresh(second.refreshToken)).status).toBe(401);
    await until(async () => (await me(second.accessToken)).status === 401, 1_000);
    expect(await eventsOf(user.id)).toContainEqual({
      type: 'refresh.reused',
      severity: 'warning',
      ip: '127.0.0.1',
    });
    // Who knows what else was taken: access tokens of other devices end too, and are had anew.
    await until(async () => (await me(bystander.accessToken)).status === 401, 1_000);
    expect((await refresh(bystander.refreshToken)).status).toBe(200);
    // Another device's sign-in is another family.
    const other = (await refresh((await signIn(user.email)).body.refreshToken)).body;
    expect(other.accessToken).toEqual(expect.any(String));
    // The old token ends nothing more: whoever found it cannot sign its user out again and again.
    const before = (await eventsOf(user.id)).length;
    expect((await refresh(user.refreshToken)).status).toBe(401);
    expect((await eventsOf(user.id)).length).toBe(before);
    await expect(until(async () => (await me(other.accessToken)).status === 401, 1_100)).rejects.toThrow(
      'not within',
    );
  });

  test('of two at once exactly one wins', async () => {
    const user = await api.signUp('fred');
    const statuses = (await Promise.all([1, 2, 3, 4].map(() => refresh(user.refreshToken)))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  test('refuses a token that is unknown, expired, or of a deactivated user', async () => {
    expect((await refresh('x'.repeat(43))).status).toBe(401);
    const expired = await api.signUp('gina');
    await api.admin.none(
      "update sessions set created_at = now() - interval '40 days', expires_at = now() - interval '1 day' where user_id = $1",
      [expired.id],
    );
    expect((await refresh(expired.refreshToken)).status).toBe(401);
    const inactive = await api.signUp('hugo');
    await api.admin.none('update users set is_active = false where id = $1', [inactive.id]);
    expect((await refresh(inactive.refreshToken)).status).toBe(401);
  });
});

describe('a sign-in that ends while it is being refreshed', () => {
  // Holds a refresh between its look at the old token and the row of the new one.
  const GATE = 4_711;
  beforeAll(async () => {
    await api.admin.none(`create function public.pass_gate() returns trigger language plpgsql as
      'begin perform pg_advisory_xact_lock_shared(${GATE}); return new; end'`);
    await api.admin.none(
      'create trigger pass_gate before insert on sessions for each row execute function public.pass_gate()',
    );
  });
  afterAll(() => api.admin.none('drop function public.pass_gate() cascade'));

  test.each(['sign-out', 'sign-out-everywhere'])('leaves no token that works: %s', async (end) => {
    const user = await api.signUp(`racer-${end}`);
    await withClient(api.testDatabase.url('admin'), async (gate) => {
      await gate.query('select pg_advisory_lock($1)', [GATE]);
      const refreshed = refresh(user.refreshToken);
      await until(async () => (await countWaiting(api.admin)) === 1, 3_000);
      const ended = user.ask(`/v1/auth/${end}`, { method: 'POST' });
      await until(async () => (await countWaiting(api.admin)) === 2, 3_000);
      await gate.query('select pg_advisory_unlock($1)', [GATE]);
      const { status, body } = await refreshed;
      expect([status, (await ended).status]).toEqual([200, 204]);
      expect((await refresh(body.refreshToken)).status).toBe(401);
    });
  });
});

describe('access tokens', () => {
  test('end within a second of a sign-out, with the sign-in they belong to', async () => {
    const user = await api.signUp('ida');
    expect((await user.ask('/v1/me')).status).toBe(200);
    expect((await user.ask('/v1/auth/sign-out', { method: 'POST' })).status).toBe(204);
    await until(async () => (await user.ask('/v1/me')).status === 401, 1_000);
    expect((await refresh(user.refreshToken)).status).toBe(401);
  });

  test.each([
    ['is deactivated', 'is_active = false'],
    ['is deleted', 'deleted_at = now()'],
    ['is signed out everywhere', 'tokens_valid_after = clock_timestamp()'],
  ])('end within a second when the user %s', async (what, change) => {
    const user = await api.signUp(`user-${what.replaceAll(' ', '-')}`);
    expect((await user.ask('/v1/me')).status).toBe(200);
    await api.admin.none(`update users set ${change} where id = $1`, [user.id]);
    await until(async () => (await user.ask('/v1/me')).status === 401, 1_000);
  });

  test('are refused when forged: without signature, by another key, changed, expired, or no token at all', async () => {
    const { id, accessToken } = await api.signUp('jana');
    const [header = '', payload = '', signature = ''] = accessToken.split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const subject = { userId: id, familyId: claims.sid };
    const own = createAccessTokens(Buffer.from(SETTINGS.TOKEN_SIGNING_KEY ?? '', 'base64url'));
    const forged = [
      `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      `${encode({ alg: 'HS256', typ: 'JWT' })}.${payload}.${signature}`,
      `${header}.${encode({ ...claims, sub: crypto.randomUUID() })}.${signature}`,
      await createAccessTokens(Buffer.alloc(32, 'x')).sign({ ...subject, issuedAt: new Date() }),
      await own.sign({ ...subject, issuedAt: new Date(Date.now() - 3_600_000) }),
      'nonsense',
    ];
    for (const token of forged) {
      const { status, headers } = await me(token);
      expect([token, status]).toEqual([token, 401]);
      expect(headers.get('www-authenticate')).toContain('Bearer');
    }
    expect((await me(await own.sign({ ...subject, issuedAt: new Date() }))).status).toBe(200);
  });
});
