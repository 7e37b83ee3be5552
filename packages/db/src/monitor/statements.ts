import { quoteIdentifier, type Sql } from '../sql.js';
import { normalizeSql } from './normalize-sql.js';
import { operationOf } from './operation-of.js';
import { createStatementCounters, type StatementCounter } from './statement-counters.js';

/** What one statement (all calls of one query id) did within the window. */
export interface StatementStats {
  queryid: string;
  /** Normalised; null until it was fetched, or when PostgreSQL has thrown it away. */
  query: string | null;
  /** `Model.action` where a sqlcommenter comment tells. */
  operation: string | null;
  calls: number;
  totalMs: number;
  meanMs: number;
  /** Since the statement was first seen by PostgreSQL, not within the window: there is no maximum per window. */
  maxMs: number;
  rows: number;
  blocksHit: number;
  blocksRead: number;
  tempBlocks: number;
  ioMs: number;
  walBytes: number;
}

/** Statements of a window, by what was asked for. */
export interface StatementWindow {
  /** ISO; null before the second look. */
  from: string | null;
  to: string;
  statements: StatementStats[];
}

type Totals = Omit<StatementStats, 'query' | 'operation' | 'meanMs'>;

/** Baselines this far apart, and a window as long as all of them. */
const BASELINE_EVERY_MS = 10 * 60_000;
const BASELINES = 6;
/** Texts fetched per look; the file that holds them is read as a whole each time. */
const TEXTS_PER_LOOK = 100;
/** Statements with a counter of their own. */
const COUNTED = 20;

/** Keeps statement statistics by differences; resets nothing, and asks for each text once. */
export function createStatements(slowQueryMs: number) {
  const baselines: { at: number; totals: Map<string, Totals> }[] = [];
  const texts = new Map<string, string>();
  const counters = createStatementCounters(COUNTED);
  let latest: { at: number; totals: Map<string, Totals> } | undefined;

  /** What each statement did within the window. */
  function inWindow(): Totals[] {
    if (latest === undefined) return [];
    const before =
      baselines[0] === undefined || baselines[0].at === latest.at ? undefined : baselines[0].totals;
    return [...latest.totals.values()]
      .map((now) => subtract(now, before?.get(now.queryid)))
      .filter(({ calls }) => calls > 0);
  }
  function describe(totals: Totals): StatementStats {
    const text = texts.get(totals.queryid);
    return {
      ...totals,
      meanMs: totals.totalMs / totals.calls,
      query: text === undefined ? null : normalizeSql(text, 2_000),
      operation: text === undefined ? null : operationOf(text),
    };
  }
  const meanOf = ({ totalMs, calls }: Totals) => totalMs / calls;
  const isSlow = (totals: Totals) => meanOf(totals) >= slowQueryMs || totals.maxMs >= slowQueryMs;
  const byTotal = (a: Totals, b: Totals) => b.totalMs - a.totalMs;
  const windowOf = (statements: StatementStats[]): StatementWindow => ({
    from:
      baselines[0] === undefined || baselines[0].at === latest?.at
        ? null
        : new Date(baselines[0].at).toISOString(),
    to: new Date(latest?.at ?? Date.now()).toISOString(),
    statements,
  });

  return {
    /** Looks at the counters; `at` is in milliseconds since 1970. Does nothing where the extension is missing. */
    async collect(sql: Sql, at: number): Promise<void> {
      const source = await findSource(sql);
      if (source === undefined) return;
      const rows = await sql.query<Totals>(source.counters);
      const before = latest?.totals;
      latest = { at, totals: new Map(rows.map((row) => [row.queryid, row])) };
      const newest = baselines.at(-1);
      if (newest === undefined || at - newest.at >= BASELINE_EVERY_MS) baselines.push(latest);
      if (baselines.length > BASELINES + 1) baselines.shift();

      const current = inWindow().sort(byTotal);
      // What was counted before the first look was counted before this monitor was there.
      const grown = before ? rows.map((row) => subtract(row, before.get(row.queryid))) : [];
      counters.add(
        grown,
        current.map(({ queryid }) => queryid),
      );
      const wanted = [...current.filter(isSlow), ...current]
        .map(({ queryid }) => queryid)
        .filter((queryid) => !texts.has(queryid))
        .slice(0, TEXTS_PER_LOOK);
      if (wanted.length > 0) {
        const found = await sql.query<{ queryid: string; query: string }>(source.texts, [
          [...new Set(wanted)],
        ]);
        for (const { queryid, query } of found) texts.set(queryid, query);
      }
      for (const queryid of texts.keys()) if (!latest.totals.has(queryid)) texts.delete(queryid);
    },
    /** Those that took the most time together, first. */
    top: (limit = 50): StatementWindow => windowOf(inWindow().sort(byTotal).slice(0, limit).map(describe)),
    /** Those that take, or once took, longer than the threshold. */
    slow: (limit = 50): StatementWindow =>
      windowOf(
        inWindow()
          .filter(isSlow)
          .sort((a, b) => meanOf(b) - meanOf(a))
          .slice(0, limit)
          .map(describe),
      ),
    /** The text as PostgreSQL keeps it; for EXPLAIN. */
    textOf: (queryid: string): string | undefined => texts.get(queryid),
    /** Totals since this monitor began, of the most expensive statements and of all others. */
    counters: (): StatementCounter[] =>
      counters.read((queryid) => {
        const text = texts.get(queryid);
        return text === undefined ? null : operationOf(text);
      }),
    /** Calls and milliseconds of all statements in the window. */
    sum(): { calls: number; totalMs: number } {
      return inWindow().reduce(
        (sum, { calls, totalMs }) => ({ calls: sum.calls + calls, totalMs: sum.totalMs + totalMs }),
        { calls: 0, totalMs: 0 },
      );
    },
  };
}

