import { describe, expect, test } from '@jest/globals';
import { hashPassword, MAX_PASSWORD_LENGTH, needsRehash, verifyPassword } from '../../src/crypto/password.js';

const PEPPER = 'a pepper for this test';

describe('a password hash', () => {
  test('is argon2id with OWASP’s parameters and different each time', async () => {
    const [first, second] = await Promise.all([
      hashPassword('secret', PEPPER),
      hashPassword('secret', PEPPER),
    ]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect([
      needsRehash(first),
      needsRehash(first.replace('m=19456', 'm=4096')),
      needsRehash('$2b$10$x'),
    ]).toEqual([false, true, true]);
  });

  test('fits its password and pepper, and no other', async () => {
    const stored = await hashPassword('secret', PEPPER);
    expect(await verifyPassword(stored, 'secret', PEPPER)).toBe(true);
    expect(await verifyPassword(stored, 'Secret', PEPPER)).toBe(false);
    expect(await verifyPassword(stored, 'secret', 'another pepper')).toBe(false);
  });

  test('fits however the keyboard encodes the same letters', async () => {
    const stored = await hashPassword('caf\u00e9', PEPPER);
    expect(await verifyPassword(stored, 'cafe\u0301', PEPPER)).toBe(true);
  });

  test('is refused for an empty or too long password', async () => {
    for (const password of ['', 'x'.repeat(MAX_PASSWORD_LENGTH + 1)]) {
      await expect(hashPassword(password, PEPPER)).rejects.toMatchObject({ code: 'password_invalid' });
    }
    await expect(hashPassword('x'.repeat(MAX_PASSWORD_LENGTH), PEPPER)).resolves.toContain('$argon2id$');
  });
});

describe('verifying', () => {
  test('is false for nobody, for a hash that is none, and for a password beyond the limit', async () => {
    const stored = await hashPassword('x'.repeat(MAX_PASSWORD_LENGTH), PEPPER);
    expect(await verifyPassword(null, 'no account has this password', PEPPER)).toBe(false);
    expect(await verifyPassword('not a hash', 'x', PEPPER)).toBe(false);
    expect(await verifyPassword(stored, 'x'.repeat(MAX_PASSWORD_LENGTH + 1), PEPPER)).toBe(false);
  });

  test('takes as long for nobody as for somebody', async () => {
    const stored = await hashPassword('secret', PEPPER);
    const spent = async (who: string | null) => {
      const startedAt = performance.now();
      await verifyPassword(who, 'wrong', PEPPER);
      return performance.now() - startedAt;
    };
    await spent(null);
    // Alternating, and the least of many: what is left is the work, not what else the machine does.
    const nobody: number[] = [];
    const somebody: number[] = [];
    for (let round = 0; round < 20; round++) {
      nobody.push(await spent(null));
      somebody.push(await spent(stored));
    }
    const ratio = Math.min(...nobody) / Math.min(...somebody);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  test('says that it is busy rather than letting the line grow without end, and goes on afterwards', async () => {
    const stored = await hashPassword('secret', PEPPER);
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, () => verifyPassword(stored, 'secret', PEPPER)),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ reason }) => reason.code === 'password_busy')).toBe(true);
    expect(results.filter((result) => result.status === 'fulfilled').every(({ value }) => value)).toBe(true);
    expect(await verifyPassword(stored, 'secret', PEPPER)).toBe(true);
  });
});
