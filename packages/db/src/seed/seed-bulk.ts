import pg from 'pg';
import type { Database } from '../database.js';
import { PlinthError, translateError } from '../errors.js';
import { createSql, quoteIdentifier, type Sql } from '../sql.js';
import { bulkArtists } from './bulk/artists.js';
import { bulkAssessments } from './bulk/assessments.js';
import { bulkBlocks } from './bulk/blocks.js';
import { createBulkIds } from './bulk/bulk-ids.js';
import type { BulkCounts, BulkTable } from './bulk/bulk-table.js';
import { bulkBusinesses } from './bulk/businesses.js';
import { copyRows } from './bulk/copy-rows.js';
import { checkPlan } from './bulk/plan.js';
import { bulkUsers } from './bulk/users.js';
import { refuseProduction } from './guard.js';
import { openAllRows, publicTable } from './seeded-tables.js';

/** Parents first. */
const bulkTables: readonly BulkTable[] = [
  bulkUsers,
  bulkArtists,
  bulkBusinesses,
  bulkBlocks,
  bulkAssessments,
];

/** Rows of one transaction: what a kill at the worst moment costs, and often enough for a useful progress bar. */
const CHUNK_ROWS = 50_000;

/** How much, and how it is watched. */
export interface BulkOptions {
  counts: Partial<BulkCounts>;
  seed?: number;
  /** Stops between two blocks: the chunk under way is undone, those before it stay. */
  signal?: AbortSignal;
  iKnow?: boolean;
  chunkRows?: number;
  /** Called before the first and after each chunk with the rows of the table that are there. */
  onProgress?: (table: string, done: number, total: number) => void;
}

/** Rows inserted by this call, and rows of the same request that earlier calls had inserted. */
export interface BulkResult {
  scenario: 'bulk';
  inserted: number;
  skipped: number;
}

/**
 * Fills tables by COPY in committed chunks. Each chunk notes in its own transaction how far the table is: whatever
 * ends the process, foreign keys hold and the same call continues. The same seed and counts give the same rows, byte
 * for byte. Needs the owner of the tables or a superuser, and a database opened without a statement timeout.
 * Throws PlinthError `usage`, `bulk_shape_differs`, `seed_role`, `refused`; DatabaseError; the signal's reason.
 */
export async function seedBulk(database: Database, options: BulkOptions): Promise<BulkResult> {
  const { environment } = database.config;
  refuseProduction('bulk seeding', { environment, iKnow: options.iKnow ?? false });
  const seed = options.seed ?? 1;
  const names = bulkTables.map(({ table }) => table);
  await database.tx((sql) => openAllRows(sql, names));
  const counts = await checkPlan(database, bulkTables, { seed, counts: options.counts });
  const result: BulkResult = { scenario: 'bulk', inserted: 0, skipped: 0 };
  for (const table of bulkTables) {
    const total = options.counts[table.count] ?? 0;
    if (total === 0) continue;
    const inserted = await fillTable(database, table, { ...options, seed, counts, total });
    result.inserted += inserted;
    result.skipped += total - inserted;
    if (inserted > 0) await database.none(`analyze public.${table.table}`);
  }
  return result;
}

interface TablePlan extends Pick<BulkOptions, 'signal' | 'chunkRows' | 'onProgress'> {
  seed: number;
  counts: BulkCounts;
  total: number;
}

async function fillTable(database: Database, table: BulkTable, plan: TablePlan): Promise<number> {
  const { seed, total, onProgress } = plan;
  const { done } = await database.one<{ done: number }>(
    'select done::float8 as done from plinth.seeded_ranges where table_name = $1 and seed = $2',
    [table.table, seed],
  );
  onProgress?.(table.table, Math.min(done, total), total);
  let inserted = 0;
  for (;;) {
    const { first, end } = await copyChunk(database, table, plan);
    if (end > first) onProgress?.(table.table, end, total);
    inserted += end - first;
    if (end >= total || end === first) return inserted;
  }
}

/** Copies the next chunk and notes it, in one transaction. Another run in the same table waits for it and goes on after it. */
async function copyChunk(
  database: Database,
  table: BulkTable,
  plan: TablePlan,
): Promise<{ first: number; end: number }> {
  const { seed, counts, total, signal, chunkRows = CHUNK_ROWS } = plan;
  signal?.throwIfAborted();
  // A connection of its own: the pool's connections pipeline statements, which COPY cannot.
  const client = new pg.Client({ ...database.pool.options, pipeline: false });
  client.on('error', () => {});
  try {
    await client.connect();
    const sql = createSql(client);
    await client.query('begin');
    for (const setting of CHUNK_SETTINGS) await client.query(setting);
    const { done } = await sql.one<{ done: number }>(
      'select done::float8 as done from plinth.seeded_ranges where table_name = $1 and seed = $2 for update',
      [table.table, seed],
    );
    const end = Math.min(total, done + chunkRows);
    if (end > done) {
      const write = table.createWriter({ seed, counts, first: done });
      await loading(sql, table.table, end - done, () =>
        copyRows(client, table, { first: done, end, write, signal }),
      );
      await sql.none(
        `update plinth.seeded_ranges set done = $3, last_id = $4, updated_at = now() where table_name = $1 and seed = $2`,
        [table.table, seed, end, createBulkIds(table.table, seed)(end - 1)],
      );
    }
    await client.query('commit');
    return { first: done, end: Math.max(done, end) };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw error instanceof PlinthError ? error : translateError(error);
  } finally {
    // Closing it undoes a chunk that was cut for certain.
    await client.end().catch(() => {});
  }
}

/**
 * Runs `work` with what would make loading impossible or slow taken off the table for this transaction, and puts it
 * back: readers of the table wait for the chunk, and to them nothing was ever off.
 * Forced row security: COPY cannot write to a table whose policies apply, and forced they apply to its owner too.
 * The audit trigger: a million rows that nobody wrote would be a million entries; one entry tells of the chunk.
 */
async function loading(sql: Sql, table: string, rows: number, work: () => Promise<void>): Promise<void> {
  const name = publicTable(table);
  const { forced, audited } = await sql.one<{ forced: boolean; audited: boolean }>(
    `select row_security_active($1::regclass) as forced,
            exists (select from pg_trigger where tgrelid = $1::regclass and tgname = $2) as audited`,
    [name, `${table}_audit`],
  );
  const trigger = quoteIdentifier(`${table}_audit`);
  if (forced) await sql.none(`alter table ${name} no force row level security`);
  if (audited) await sql.none(`alter table ${name} disable trigger ${trigger}`);
  await work();
  if (audited) await sql.none(`alter table ${name} enable trigger ${trigger}`);
  if (forced) await sql.none(`alter table ${name} force row level security`);
  if (audited) {
    await sql.none(
      `insert into audit.audit_log (action, entity, after, actor_type, actor_id)
       values ('event', $1, jsonb_build_object('bulk_loaded', $2::bigint), 'system', 'seed bulk')`,
      [table, rows],
    );
  }
}

/**
 * A chunk lost in a crash of the server is made again from the counter it took with it, so no commit waits for the
 * disk. Trigram indexes gather a chunk's entries and sort them in once instead of one by one.
 */
const CHUNK_SETTINGS = [
  'set local synchronous_commit = off',
  "set local gin_pending_list_limit = '64MB'",
  "set local work_mem = '64MB'",
  'set local statement_timeout = 0',
];
