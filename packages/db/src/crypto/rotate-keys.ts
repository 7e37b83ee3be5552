import type { Actor } from '../actor.js';
import type { Database } from '../database.js';
import { PlinthError } from '../errors.js';
import { quoteIdentifier, type Sql } from '../sql.js';
import { type EncryptedTable, encryptedFields } from './encrypted-fields.js';
import type { FieldCipher } from './field-cipher.js';

/** How many rows of a column each key has sealed; `known`: the ring has that key. */
export interface KeyUse {
  table: EncryptedTable;
  column: string;
  keyId: number;
  rows: number;
  known: boolean;
}

/** What a rotation did. */
export interface RotationResult {
  rotated: number;
  /** Rows that somebody changed in the meantime; looked at again, so not a failure. */
  overtaken: number;
  /** Rows that do not open; left as they are. */
  failed: { table: EncryptedTable; column: string; id: string; code: string }[];
  /** Rows still under another key than the active one: the failed ones, or writers that have the old FIELD_KEYS. */
  remaining: number;
}

const ACTOR: Actor = { type: 'system', id: 'keys rotate' };
/** A writer with the old keys can go on for ever; what it leaves after this many passes is reported. */
const MAX_PASSES = 5;
const KEY_ID = (column: string) => `(get_byte(${column}, 1) << 8 | get_byte(${column}, 2))`;

/** Counts rows per column and key. `database` must be open as the owner (migrator): row security hides the rows from others. */
export async function keyUses(database: Database, cipher: FieldCipher): Promise<KeyUse[]> {
  const uses: KeyUse[] = [];
  for (const { table, column } of encryptedFields()) {
    const name = quoteIdentifier(column);
    const rows = await asOwner(database, (sql) =>
      sql.query<{ keyId: number; rows: number }>(
        `select ${KEY_ID(name)} as "keyId", count(*)::int as rows from ${quoteIdentifier(table)}
          where ${name} is not null group by 1 order by 1`,
      ),
    );
    for (const row of rows) uses.push({ table, column, ...row, known: cipher.keyIds.includes(row.keyId) });
  }
  return uses;
}

/**
 * Seals every field anew that is not under the active key, in batches of their own transactions: it may be stopped and
 * run again at any time. A row is replaced only while it still holds the very bytes that were opened, so nobody's
 * update is lost. `database` as for keyUses.
 */
export async function rotateFieldKeys(options: {
  database: Database;
  cipher: FieldCipher;
  batchSize?: number;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}): Promise<RotationResult> {
  const { database, cipher, batchSize = 500, onProgress = () => {}, signal } = options;
  const result: RotationResult = { rotated: 0, overtaken: 0, failed: [], remaining: 0 };
  const total = await countOld(database, cipher);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    result.failed = [];
    const before = result.overtaken;
    for (const field of encryptedFields()) {
      for (let after = ZERO; ; ) {
        signal?.throwIfAborted();
        const batch = await rotateBatch(database, cipher, field, after, batchSize);
        result.rotated += batch.rotated;
        result.overtaken += batch.overtaken;
        result.failed.push(...batch.failed);
        onProgress(Math.min(result.rotated, total), total);
        if (batch.last === undefined) break;
        after = batch.last;
      }
    }
    result.remaining = await countOld(database, cipher);
    if (result.remaining <= result.failed.length && result.overtaken === before) break;
  }
  return result;
}

const ZERO = '00000000-0000-0000-0000-000000000000';

async function rotateBatch(
  database: Database,
  cipher: FieldCipher,
  field: { table: EncryptedTable; field: string; column: string },
  after: string,
  batchSize: number,
): Promise<Omit<RotationResult, 'remaining'> & { last: string | undefined }> {
  const { table, column } = field;
  const [from, name] = [quoteIdentifier(table), quoteIdentifier(column)];
  const rows = await asOwner(database, (sql) =>
    sql.query<{ id: string; envelope: Buffer }>(
      `select id, ${name} as envelope from ${from}
        where id > $1 and ${name} is not null and ${KEY_ID(name)} <> $2 order by id limit $3`,
      [after, cipher.activeKeyId, batchSize],
    ),
  );
  const failed: RotationResult['failed'] = [];
  const sealed: { id: string; old: Buffer; fresh: Buffer }[] = [];
  for (const { id, envelope } of rows) {
    try {
      const value = cipher.decryptField(table, field.field as never, id, envelope);
      const fresh = cipher.encryptField(table, field.field as never, id, value);
      sealed.push({ id, old: envelope, fresh: Buffer.from(fresh) });
    } catch (error) {
      if (!(error instanceof PlinthError)) throw error;
      failed.push({ table, column, id, code: error.code });
    }
  }
  const rotated =
    sealed.length === 0
      ? 0
      : await asOwner(database, (sql) =>
          sql.none(
            `update ${from} t set ${name} = n.fresh
               from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as n(id, old, fresh)
              where t.id = n.id and t.${name} = n.old`,
            [sealed.map((row) => row.id), sealed.map((row) => row.old), sealed.map((row) => row.fresh)],
          ),
        );
  return { rotated, overtaken: sealed.length - rotated, failed, last: rows.at(-1)?.id };
}

async function countOld(database: Database, cipher: FieldCipher): Promise<number> {
  const uses = await keyUses(database, cipher);
  return uses.filter((use) => use.keyId !== cipher.activeKeyId).reduce((sum, use) => sum + use.rows, 0);
}

/** One transaction that row security lets through for the owner, and that the audit knows the author of. */
function asOwner<T>(database: Database, work: (sql: Sql) => Promise<T>): Promise<T> {
  return database.tx(async (sql) => {
    await sql.query(`select set_config('plinth.maintenance', 'on', true)`);
    return await work(sql);
  }, ACTOR);
}
