import type pg from 'pg';
import { locksOf } from './lint/statement-locks.js';
import { type Limits, sendStatement, setLimits } from './run-script.js';
import type { Script, Statement } from './split.js';
import { isConcurrent } from './statement-kind.js';
import {
  keyOf,
  type Lock,
  type MeasuringPlace,
  quoteIfNeeded,
  readLocks,
  watchLocks,
} from './trace-locks.js';

/** A lock as PostgreSQL granted it. */
export interface TracedLock {
  readonly relation: string;
  /** As pg_locks names it, such as AccessExclusiveLock. */
  readonly mode: string;
  /** The relation was there before the migration: others may be using it. */
  readonly existing: boolean;
}

/** Rows of one table that a statement wrote, whoever made it do so: triggers, functions and cascades count. */
export interface TouchedRows {
  readonly relation: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What one statement did. */
export interface Measured {
  readonly number: number;
  readonly line: number;
  readonly sql: string;
  /** Those it took; a lock that a statement before it holds already is that one's. */
  readonly locks: readonly TracedLock[];
  /** Existing tables that PostgreSQL wrote anew, row by row. */
  readonly rewrites: readonly string[];
  /** Nothing is known of a statement outside a transaction: the server counts per transaction. */
  readonly touched: readonly TouchedRows[];
  readonly durationMs: number;
}

export interface Relation {
  readonly name: string;
  readonly kind: string;
  readonly filenode: number;
}

/** Tables, materialized views and indexes by their oid, with the file that holds them now. */
export async function readRelations(client: pg.Client): Promise<Map<number, Relation>> {
  const { rows } = await client.query<Relation & { oid: number }>(
    `select c.oid::int as oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind, pg_relation_filenode(c.oid)::int as filenode
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.oid >= 16384 and c.relkind in ('r', 'p', 'm', 'i', 'I') and n.nspname !~ '^pg_'`,
  );
  return new Map(rows.map(({ oid, ...relation }) => [oid, relation]));
}

/**
 * Runs one statement, in the transaction that is open or, where the script goes step by step, in one of its own or
 * none, and answers what it locked, rewrote and wrote and how long it took. `existing` are the relations that were
 * there before the script; `limits` hold in a transaction of its own. Throws ScriptFailure.
 */
export async function measureStatement(
  place: MeasuringPlace,
  script: Script,
  statement: Statement,
  { existing, limits }: { existing: ReadonlyMap<number, Relation>; limits?: Limits | undefined },
): Promise<Measured> {
  const { client } = place;
  const before = await readRelations(client);
  const held = new Set((await readLocks(client)).map(keyOf));
  const alone = script.stepwise && !statement.outside;
  if (alone) await client.query(limits === undefined ? 'begin' : `begin; ${setLimits(limits)}`);
  const written = statement.outside ? [] : await readWritten(client);
  const known = new Set([...before.values()].map(({ name }) => name));
  const tables = locksOf(statement).map(({ table }) => table.split('.').map(quoteIfNeeded).join('.'));
  const watcher = statement.outside
    ? await watchLocks(
        place,
        tables.filter((table) => known.has(table)),
      )
    : undefined;
  // It waits for every old snapshot, as the runner lets it.
  if (isConcurrent(statement.kind, statement.node)) await client.query('set lock_timeout = 0');
  const startedAt = performance.now();
  let durationMs = 0;
  let seen: Lock[] | undefined;
  try {
    await sendStatement({ client }, script, statement);
  } finally {
    durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
    // Whoever watches must be gone before the database is.
    watcher?.stop();
    seen = await watcher?.seen;
  }
  const locks = (seen ?? (await readLocks(client))).filter((lock) => !held.has(keyOf(lock)));
  const touched = statement.outside ? [] : sinceThen(written, await readWritten(client));
  if (alone) await client.query('commit');
  const after = await readRelations(client);
  const rewrites = [...after].filter(
    ([oid, { kind, filenode }]) =>
      existing.has(oid) && kind === 'r' && before.get(oid)?.filenode !== filenode,
  );
  return {
    number: statement.number,
    line: statement.line,
    sql: statement.text,
    locks: locks.map(({ oid, mode, name }) => ({
      relation: existing.get(oid)?.name ?? name ?? after.get(oid)?.name ?? String(oid),
      mode,
      existing: existing.has(oid),
    })),
    rewrites: rewrites.map(([, { name }]) => name),
    touched,
    durationMs,
  };
}

interface Written extends TouchedRows {
  readonly oid: number;
}

/** What the open transaction has written so far. */
async function readWritten(client: pg.Client): Promise<Written[]> {
  const { rows } = await client.query<Written>(
    `select relid::int as oid, format('%I.%I', schemaname, relname) as relation, n_tup_ins::float8 as inserted,
            n_tup_upd::float8 as updated, n_tup_del::float8 as deleted
       from pg_catalog.pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0 order by 2`,
  );
  return rows;
}

function sinceThen(before: readonly Written[], after: readonly Written[]): TouchedRows[] {
  const then = new Map(before.map((written) => [written.oid, written]));
  return after.flatMap(({ oid, relation, ...now }) => {
    const was = then.get(oid) ?? { inserted: 0, updated: 0, deleted: 0 };
    const inserted = now.inserted - was.inserted;
    const updated = now.updated - was.updated;
    const deleted = now.deleted - was.deleted;
    return inserted + updated + deleted > 0 ? { relation, inserted, updated, deleted } : [];
  });
}
