import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Decrypter, Encrypter, generateIdentity } from 'age-encryption';
import { createOpener, createSeal, decryptAge, encryptAge, recipientOf } from '../../src/backup/age.js';

const folder = mkdtempSync(join(tmpdir(), 'plinth-age-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hasAge = (() => {
  try {
    return execFileSync('age', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

const identity = await generateIdentity();
const key = { recipients: [await recipientOf(identity)] };
const chunk = 64 * 1024;
const sizes = [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 7];

async function* pieces(data: Buffer, size = 50_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}
async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}
const encrypt = async (plain: Buffer) => collect(encryptAge(await createSeal(key), pieces(plain)));
const decrypt = (sealed: Buffer) =>
  collect(decryptAge(createOpener({ identities: [identity] }), pieces(sealed)));
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'opened',
    (error) => error.code,
  );

describe('age', () => {
  test.each(sizes)('%i bytes come back, and the library reads and writes the same format', async (size) => {
    const plain = randomBytes(size);
    const sealed = await encrypt(plain);
    expect((await decrypt(sealed)).equals(plain)).toBe(true);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.from(await decrypter.decrypt(sealed)).equals(plain)).toBe(true);
    const encrypter = new Encrypter();
    encrypter.addRecipient(key.recipients[0] as string);
    expect((await decrypt(Buffer.from(await encrypter.encrypt(plain)))).equals(plain)).toBe(true);
  });

  (hasAge ? test : test.skip)('the stock age tool decrypts what we encrypt', async () => {
    const plain = randomBytes(200_000);
    writeFileSync(join(folder, 'key.txt'), identity);
    writeFileSync(join(folder, 'data.age'), await encrypt(plain));
    const out = execFileSync('age', ['-d', '-i', 'key.txt', 'data.age'], { cwd: folder, maxBuffer: 1e8 });
    expect(out.equals(plain)).toBe(true);
  });

  test('every bit that is flipped, every cut, swap and appendix is noticed', async () => {
    const plain = randomBytes(3 * chunk + 100);
    const sealed = await encrypt(plain);
    const start = sealed.length - (plain.length + 4 * 16);
    const part = (index: number) =>
      sealed.subarray(start + index * (chunk + 16), start + (index + 1) * (chunk + 16));
    const damaged: Record<string, Buffer> = {
      swapped: Buffer.concat([sealed.subarray(0, start), part(1), part(0), part(2), part(3)]),
      duplicated: Buffer.concat([sealed.subarray(0, start), part(0), part(0), part(1), part(2), part(3)]),
      'cut after a chunk': sealed.subarray(0, start + 3 * (chunk + 16)),
      'cut in a chunk': sealed.subarray(0, sealed.length - 1),
      'cut in the header': sealed.subarray(0, 60),
      empty: Buffer.alloc(0),
      appended: Buffer.concat([sealed, Buffer.from('x')]),
    };
    for (let at = 0; at < sealed.length; at += at < start ? 7 : 9973) {
      const copy = Buffer.from(sealed);
      copy[at] = (copy[at] as number) ^ 1;
      damaged[`bit in byte ${at}`] = copy;
    }
    for (const [name, bytes] of Object.entries(damaged)) {
      // A changed recipient stanza cannot be told from somebody else's file.
      expect([name, await codeOf(decrypt(bytes))]).toEqual([
        name,
        expect.stringMatching(/^(backup_corrupt|key_wrong)$/),
      ]);
    }
  });

  test('a wrong identity and a wrong passphrase are named as such and give no byte away', async () => {
    const sealed = await encrypt(Buffer.from('secret'));
    const other = createOpener({ identities: [await generateIdentity()] });
    expect(await codeOf(collect(decryptAge(other, pieces(sealed))))).toBe('key_wrong');
    const seal = await createSeal({ passphrase: 'correct horse' }, 10);
    const locked = await collect(encryptAge(seal, pieces(Buffer.from('secret'))));
    expect(await codeOf(collect(decryptAge(createOpener({ passphrase: 'wrong' }), pieces(locked))))).toBe(
      'key_wrong',
    );
    const right = createOpener({ passphrase: 'correct horse' });
    expect((await collect(decryptAge(right, pieces(locked)))).toString()).toBe('secret');
  });

  test("passphrases: the library opens ours, and we open the library's", async () => {
    const plain = randomBytes(1000);
    const sealed = await collect(
      encryptAge(await createSeal({ passphrase: 'correct horse' }, 12), pieces(plain)),
    );
    const decrypter = new Decrypter();
    decrypter.addPassphrase('correct horse');
    expect(Buffer.from(await decrypter.decrypt(sealed)).equals(plain)).toBe(true);
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(12);
    encrypter.setPassphrase('correct horse');
    const theirs = Buffer.from(await encrypter.encrypt(plain));
    const opened = await collect(decryptAge(createOpener({ passphrase: 'correct horse' }), pieces(theirs)));
    expect(opened.equals(plain)).toBe(true);
  });

  test('a recipient that is none is refused before anything is written', async () => {
    expect(await codeOf(createSeal({ recipients: ['age1nonsense'] }))).toBe('config_invalid');
  });
});
