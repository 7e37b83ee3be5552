import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, PASSWORD, type TestApi } from './support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi({ env: { APP_URL: 'https://app.example.com/' } });
});
afterAll(() => api.close());

const post = (path: string, body: object) => api.ask(path, { method: 'POST', body });
const register = (email: string, fullName = 'Somebody') =>
  post('/v1/auth/register', { email, fullName, password: PASSWORD });
const verify = (token: string) => post('/v1/auth/verify-email', { token });
const signIn = (email: string, password = PASSWORD) => post('/v1/auth/sign-in', { email, password });
/** Registers, signs in and answers how to ask as this user. */
async function newcomer(name: string) {
  const email = `${name}@example.com`;
  await register(email);
  const { body } = await signIn(email);
  const headers = { authorization: `Bearer ${body.accessToken}` };
  return {
    email,
    id: body.user.id as string,
    post: (path: string, sent?: object) =>
      api.ask(path, { method: 'POST', headers, ...(sent ? { body: sent } : {}) }),
    me: async () => (await api.ask('/v1/me', { headers })).body,
  };
}
const eventsOf = async (userId: string) =>
  (
    await api.admin.query<{ type: string }>(
      'select type from audit.security_events where user_id = $1 order by occurred_at, id',
      [userId],
    )
  ).map(({ type }) => type);

describe('registration', () => {
  test('makes an account with the role user, and mails a link that confirms the address once', async () => {
    expect((await register(' Ann@Example.com ', 'Ann Example')).status).toBe(204);
    const signedIn = await signIn('ann@example.com');
    expect(signedIn.body.user).toMatchObject({
      fullName: 'Ann Example',
      roles: ['user'],
      emailVerifiedAt: null,
    });
    const [letter, ...others] = await api.lettersTo('ann@example.com');
    expect(others).toEqual([]);
    expect(letter?.text).toContain(`https://app.example.com/verify-email?token=${letter?.token}`);
    expect(letter?.headers).toMatchObject({
      from: 'Plinth <no-reply@localhost>',
      'mime-version': '1.0',
      'message-id': expect.stringMatching(/^<.+@localhost>$/),
    });
    const token = letter?.token ?? '';
    const statuses = (await Promise.all([1, 2, 3].map(() => verify(token)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 400, 400]);
    expect((await signIn('ann@example.com')).body.user.emailVerifiedAt).not.toBeNull();
    expect(await eventsOf(signedIn.body.user.id)).toEqual(
      expect.arrayContaining(['account.registered', 'sign_in.succeeded']),
    );
  });

  test('answers alike for an address that has an account, changes nothing there, and tells it by mail', async () => {
    await register('bob@example.com', 'Bob');
    const first = await register('new@example.com');
    const second = await post('/v1/auth/register', {
      email: 'bob@example.com',
      fullName: 'Intruder',
      password: 'another password',
    });
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect((await signIn('bob@example.com', 'another password')).status).toBe(401);
    expect((await signIn('bob@example.com')).body.user.fullName).toBe('Bob');
    const letters = await api.lettersTo('bob@example.com');
    expect(letters.map(({ subject }) => subject)).toEqual([
      'Confirm your e-mail address',
      'You already have an account',
    ]);
    expect(letters[1]?.token).toBe('');
  });

  test('takes as long for a known address as for a new one', async () => {
    const timed = async (email: string) => {
      const startedAt = performance.now();
      await register(email);
      return performance.now() - startedAt;
    };
    await timed('carl@example.com');
    const [fresh, known] = [await timed('carla@example.com'), await timed('carl@example.com')];
    expect(Math.min(fresh, known)).toBeGreaterThan(100);
  });

  test('mails one address five times an hour at most, from wherever it is asked, whether or not it has an account', async () => {
    await api.admin.none('delete from plinth.rate_limits');
    await register('known@example.com');
    await api.admin.none('delete from plinth.rate_limits');
    for (const email of ['known@example.com', 'flooded@example.com']) {
      const statuses = [];
      for (let i = 0; i < 6; i++) statuses.push((await register(email)).status);
      expect(statuses).toEqual([204, 204, 204, 204, 204, 429]);
    }
    expect(await api.lettersTo('flooded@example.com')).toHaveLength(5);
    await api.admin.none('delete from plinth.rate_limits');
  });

  test('refuses passwords that become too long once they are folded, and takes those that just fit', async () => {
    const attempt = (email: string, password: string) =>
      post('/v1/auth/register', { email, fullName: 'Lig', password });
    // One character that hashing writes out as eighteen.
    expect((await attempt('lig1@example.com', '\ufdfa'.repeat(8))).body.code).toBe('invalid_request');
    expect((await attempt('lig2@example.com', '\ufb01'.repeat(64))).status).toBe(204);
    expect((await signIn('lig2@example.com', 'fi'.repeat(64))).status).toBe(200);
  });

  test('refuses short passwords, addresses that no mail reaches, and roles of one’s own choice', async () => {
    const good = { email: 'dora@example.com', fullName: 'Dora', password: PASSWORD };
    for (const bad of [
      { password: 'short' },
      { email: 'dora' },
      { email: 'dora@example.com\r\nBcc: x@y.example' },
      { roles: ['admin'] },
      { emailVerifiedAt: '2026-01-01T00:00:00Z' },
    ])
      expect((await post('/v1/auth/register', { ...good, ...bad })).status).toBe(400);
    expect(await api.lettersTo('dora@example.com')).toEqual([]);
  });

  test('keeps no token, only its hash', async () => {
    await register('emil@example.com');
    const [letter] = await api.lettersTo('emil@example.com');
    const rows = await api.admin.query<{ dump: string }>(
      "select t::text as dump from email_verification_tokens t where email = 'emil@example.com'",
    );
    expect(rows).toHaveLength(1);
    expect(letter?.token).toHaveLength(43);
    for (const { dump } of rows) {
      expect(dump).not.toContain(letter?.token);
      expect(dump).not.toContain(Buffer.from(letter?.token ?? '').toString('hex'));
      expect(dump).not.toContain(Buffer.from(letter?.token ?? '', 'base64url').toString('hex'));
    }
  });
});

describe('confirming an address', () => {
  test('refuses a token that expired, one that was replaced, and nonsense', async () => {
    const user = await newcomer('fred');
    expect((await user.post('/v1/me/verification')).status).toBe(204);
    const [first, second] = await api.lettersTo(user.email);
    expect((await verify(first?.token ?? '')).body.code).toBe('invalid_token');
    await api.admin.none(
      "update email_verification_tokens set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where user_id = $1",
      [user.id],
    );
    expect((await verify(second?.token ?? '')).status).toBe(400);
    expect((await verify('x'.repeat(43))).status).toBe(400);
    expect((await user.me()).emailVerifiedAt).toBeNull();
  });

  test('is sent again five times an hour at most', async () => {
    const user = await newcomer('gina');
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await user.post('/v1/me/verification'));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204, 429]);
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(answers[0]?.headers.get('ratelimit')).toMatch(/^"mail-account";r=4;t=\d+$/);
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"mail-account";q=5;w=3600');
  });
});

