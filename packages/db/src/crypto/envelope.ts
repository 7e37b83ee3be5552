import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PlinthError } from '../errors.js';

// 0x01 | key id (2, big endian) | iv (12) | ciphertext | tag (16)
const VERSION = 0x01;
const HEADER = 3;
const IV = 12;
const TAG = 16;

/** Bytes that an envelope adds to its content. */
export const ENVELOPE_OVERHEAD = HEADER + IV + TAG;
/** The longest envelope; the CHECK of every encrypted column has the same bound. */
export const MAX_ENVELOPE = 8_192;

/**
 * Seals bytes with AES-256-GCM. `context` is authenticated and not stored: whoever opens must know it. The IV is random:
 * one key is good for 2^32 envelopes (NIST SP 800-38D, 8.3), so rotate long before that.
 */
export function sealEnvelope(key: Uint8Array, keyId: number, context: string, content: Uint8Array): Buffer {
  if (content.length > MAX_ENVELOPE - ENVELOPE_OVERHEAD) {
    throw new PlinthError(
      'field_too_long',
      `the value has ${content.length} bytes, more than ${MAX_ENVELOPE - ENVELOPE_OVERHEAD}`,
    );
  }
  const iv = randomBytes(IV);
  const header = Buffer.from([VERSION, keyId >> 8, keyId & 0xff]);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
  cipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
  return Buffer.concat([header, iv, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** The id of the key that sealed an envelope. Throws `field_corrupt` for what is none. */
export function keyIdOf(envelope: Uint8Array): number {
  if (envelope.length < ENVELOPE_OVERHEAD || envelope.length > MAX_ENVELOPE || envelope[0] !== VERSION)
    throw corrupt();
  return ((envelope[1] as number) << 8) | (envelope[2] as number);
}

/** Opens an envelope. Throws `field_corrupt` when key, context or a single bit differs. */
export function openEnvelope(key: Uint8Array, context: string, envelope: Uint8Array): Buffer {
  keyIdOf(envelope);
  const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(HEADER, HEADER + IV), {
    authTagLength: TAG,
  });
  decipher.setAAD(Buffer.concat([bytes.subarray(0, HEADER), Buffer.from(context)]));
  decipher.setAuthTag(bytes.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEADER + IV, -TAG)), decipher.final()]);
  } catch {
    throw corrupt();
  }
}

function corrupt(): PlinthError {
  return new PlinthError('field_corrupt', 'an encrypted field does not open', {
    fix: 'it was changed, moved from another row, or sealed under a key of the same id; restore the row from a backup or ask its owner anew',
  });
}
