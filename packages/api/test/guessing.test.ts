import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addressSubject } from '../src/auth/rate-limit.js';
import { createTestApi, PASSWORD, type TestApi } from './support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const signIn = (email: string, password = PASSWORD) =>
  api.ask('/v1/auth/sign-in', { method: 'POST', body: { email, password } });

describe('guessing passwords', () => {
  test('of one account ends after ten tries, even all at once, with 429 and when to try again', async () => {
    const { email } = await api.signUp('ann');
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => signIn(email, `guess ${i}`)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    const refused = await signIn(email);
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(refused.headers.get('ratelimit')).toMatch(/^"sign-in-account";r=0;t=\d+$/);
    const row = await api.admin.one<{ count: number }>(
      "select count(*)::int as count from audit.security_events where type = 'sign_in.failed' and ip_address = '127.0.0.1'",
    );
    expect(row.count).toBe(10);
  });

  test('is counted alike for an address without account, and answered alike', async () => {
    const answers = [];
    for (let i = 0; i < 11; i++) answers.push(await signIn('nobody@example.com', `guess ${i}`));
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429]);
  });

  test('of many accounts from one place ends too; right passwords do not count', async () => {
    // A process of its own: whoever is over a limit is refused from its memory.
    const other = await createTestApi();
    try {
      const { email } = await other.signUp('bob');
      const attempt = (address: string, password: string) =>
        other.ask('/v1/auth/sign-in', { method: 'POST', body: { email: address, password } });
      for (let i = 0; i < 15; i++) expect((await attempt(email, PASSWORD)).status).toBe(200);
      const spent = await other.admin.query<{ points: number }>(
        "select points from plinth.rate_limits where key like 'sign-in-%'",
      );
      expect(spent).toEqual([{ points: 0 }]);
      await other.admin.none("update plinth.rate_limits set points = 99 where key like 'sign-in-address:%'");
      expect((await attempt('somebody@example.com', 'x')).status).toBe(401);
      expect((await attempt('somebody.else@example.com', 'x')).status).toBe(429);
      expect((await attempt(email, PASSWORD)).status).toBe(429);
    } finally {
      await other.close();
    }
  });

  test('of addresses, and mail to many of them, ends for one place too', async () => {
    for (const [limit, points, path, body] of [
      ['register-address', 20, '/v1/auth/register', { password: PASSWORD, fullName: 'X' }],
      ['mail-address', 50, '/v1/auth/forgot-password', {}],
    ] as const) {
      const attempt = (name: string) =>
        api.ask(path, { method: 'POST', body: { ...body, email: `${name}-${limit}@example.com` } });
      expect((await attempt('first')).status).toBe(204);
      await api.admin.none('update plinth.rate_limits set points = $2 where key like $1', [
        `${limit}:%`,
        points,
      ]);
      const refused = await attempt('second');
      expect([limit, refused.status, refused.body.code]).toEqual([limit, 429, 'rate_limited']);
      expect(refused.headers.get('ratelimit')).toContain(`"${limit}";r=0`);
      expect(await api.lettersTo(`second-${limit}@example.com`)).toEqual([]);
    }
  });

  test('counts an IPv6 customer once, a mapped IPv4 address as itself', () => {
    expect(addressSubject('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressSubject('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64');
    expect(addressSubject('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(addressSubject('::1')).toBe('0:0:0:0::/64');
    expect(addressSubject('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    expect(addressSubject('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(addressSubject('192.0.2.7')).toBe('192.0.2.7');
  });

  test('cannot be spread by forged X-Forwarded-For headers', async () => {
    await api.admin.none('delete from plinth.rate_limits');
    for (let i = 0; i < 3; i++)
      await api.ask('/v1/auth/sign-in', {
        method: 'POST',
        body: { email: `x${i}@example.com`, password: 'x' },
        headers: { 'x-forwarded-for': `198.51.100.${i}` },
      });
    const rows = await api.admin.query<{ points: number }>(
      "select points from plinth.rate_limits where key like 'sign-in-address:%'",
    );
    expect(rows).toEqual([{ points: 3 }]);
  });

  test('takes as long for an unknown user as for a known one', async () => {
    const { email } = await api.signUp('carl');
    const took = async (address: string) => {
      const startedAt = performance.now();
      await signIn(address, 'wrong');
      return performance.now() - startedAt;
    };
    // In turns, and the quickest of each: what else the machine does makes single tries slower, never quicker.
    let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 9; i++) {
      known = Math.min(known, await took(email));
      unknown = Math.min(unknown, await took(`nobody${i}@example.com`));
    }
    // A look-up without the hash would take a fifth of it.
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });
});
