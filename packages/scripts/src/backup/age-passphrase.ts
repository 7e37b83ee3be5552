import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { type Identity, type Recipient, Stanza } from 'age-encryption';

const LABEL = 'age-encryption.org/v1/scrypt';
const SALT_BYTES = 16;
const TAG_BYTES = 16;
/** A header from elsewhere may not make us work for hours. age's own tool stops at 22. */
const MAX_WORK_FACTOR = 20;

/**
 * age's scrypt recipient over Node's own scrypt, which is several times as fast as the library's and hands out the file
 * key. `workFactor` is log2(N); 18 is age's own. https://age-encryption.org/v1
 */
export function passphraseRecipient(
  passphrase: string,
  workFactor: number,
  onFileKey: (key: Buffer) => void,
): Recipient {
  return {
    async wrapFileKey(fileKey) {
      onFileKey(Buffer.from(fileKey));
      const salt = randomBytes(SALT_BYTES);
      const cipher = createCipheriv(
        'chacha20-poly1305',
        await wrapKey(passphrase, salt, workFactor),
        Buffer.alloc(12),
        {
          authTagLength: TAG_BYTES,
        },
      );
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new Stanza(['scrypt', base64(salt), String(workFactor)], body)];
    },
  };
}

/** The counterpart: null for other kinds of recipients and for a wrong passphrase. */
export function passphraseIdentity(passphrase: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const [stanza] = stanzas;
      const [kind, salt = '', factor = ''] = stanza?.args ?? [];
      if (stanza === undefined || stanzas.length !== 1 || kind !== 'scrypt') return null;
      const workFactor = Number(factor);
      if (!Number.isInteger(workFactor) || workFactor < 1 || workFactor > MAX_WORK_FACTOR) return null;
      const body = Buffer.from(stanza.body);
      const key = await wrapKey(passphrase, Buffer.from(salt, 'base64'), workFactor);
      const decipher = createDecipheriv('chacha20-poly1305', key, Buffer.alloc(12), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
      const fileKey = decipher.update(body.subarray(0, body.length - TAG_BYTES));
      try {
        decipher.final();
        return fileKey;
      } catch {
        return null;
      }
    },
  };
}

function wrapKey(passphrase: string, salt: Buffer, workFactor: number): Promise<Buffer> {
  const N = 2 ** workFactor;
  const options = { N, r: 8, p: 1, maxmem: 128 * 8 * N + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.concat([Buffer.from(LABEL), salt]), 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