/** Counters that fell were reset, or the statement was forgotten and seen anew: then all of it is new. */
function subtract(now: Totals, before: Totals | undefined): Totals {
  if (before === undefined || before.calls > now.calls) return now;
  return {
    queryid: now.queryid,
    maxMs: now.maxMs,
    calls: now.calls - before.calls,
    totalMs: Math.max(0, now.totalMs - before.totalMs),
    rows: now.rows - before.rows,
    blocksHit: now.blocksHit - before.blocksHit,
    blocksRead: now.blocksRead - before.blocksRead,
    tempBlocks: now.tempBlocks - before.tempBlocks,
    ioMs: Math.max(0, now.ioMs - before.ioMs),
    walBytes: now.walBytes - before.walBytes,
  };
}

/**
 * The queries for the extension as it is installed: any schema, and the column names of its version. Whether it is loaded
 * is told by a setting of its own: shared_preload_libraries is hidden from roles without pg_monitor.
 */
async function findSource(sql: Sql): Promise<{ counters: string; texts: string } | undefined> {
  const row = await sql.oneOrNone<{ schema: string; version: string; loaded: boolean }>(
    `select n.nspname::text as schema, e.extversion as version,
            current_setting('pg_stat_statements.max', true) is not null as loaded
       from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`,
  );
  if (row === null || !row.loaded) return undefined;
  const from = `${quoteIdentifier(row.schema)}.pg_stat_statements`;
  const [, minor = 0] = row.version.split('.').map(Number);
  const io = minor >= 11 ? 'shared_blk_read_time + shared_blk_write_time' : 'blk_read_time + blk_write_time';
  const ours =
    'dbid = (select oid from pg_database where datname = current_database()) and queryid is not null';
  return {
    counters: `
select queryid::text as queryid, sum(calls)::float8 as calls, sum(total_exec_time)::float8 as "totalMs", max(max_exec_time)::float8 as "maxMs",
       sum(rows)::float8 as rows, sum(shared_blks_hit)::float8 as "blocksHit", sum(shared_blks_read)::float8 as "blocksRead",
       sum(temp_blks_written)::float8 as "tempBlocks", sum(${io})::float8 as "ioMs", sum(wal_bytes)::float8 as "walBytes"
  from ${from}(false) where ${ours} group by queryid`,
    texts: `select distinct on (queryid) queryid::text as queryid, query from ${from}(true) where ${ours} and queryid = any($1::text[]::bigint[])`,
  };
}
