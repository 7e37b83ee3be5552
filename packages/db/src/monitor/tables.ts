import type { Sql } from '../sql.js';
import { AUTOVACUUM_RATIOS } from './autovacuum-ratios.js';

/** A table as statistics know it; sizes are as of its last vacuum or analyze. */
export interface TableState {
  table: string;
  /** Rows, estimated. */
  rows: number;
  deadRows: number;
  tableBytes: number;
  indexBytes: number;
  sequentialScans: number;
  indexScans: number;
  inserted: number;
  updated: number;
  hotUpdated: number;
  deleted: number;
  autovacuumEnabled: boolean;
  /** Dead or inserted rows as a multiple of what makes autovacuum start. */
  vacuumDue: number;
  /** Changed rows as a multiple of what makes it analyze. */
  analyzeDue: number;
  /** By hand or by itself. */
  lastVacuum: string | null;
  lastAutovacuum: string | null;
  lastAnalyze: string | null;
}

// relpages rather than pg_total_relation_size(): the function waits for whoever holds ACCESS EXCLUSIVE on the table.
// The tables are chosen before their options are read, so that thousands of others cost nothing.
const READ = `
with chosen as materialized (
  select s.relid, (c.relpages::float8 + coalesce(t.relpages, 0)) * current_setting('block_size')::int as bytes
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid left join pg_class t on t.oid = c.reltoastrelid
   order by c.relpages desc, s.n_live_tup desc, s.relid limit $1
)
select format('%I.%I', s.schemaname, s.relname) as table, greatest(c.reltuples, s.n_live_tup, 0)::float8 as rows,
       s.n_dead_tup::float8 as "deadRows", chosen.bytes as "tableBytes",
       coalesce(i.pages, 0)::float8 * current_setting('block_size')::int as "indexBytes",
       s.seq_scan::float8 as "sequentialScans", coalesce(s.idx_scan, 0)::float8 as "indexScans",
       s.n_tup_ins::float8 as inserted, s.n_tup_upd::float8 as updated, s.n_tup_hot_upd::float8 as "hotUpdated",
       s.n_tup_del::float8 as deleted, enabled as "autovacuumEnabled",
       greatest(by_dead, by_inserts)::float8 as "vacuumDue", by_changes::float8 as "analyzeDue",
       greatest(s.last_vacuum, s.last_autovacuum) as "lastVacuum", s.last_autovacuum as "lastAutovacuum", greatest(s.last_analyze, s.last_autoanalyze) as "lastAnalyze"
  from chosen
  join pg_stat_user_tables s on s.relid = chosen.relid
  join pg_class c on c.oid = s.relid
  left join lateral (select sum(ic.relpages) as pages from pg_index x join pg_class ic on ic.oid = x.indexrelid where x.indrelid = s.relid) i on true
  ${AUTOVACUUM_RATIOS}
 order by chosen.bytes desc, s.n_live_tup desc, 1`;

interface Visits {
  lastVacuum: Date | null;
  lastAutovacuum: Date | null;
  lastAnalyze: Date | null;
}

/** The largest tables first. */
export async function readTables(sql: Sql, limit = 300): Promise<TableState[]> {
  const rows = await sql.query<Omit<TableState, keyof Visits> & Visits>(READ, [limit]);
  return rows.map((row) => ({
    ...row,
    lastVacuum: row.lastVacuum?.toISOString() ?? null,
    lastAutovacuum: row.lastAutovacuum?.toISOString() ?? null,
    lastAnalyze: row.lastAnalyze?.toISOString() ?? null,
  }));
}

/** Bytes of the thousand largest tables with their TOAST, without indexes; by `schema.table`. */
export async function readTableBytes(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql.query<{ table: string; bytes: number }>(
    `select format('%I.%I', n.nspname, c.relname) as table,
            (c.relpages::float8 + coalesce(t.relpages, 0)) * current_setting('block_size')::int as bytes
       from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_class t on t.oid = c.reltoastrelid
      where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
      order by c.relpages desc limit 1000`,
  );
  return new Map(rows.map(({ table, bytes }) => [table, bytes]));
}
