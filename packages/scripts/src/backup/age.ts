import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { PlinthError } from '@plinth/db';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { passphraseIdentity, passphraseRecipient } from './age-passphrase.js';

/** Payload format of age-encryption.org/v1: STREAM of ChaCha20-Poly1305 over chunks of 64 KiB. */
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 16;
const HEADER_LIMIT_BYTES = 64 * 1024;

/** How to encrypt: to public recipients, or with a passphrase. */
export type AgeKey = { recipients: readonly string[] } | { passphrase: string };
/** How to decrypt: secret identities, or the passphrase. */
export type AgeIdentity = { identities: readonly string[] } | { passphrase: string };

/** One file key and its header. All files of a set share it; each has a nonce, and so a stream key, of its own. */
export interface AgeSeal {
  header: Buffer;
  fileKey: Buffer;
}

/** Finds the file key of a header; remembers it, because a passphrase costs a second of work. */
export type AgeOpener = (header: Buffer) => Promise<Buffer>;

/** Makes a file key and its header. `workFactor` is scrypt's log2(N) for a passphrase; 18 is age's own. */
export async function createSeal(key: AgeKey, workFactor = 18): Promise<AgeSeal> {
  const encrypter = new Encrypter();
  let fileKey: Uint8Array | undefined;
  if ('passphrase' in key) {
    encrypter.addRecipient(
      passphraseRecipient(key.passphrase, workFactor, (made) => {
        fileKey = made;
      }),
    );
  } else {
    // The library makes and wraps the key; a recipient that adds nothing to the header learns it.
    encrypter.addRecipient({
      wrapFileKey: (made) => {
        fileKey = made.slice();
        return [];
      },
    });
    for (const recipient of key.recipients) addRecipient(encrypter, recipient);
  }
  // An empty file is the header, a nonce and one tag.
  const file = Buffer.from(await encrypter.encrypt(new Uint8Array()));
  const header = file.subarray(0, file.length - TAG_BYTES - NONCE_BYTES);
  return { header, fileKey: Buffer.from(fileKey as Uint8Array) };
}

/** The recipient that belongs to a secret identity. Throws `config_invalid`. */
export async function recipientOf(identity: string): Promise<string> {
  try {
    return await identityToRecipient(identity);
  } catch (cause) {
    throw new PlinthError('config_invalid', 'the secret key is not an age identity', {
      cause,
      fix: 'make one with `age-keygen`; it begins with AGE-SECRET-KEY-1',
    });
  }
}

/** Encrypts a stream as age does. */
export async function* encryptAge(
  { header, fileKey }: AgeSeal,
  source: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const streamKey = streamKeyOf(fileKey, nonce);
  yield Buffer.concat([header, nonce]);
  let counter = 0n;
  let held: Buffer | undefined;
  // The last chunk is marked, so one is held back until it is known whether another follows.
  for await (const chunk of chunksOf(source, CHUNK_BYTES)) {
    if (held !== undefined) yield* sealChunk(streamKey, counter++, false, held);
    held = chunk;
  }
  yield* sealChunk(streamKey, counter, true, held ?? Buffer.alloc(0));
}

/**
 * Decrypts a stream; every chunk is authenticated before it is passed on. Throws `key_wrong` when the key does not
 * fit, `backup_corrupt` for anything that was changed, moved, cut off or appended.
 */
export async function* decryptAge(opener: AgeOpener, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    const { header, nonce, rest } = await readHeader(iterator);
    const streamKey = streamKeyOf(await opener(header), nonce);
    let counter = 0n;
    let held: Buffer | undefined;
    for await (const chunk of chunksOf(continued(rest, iterator), CHUNK_BYTES + TAG_BYTES)) {
      if (held !== undefined) yield openChunk(streamKey, counter++, false, held);
      held = chunk;
    }
    if (held === undefined) throw corrupt('the encrypted data is missing');
    const last = openChunk(streamKey, counter, true, held);
    if (last.length === 0 && counter > 0n) throw corrupt('the encrypted data has an empty last chunk');
    yield last;
  } finally {
    await iterator.return?.();
  }
}

