import { createHmac } from 'node:crypto';
import { PlinthError } from '../errors.js';

/**
 * A way to look an encrypted value up by equality without storing it: HMAC-SHA-256 under a key of its own (never one of
 * FIELD_KEYS: rotating those must not invalidate the index), distinct per table and column. 32 bytes. Without the key
 * nobody can try a list of addresses against a dump. `normalize` makes equal what shall match; trimmed and lower-cased
 * Unicode (NFKC) unless told. Throws `index_key_invalid` for a key below 32 bytes.
 */
export function createBlindIndex(options: {
  key: Uint8Array;
  table: string;
  column: string;
  normalize?: (value: string) => string;
}): (value: string) => Buffer {
  const { key, table, column, normalize = plainForm } = options;
  if (key.length < 32) {
    throw new PlinthError('index_key_invalid', `the index key has ${key.length} bytes, fewer than 32`);
  }
  return (value) =>
    createHmac('sha256', key).update(`plinth index v1|${table}|${column}|`).update(normalize(value)).digest();
}

const plainForm = (value: string): string => value.normalize('NFKC').trim().toLowerCase();
