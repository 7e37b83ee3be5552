import { DatabaseError } from './errors.js';
import type { Sql } from './sql.js';

/** Names a write so that doing it again answers what the first did; stored in the same transaction as its effect. */
export interface IdempotencyKey {
  /** Who asks: `user:<id>` or `key:<id>`. */
  principal: string;
  key: string;
  /** Hash over what is asked for (32 bytes): the same key with another payload is a conflict. */
  fingerprint: Uint8Array;
  /** How long the answer is kept; 24 hours unless told. */
  keepMs?: number;
}

const DAY_MS = 86_400_000;

const CLAIM = `insert into idempotency_keys (principal, key, fingerprint, expires_at)
  values ($1, $2, $3, now() + $4 * interval '1 millisecond') on conflict (principal, key) do nothing returning id`;
const FIND = 'select fingerprint, response from idempotency_keys where principal = $1 and key = $2';
const KEEP = 'update idempotency_keys set response = $2 where id = $1';

/**
 * Runs `work` unless the key was used: then answers what it answered. `work` must return something JSON can carry.
 * A concurrent first use is waited for, by the unique index. Throws DatabaseError `conflict` when the key was used
 * for something else.
 */
export async function runOnce<T>(
  sql: Sql,
  { principal, key, fingerprint, keepMs = DAY_MS }: IdempotencyKey,
  work: () => Promise<T>,
): Promise<T> {
  const claimed = await sql.oneOrNone<{ id: string }>(CLAIM, [principal, key, fingerprint, keepMs]);
  if (claimed === null) {
    const earlier = await sql.one<{ fingerprint: Buffer; response: T }>(FIND, [principal, key]);
    if (Buffer.compare(earlier.fingerprint, fingerprint) !== 0) {
      throw new DatabaseError('conflict', {
        constraint: 'idempotency_keys_principal_key_key',
        fix: 'use another key for another request',
      });
    }
    return earlier.response;
  }
  const result = await work();
  await sql.none(KEEP, [claimed.id, JSON.stringify(result ?? null)]);
  return result;
}