describe('changing the address', () => {
  test('counts once the mail to the new one was confirmed, and tells the old one', async () => {
    const user = await newcomer('hugo');
    const change = { email: 'hugo@new.example.com', password: PASSWORD };
    expect((await user.post('/v1/me/email', { ...change, password: 'wrong' })).body.code).toBe(
      'wrong_password',
    );
    expect((await user.post('/v1/me/email', change)).status).toBe(204);
    expect((await user.me()).email).toBe(user.email);
    const [letter] = await api.lettersTo(change.email);
    expect((await verify(letter?.token ?? '')).status).toBe(204);
    expect((await user.me()).email).toBe(change.email);
    expect((await api.lettersTo(user.email)).at(-1)?.subject).toBe('Your e-mail address was changed');
    expect(await eventsOf(user.id)).toContain('email.changed');
  });

  test('to one that has an account answers alike and sends no token', async () => {
    await newcomer('ida');
    const user = await newcomer('jan');
    expect((await user.post('/v1/me/email', { email: 'ida@example.com', password: PASSWORD })).status).toBe(
      204,
    );
    expect((await api.lettersTo('ida@example.com')).at(-1)?.token).toBe('');
  });

  test('mails one address five times an hour at most, however many accounts ask for it', async () => {
    await api.admin.none('delete from plinth.rate_limits');
    const statuses = [];
    for (const name of ['lea', 'max']) {
      const user = await newcomer(name);
      for (let i = 0; i < 3; i++)
        statuses.push(
          (await user.post('/v1/me/email', { email: 'wanted-by-all@example.com', password: PASSWORD }))
            .status,
        );
    }
    expect(statuses).toEqual([204, 204, 204, 204, 204, 429]);
    expect(await api.lettersTo('wanted-by-all@example.com')).toHaveLength(5);
  });

  test('does not happen when the address was taken meanwhile', async () => {
    const user = await newcomer('kim');
    await user.post('/v1/me/email', { email: 'wanted@example.com', password: PASSWORD });
    const [letter] = await api.lettersTo('wanted@example.com');
    await register('wanted@example.com');
    expect((await verify(letter?.token ?? '')).status).toBe(409);
    expect((await user.me()).email).toBe(user.email);
  });
});
