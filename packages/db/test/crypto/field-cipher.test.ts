import { createHash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import {
  createBlindIndex,
  createFieldCipher,
  newRowId,
  parseEnv,
  parseFieldKeys,
  readFieldKeys,
} from '@plinth/db';

const key = () => randomBytes(32).toString('base64url');
const [first, second] = [key(), key()];
const cipher = createFieldCipher(parseFieldKeys(`2:${second},1:${first}`));
const row = newRowId();
const canary = 'canary-7f3a9e';
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

test('what was sealed opens in its own row, the empty text and other scripts too', () => {
  for (const value of ['', 'JBSWY3DPEHPK3PXP', 'пароль 密码 🔑', 'x'.repeat(8_161)]) {
    const sealed = cipher.encryptField('users', 'totpSecretEnc', row, value);
    expect(sealed[0]).toBe(1);
    expect(Buffer.from(sealed).includes('JBSWY3DP')).toBe(false);
    expect(cipher.decryptField('users', 'totpSecretEnc', row.toUpperCase(), sealed)).toBe(value);
  }
  expect(codeOf(() => cipher.encryptField('users', 'totpSecretEnc', row, 'x'.repeat(8_162)))).toBe(
    'field_too_long',
  );
});

test('equal values make different envelopes', () => {
  const sealed = [1, 2].map(() =>
    Buffer.from(cipher.encryptField('users', 'totpSecretEnc', row, 'same')).toString('hex'),
  );
  expect(sealed[0]).not.toBe(sealed[1]);
});

test('an envelope opens in no other row, column or table', () => {
  const sealed = cipher.encryptField('oauth_accounts', 'accessTokenEnc', row, canary);
  expect(codeOf(() => cipher.decryptField('oauth_accounts', 'accessTokenEnc', newRowId(), sealed))).toBe(
    'field_corrupt',
  );
  expect(codeOf(() => cipher.decryptField('oauth_accounts', 'refreshTokenEnc', row, sealed))).toBe(
    'field_corrupt',
  );
  expect(codeOf(() => cipher.decryptField('webhooks', 'secretEnc', row, sealed))).toBe('field_corrupt');
});

test('flipping any one bit, cutting and lengthening are refused, and never answer data', () => {
  const sealed = cipher.encryptField('webhooks', 'secretEnc', row, canary);
  const refused = (bytes: Uint8Array) =>
    expect(codeOf(() => cipher.decryptField('webhooks', 'secretEnc', row, bytes))).toMatch(
      /^field_(corrupt|key_unknown)$/,
    );
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = Uint8Array.from(sealed);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    refused(flipped);
  }
  for (let length = 0; length < sealed.length; length++) refused(sealed.slice(0, length));
  refused(Uint8Array.from([...sealed, 0]));
  refused(Buffer.from(canary.padEnd(40)));
  // Key 1 is known, and still not the one that sealed.
  const relabelled = Uint8Array.from(sealed);
  relabelled[2] = 1;
  refused(relabelled);
});

test('an old key still opens, an unknown one is named by its id', () => {
  const old = createFieldCipher(parseFieldKeys(first)).encryptField('users', 'totpSecretEnc', row, canary);
  expect(cipher.decryptField('users', 'totpSecretEnc', row, old)).toBe(canary);
  const other = createFieldCipher(parseFieldKeys(`7:${second}`));
  expect(() => other.decryptField('users', 'totpSecretEnc', row, old)).toThrow(
    'no key with id 1 is in FIELD_KEYS',
  );
  expect(codeOf(() => other.decryptField('users', 'totpSecretEnc', row, old))).toBe('field_key_unknown');
});

test('several fields of a row are sealed at once, null stays null', () => {
  const sealed = cipher.encryptFields('oauth_accounts', row, {
    accessTokenEnc: canary,
    refreshTokenEnc: null,
  });
  expect(cipher.decryptField('oauth_accounts', 'accessTokenEnc', row, sealed.accessTokenEnc)).toBe(canary);
  expect(sealed.refreshTokenEnc).toBeNull();
});

test('neither keys nor values show in errors and when inspected', () => {
  const seen: string[] = [inspect(cipher, { depth: 9 }), inspect(parseFieldKeys(first), { depth: 9 })];
  const attempts = [
    () => parseFieldKeys(`1:${first},1:${second}`),
    () => parseFieldKeys(`1:${first},2:${first}`),
    () => parseFieldKeys(`2:${second}x`),
    () => parseFieldKeys(`${second}:1`),
    () => cipher.encryptField('users', 'totpSecretEnc', canary, 'x'),
    () => cipher.encryptField('users', 'totpSecretEnc', row, canary.repeat(1_000)),
    () => cipher.decryptField('users', 'totpSecretEnc', row, Buffer.from(canary.padEnd(64))),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
      seen.push('did not throw');
    } catch (error) {
      seen.push(inspect(error, { depth: 9 }), JSON.stringify(error));
    }
  }
  for (const text of seen) {
    expect(text).not.toContain('did not throw');
    for (const secret of [canary, first, second]) expect(text).not.toContain(secret);
  }
});

test.each(['', 'short', '0:x', `0:${first}`, `65536:${first}`, `a:${first}`, `1:${first},`, `1:2:${first}`])(
  'FIELD_KEYS of the form %# is refused, and a configuration reports it',
  (text) => {
    expect(codeOf(() => parseFieldKeys(text))).toBe('field_keys_invalid');
    expect(() => parseEnv({ FIELD_KEYS: text }, (reader) => ({ ring: readFieldKeys(reader) }))).toThrow(
      'FIELD_KEYS',
    );
  },
);

test('without FIELD_KEYS a configuration is refused', () => {
  expect(() => parseEnv({}, (reader) => ({ ring: readFieldKeys(reader) }))).toThrow(/FIELD_KEYS: not set/);
});

test('a blind index depends on key, table and column, and a plain digest never matches', () => {
  const [a, b] = [randomBytes(32), randomBytes(32)];
  const index = createBlindIndex({ key: a, table: 'users', column: 'email' });
  expect(index(' Ada@Example.com ')).toEqual(index('ada@example.com'));
  const others = [
    createBlindIndex({ key: b, table: 'users', column: 'email' }),
    createBlindIndex({ key: a, table: 'users', column: 'phone' }),
    createBlindIndex({ key: a, table: 'people', column: 'email' }),
    (value: string) => createHash('sha256').update(value).digest(),
  ];
  for (const other of others) expect(other('ada@example.com')).not.toEqual(index('ada@example.com'));
  expect(codeOf(() => createBlindIndex({ key: a.subarray(1), table: 'users', column: 'email' }))).toBe(
    'index_key_invalid',
  );
});

test('row ids are version 7 and in order, however fast they are made and if the clock goes back', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => newRowId(index === 5_000 ? 0 : undefined));
  expect(
    ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
  ).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
