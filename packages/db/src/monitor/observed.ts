import type { Sql } from '../sql.js';
import type { EvidenceWindow } from './evidence-window.js';

/** Counters of the database at one moment; all only grow until statistics are reset. */
export interface Counters {
  commits: number;
  rollbacks: number;
  blocksHit: number;
  blocksRead: number;
  tempFiles: number;
  tempBytes: number;
  deadlocks: number;
  checkpointsTimed: number;
  checkpointsRequested: number;
}

/** What an earlier look, or the machine, knows and SQL cannot tell now. All of it may be missing. */
export interface Observed {
  /** When this monitor first saw the database. */
  firstSeenAt?: Date;
  /** Counters of an earlier look; with them, rates cover the time since then instead of months. */
  earlier?: { at: Date; counters: Counters };
  /** Sizes in bytes at an earlier look, by table. */
  earlierTables?: { at: Date; bytes: ReadonlyMap<string, number> };
  /** Of the file system that holds the data directory. */
  disk?: { freeBytes: number; totalBytes: number };
  /** Where the migrations of this release lie. */
  migrationsDir?: string;
}

/** Reads the counters. They are of this database, checkpoints of the server. */
export async function readCounters(sql: Sql): Promise<Counters> {
  const { split } = await sql.one<{ split: boolean }>(
    "select to_regclass('pg_catalog.pg_stat_checkpointer') is not null as split",
  );
  // PostgreSQL 17 moved the checkpoints out of pg_stat_bgwriter.
  const checkpoints = split
    ? 'select num_timed as timed, num_requested as requested from pg_stat_checkpointer'
    : 'select checkpoints_timed as timed, checkpoints_req as requested from pg_stat_bgwriter';
  return await sql.one<Counters>(
    `select d.xact_commit::float8 as commits, d.xact_rollback::float8 as rollbacks,
            d.blks_hit::float8 as "blocksHit", d.blks_read::float8 as "blocksRead",
            d.temp_files::float8 as "tempFiles", d.temp_bytes::float8 as "tempBytes", d.deadlocks::float8 as deadlocks,
            c.timed::float8 as "checkpointsTimed", c.requested::float8 as "checkpointsRequested"
       from pg_stat_database d, (${checkpoints}) c where d.datname = current_database()`,
  );
}

/** Counters over a window: since the earlier look, else since the statistics began. */
export async function countersOver(
  sql: Sql,
  { earlier, ...observed }: Observed,
): Promise<{ counters: Counters; hours: number; window: EvidenceWindow }> {
  const now = await readCounters(sql);
  // A counter below its earlier self was reset meanwhile: then everything counts from the reset on.
  const grew =
    earlier && Object.entries(earlier.counters).every(([name, was]) => now[name as keyof Counters] >= was);
  if (earlier && grew) {
    const counters = Object.fromEntries(
      Object.entries(now).map(([name, value]) => [name, value - earlier.counters[name as keyof Counters]]),
    ) as unknown as Counters;
    const window: EvidenceWindow = { from: earlier.at.toISOString(), basis: 'observation' };
    return { counters, hours: (Date.now() - earlier.at.getTime()) / 3_600_000, window };
  }
  const { window, ageMs } = await statisticsWindow(sql, observed);
  return { counters: now, hours: ageMs / 3_600_000, window };
}

/**
 * Since when this database's statistics count. `stats_reset` is null where nobody ever reset them: then since this
 * monitor first looked, else since the server started (both later than the truth: the window is never overstated).
 */
export async function statisticsWindow(
  sql: Sql,
  { firstSeenAt }: Pick<Observed, 'firstSeenAt'>,
): Promise<{ window: EvidenceWindow; ageMs: number }> {
  const row = await sql.one<{ reset: Date | null; started: Date; now: Date }>(
    `select stats_reset as reset, pg_postmaster_start_time() as started, clock_timestamp() as now
       from pg_stat_database where datname = current_database()`,
  );
  const [from, basis] = row.reset
    ? ([row.reset, 'statistics reset'] as const)
    : firstSeenAt && firstSeenAt < row.started
      ? ([firstSeenAt, 'observation'] as const)
      : ([row.started, 'server start'] as const);
  return { window: { from: from.toISOString(), basis }, ageMs: row.now.getTime() - from.getTime() };
}