/** Opens headers with an identity or a passphrase. */
export function createOpener(identity: AgeIdentity): AgeOpener {
  const known = new Map<string, Promise<Buffer>>();
  return (header) => {
    const name = header.toString('base64');
    const found = known.get(name) ?? unwrap(header, identity);
    known.set(name, found);
    return found;
  };
}

async function unwrap(header: Buffer, identity: AgeIdentity): Promise<Buffer> {
  const decrypter = new Decrypter();
  try {
    if ('passphrase' in identity) decrypter.addIdentity(passphraseIdentity(identity.passphrase));
    else for (const secret of identity.identities) decrypter.addIdentity(secret);
  } catch (cause) {
    throw new PlinthError('key_wrong', 'the secret key is not an age identity', {
      cause,
      fix: 'it begins with AGE-SECRET-KEY-1',
    });
  }
  try {
    return Buffer.from(await decrypter.decryptHeader(header));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    if (/no identity matched/.test(message)) {
      throw new PlinthError('key_wrong', 'the key does not open this backup', {
        cause,
        fix: 'give the identity or passphrase that belongs to its recipients',
      });
    }
    throw corrupt(`the header of an encrypted file is damaged (${message})`, cause);
  }
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new PlinthError('config_invalid', `"${recipient}" is not an age recipient`, {
      cause,
      fix: 'give a public key that begins with age1, as `age-keygen` prints it',
    });
  }
}

function* sealChunk(key: Buffer, counter: bigint, last: boolean, plain: Buffer): Generator<Buffer> {
  const cipher = createCipheriv('chacha20-poly1305', key, chunkNonce(counter, last), {
    authTagLength: TAG_BYTES,
  });
  yield cipher.update(plain);
  cipher.final();
  yield cipher.getAuthTag();
}

function openChunk(key: Buffer, counter: bigint, last: boolean, sealed: Buffer): Buffer {
  if (sealed.length < TAG_BYTES) throw corrupt('the encrypted data is cut short');
  const decipher = createDecipheriv('chacha20-poly1305', key, chunkNonce(counter, last), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    throw corrupt(`chunk ${counter} of the encrypted data was changed, moved or cut off`, cause);
  }
  return plain;
}

/** Eleven bytes of big-endian counter and the mark of the last chunk. */
function chunkNonce(counter: bigint, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(counter, 3);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function streamKeyOf(fileKey: Uint8Array, nonce: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** Regroups a stream into pieces of `size` bytes; only the last may be shorter. */
async function* chunksOf(source: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const piece of source) {
    let rest = piece;
    while (held + rest.length >= size) {
      const taken = rest.subarray(0, size - held);
      yield parts.length === 0 ? taken : Buffer.concat([...parts, taken], size);
      rest = rest.subarray(taken.length);
      parts = [];
      held = 0;
    }
    if (rest.length > 0) {
      parts.push(rest);
      held += rest.length;
    }
  }
  if (held > 0) yield Buffer.concat(parts, held);
}

/** Reads up to and including the line of the header's MAC, and the nonce behind it. */
async function readHeader(
  iterator: AsyncIterator<Buffer>,
): Promise<{ header: Buffer; nonce: Buffer; rest: Buffer }> {
  let read = Buffer.alloc(0);
  for (;;) {
    const mac = read.indexOf('\n--- ');
    const end = mac < 0 ? -1 : read.indexOf('\n', mac + 1);
    if (end >= 0 && read.length >= end + 1 + NONCE_BYTES) {
      const split = end + 1 + NONCE_BYTES;
      return {
        header: read.subarray(0, end + 1),
        nonce: read.subarray(end + 1, split),
        rest: read.subarray(split),
      };
    }
    const next = await iterator.next();
    if (next.done || read.length > HEADER_LIMIT_BYTES) throw corrupt('the file has no complete age header');
    read = Buffer.concat([read, next.value]);
  }
}

async function* continued(first: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

function corrupt(message: string, cause?: unknown): PlinthError {
  return new PlinthError('backup_corrupt', message, {
    cause,
    fix: 'use another backup, and find out what damaged this one',
  });
}
