import type { Sql } from '../sql.js';
import { USER_SCHEMA } from './findings/check.js';

/** An index as statistics know it. */
export interface IndexState {
  index: string;
  table: string;
  /** As of the last vacuum or analyze. */
  bytes: number;
  /** Since the statistics were reset. */
  scans: number;
  /** PostgreSQL 16 and later; null before. */
  lastScan: string | null;
  primary: boolean;
  unique: boolean;
  /** False while it is being built and when building it failed. */
  valid: boolean;
  /** Names, in order; an expression counts as none. */
  columns: string[];
}

/** Every index with what is known of it. Column last_idx_scan is there from PostgreSQL 16 on. */
export const SELECT_INDEXES = `
select format('%I.%I', n.nspname, ic.relname) as index, format('%I.%I', n.nspname, c.relname) as table,
       ic.relpages::float8 * current_setting('block_size')::int as bytes, s.idx_scan::float8 as scans,
       to_jsonb(s)->>'last_idx_scan' as "lastScan", i.indisprimary as primary, i.indisunique as unique, i.indisvalid as valid,
       array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(attnum, at)
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by k.at) as columns
  from pg_stat_user_indexes s
  join pg_index i on i.indexrelid = s.indexrelid
  join pg_class ic on ic.oid = i.indexrelid
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const READ = `${SELECT_INDEXES}
 where ${USER_SCHEMA} order by ic.relpages desc, 1 limit $1`;

/** The largest indexes first. */
export async function readIndexes(sql: Sql, limit = 500): Promise<IndexState[]> {
  const rows = await sql.query<IndexState>(READ, [limit]);
  return rows.map((row) => ({
    ...row,
    lastScan: row.lastScan === null ? null : new Date(row.lastScan).toISOString(),
  }));
}
