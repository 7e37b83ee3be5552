import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hashPassword, withClient } from '@plinth/db';
import { createTestApi, PASSWORD, type TestApi } from './support/api.js';
import { countWaiting } from './support/locks.js';
import { PEPPER } from './support/settings.js';
import { until } from './support/until.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const NEW = 'an entirely new password';
const post = (path: string, body: object) => api.ask(path, { method: 'POST', body });
const signIn = (email: string, password = PASSWORD) => post('/v1/auth/sign-in', { email, password });
const forgot = (email: string) => post('/v1/auth/forgot-password', { email });
const reset = (token: string, password = NEW) => post('/v1/auth/reset-password', { token, password });
const refresh = (refreshToken: string) => post('/v1/auth/refresh', { refreshToken });
const lastToken = async (email: string) => (await api.lettersTo(email)).at(-1)?.token ?? '';
const eventsOf = (userId: string) =>
  api.admin.query<{ type: string; details: object; severity: string }>(
    'select type, details, severity from audit.security_events where user_id = $1',
    [userId],
  );

describe('a forgotten password', () => {
  test('is replaced through the mail: once, with every device signed out', async () => {
    const user = await api.signUp('ann');
    expect((await forgot(' Ann@example.com')).status).toBe(204);
    const token = await lastToken(user.email);
    const statuses = (await Promise.all([1, 2, 3].map(() => reset(token)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 400, 400]);
    expect((await signIn(user.email)).status).toBe(401);
    expect((await signIn(user.email, NEW)).body.user.emailVerifiedAt).not.toBeNull();
    expect((await refresh(user.refreshToken)).status).toBe(401);
    await until(async () => (await user.ask('/v1/me')).status === 401, 1_000);
    expect((await api.lettersTo(user.email)).at(-1)?.subject).toBe('Your password was changed');
    expect(await eventsOf(user.id)).toContainEqual({
      type: 'password.changed',
      details: { how: 'reset' },
      severity: 'warning',
    });
  });

  test('answers alike for addresses without, with a closed and with a deactivated account, and mails nobody there', async () => {
    const { id: closed, email: closedEmail } = await api.signUp('closed');
    const { id: inactive, email: inactiveEmail } = await api.signUp('inactive');
    await api.admin.none('update users set deleted_at = now() where id = $1', [closed]);
    await api.admin.none('update users set is_active = false where id = $1', [inactive]);
    const { email } = await api.signUp('bob');
    for (const address of [email, 'nobody@example.com', closedEmail, inactiveEmail]) {
      const startedAt = performance.now();
      const { status, text } = await forgot(address);
      expect([status, text]).toEqual([204, '']);
      expect(performance.now() - startedAt).toBeGreaterThan(99);
    }
    for (const address of ['nobody@example.com', closedEmail, inactiveEmail])
      expect(await api.lettersTo(address)).toEqual([]);
    expect(await lastToken(email)).toHaveLength(43);
  });

  test('cannot be reset with a token that is older than an hour, was replaced, or belongs to a closed account', async () => {
    const user = await api.signUp('carl');
    await forgot(user.email);
    const first = await lastToken(user.email);
    await forgot(user.email);
    expect((await reset(first)).body.code).toBe('invalid_token');
    const second = await lastToken(user.email);
    await api.admin.none(
      "update password_reset_tokens set created_at = now() - interval '2 hours', expires_at = now() - interval '1 second' where user_id = $1",
      [user.id],
    );
    expect((await reset(second)).status).toBe(400);
    const gone = await api.signUp('gone');
    await forgot(gone.email);
    await api.admin.none('update users set deleted_at = now() where id = $1', [gone.id]);
    expect((await reset(await lastToken(gone.email))).status).toBe(400);
    expect((await signIn(user.email)).status).toBe(200);
  });

  test('costs no hash where the token is made up: sign-ins go on meanwhile', async () => {
    const { email } = await api.signUp('busy');
    // More than would be let into the queue of hashes.
    const made = Array.from({ length: 300 }, (_, n) => reset(`made-up-${n}`));
    const answers = await Promise.all([...made, signIn(email)]);
    expect(new Set(answers.slice(0, -1).map(({ status }) => status))).toEqual(new Set([400]));
    expect(answers.at(-1)?.status).toBe(200);
  });

  test('also stops a change of address that an intruder began', async () => {
    const user = await api.signUp('dora');
    const body = { email: 'intruder@example.com', password: PASSWORD };
    expect((await user.ask('/v1/me/email', { method: 'POST', body })).status).toBe(204);
    const stolen = await lastToken('intruder@example.com');
    await forgot(user.email);
    await reset(await lastToken(user.email));
    expect((await post('/v1/auth/verify-email', { token: stolen })).status).toBe(400);
    expect((await signIn(user.email, NEW)).status).toBe(200);
  });

  test('is mailed five times an hour at most, whether or not the address has an account', async () => {
    const { email } = await api.signUp('emil');
    for (const address of [email, 'stranger@example.com']) {
      const statuses = [];
      for (let i = 0; i < 6; i++) statuses.push((await forgot(address)).status);
      expect(statuses).toEqual([204, 204, 204, 204, 204, 429]);
    }
    expect(await api.lettersTo(email)).toHaveLength(5);
  });
});

describe('changing the password', () => {
  test('needs the present one, signs out other devices and keeps this one going', async () => {
    const user = await api.signUp('fred');
    const other = (await signIn(user.email)).body;
    const change = (currentPassword: string) =>
      user.ask('/v1/me/password', { method: 'POST', body: { currentPassword, newPassword: NEW } });
    const refused = await change('wrong');
    expect([refused.status, refused.body.code]).toEqual([403, 'wrong_password']);
    const { status, body } = await change(PASSWORD);
    expect(status).toBe(200);
    const headers = { authorization: `Bearer ${body.accessToken}` };
    expect((await api.ask('/v1/me', { headers })).status).toBe(200);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await refresh(body.refreshToken)).status).toBe(200);
    expect((await signIn(user.email)).status).toBe(401);
    expect((await signIn(user.email, NEW)).status).toBe(200);
    const types = (await eventsOf(user.id)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['password.refused', 'password.changed']));
  });

  test('with a stolen access token cannot be guessed at: ten tries', async () => {
    const user = await api.signUp('gina');
    const statuses = [];
    for (let i = 0; i < 11; i++) {
      const body = { currentPassword: `guess ${i}`, newPassword: NEW };
      statuses.push((await user.ask('/v1/me/password', { method: 'POST', body })).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(403));
    expect(statuses[10]).toBe(429);
  });
});

test('a password that is replaced while it is being compared lets nobody in, and changes nothing', async () => {
  const user = await api.signUp('hugo');
  const newHash = await hashPassword(NEW, PEPPER);
  await withClient(api.testDatabase.url('admin'), async (owner) => {
    await owner.query('begin');
    await owner.query('update users set password_hash = $2 where id = $1', [user.id, newHash]);
    const body = { currentPassword: PASSWORD, newPassword: 'the password of an intruder' };
    const tries = [signIn(user.email), user.ask('/v1/me/password', { method: 'POST', body })];
    await until(async () => (await countWaiting(api.admin)) === 2, 3_000);
    await owner.query('commit');
    const answers = await Promise.all(tries);
    expect(answers.map(({ status, body: { code } }) => [status, code])).toEqual([
      [401, 'invalid_credentials'],
      [403, 'wrong_password'],
    ]);
  });
  expect((await signIn(user.email, NEW)).status).toBe(200);
});
