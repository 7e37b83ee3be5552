import { hkdfSync } from 'node:crypto';
import { PlinthError } from '../errors.js';
import { columnOf, type EncryptedField, type EncryptedTable } from './encrypted-fields.js';
import { keyIdOf, openEnvelope, sealEnvelope } from './envelope.js';
import type { KeyRing } from './key-ring.js';

/** Values of a row's encrypted fields in the clear; null clears the field. */
export type PlainFields<T extends EncryptedTable> = { readonly [F in EncryptedField<T>]?: string | null };
/** The same fields, sealed: what repositories and Prisma store. */
export type SealedFields<P> = {
  [F in keyof P]: null extends P[F] ? Uint8Array<ArrayBuffer> | null : Uint8Array<ArrayBuffer>;
};

/** Seals and opens the fields of ENCRYPTED_FIELDS. An envelope opens only in its own table, column and row. */
export interface FieldCipher {
  readonly activeKeyId: number;
  readonly keyIds: readonly number[];
  /** Throws `field_too_long`, and `field_row_id` for what is no UUID. */
  encryptField<T extends EncryptedTable>(
    table: T,
    field: EncryptedField<T>,
    rowId: string,
    value: string,
  ): Uint8Array<ArrayBuffer>;
  /** Throws `field_key_unknown` or `field_corrupt`; never answers anything but what was sealed. */
  decryptField<T extends EncryptedTable>(
    table: T,
    field: EncryptedField<T>,
    rowId: string,
    envelope: Uint8Array,
  ): string;
  /** Several fields of one row at once, ready to spread into a repository's input; the row's id comes first (newRowId). */
  encryptFields<T extends EncryptedTable, P extends PlainFields<T>>(
    table: T,
    rowId: string,
    values: P,
  ): SealedFields<P>;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** Builds the cipher over a key ring. Data keys are derived per root key and column (HKDF-SHA-256) and kept in memory. */
export function createFieldCipher(ring: KeyRing): FieldCipher {
  const dataKeys = new Map<string, Uint8Array>();

  function dataKey(keyId: number, table: string, column: string): Uint8Array {
    const purpose = `plinth field v1|${keyId}|${table}|${column}`;
    const known = dataKeys.get(purpose);
    if (known) return known;
    const root = ring.keyOf(keyId);
    if (root === undefined) {
      throw new PlinthError('field_key_unknown', `no key with id ${keyId} is in FIELD_KEYS`, {
        fix: `add key ${keyId} behind the others (${ring.activeId}:KEY,${keyId}:OLDKEY), then run: plinth keys rotate`,
      });
    }
    const key = new Uint8Array(hkdfSync('sha256', root, new Uint8Array(0), purpose, 32));
    dataKeys.set(purpose, key);
    return key;
  }

  function contextOf(table: string, column: string, rowId: string): string {
    const id = rowId.toLowerCase();
    // The message does not repeat it: a caller that mixed up its arguments may have handed over the secret.
    if (!UUID.test(id))
      throw new PlinthError('field_row_id', `the row id for ${table}.${column} is not a UUID`);
    return `plinth|${table}|${column}|${id}`;
  }

  const cipher: FieldCipher = {
    activeKeyId: ring.activeId,
    keyIds: ring.ids,
    encryptField(table, field, rowId, value) {
      const column = columnOf(table, field);
      const context = contextOf(table, column, rowId);
      const sealed = sealEnvelope(
        dataKey(ring.activeId, table, column),
        ring.activeId,
        context,
        Buffer.from(value),
      );
      return new Uint8Array(sealed);
    },
    decryptField(table, field, rowId, envelope) {
      const column = columnOf(table, field);
      const key = dataKey(keyIdOf(envelope), table, column);
      return openEnvelope(key, contextOf(table, column, rowId), envelope).toString('utf8');
    },
    encryptFields(table, rowId, values) {
      const sealed = Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(([field, value]) => [
          field,
          value === null ? null : cipher.encryptField(table, field as never, rowId, value as string),
        ]);
      return Object.fromEntries(sealed);
    },
  };
  return Object.freeze(cipher);
}
