import type { Sql } from '../sql.js';
import { USER_SCHEMA } from './findings/check.js';

/** How much of a table is empty, by estimate. */
export interface TableBloat {
  table: string;
  bytes: number;
  /** What its rows would need. */
  expected: number;
  wasted: number;
  /** Share of the table that is empty. */
  ratio: number;
  rows: number;
}

// Expected size: rows times (line pointer, aligned header, aligned average width) over what a page can hold at the
// table's fillfactor. An estimate from pg_class and pg_stats alone: measuring (pgstattuple) reads the table and waits
// for locks. Widths are averages, so a difference of a fifth means nothing; the threshold asks for half.
const READ = `
with sized as (
  select c.oid, n.nspname, c.relname, c.relpages::float8 as pages, c.reltuples::float8 as rows,
         current_setting('block_size')::float8 as block,
         coalesce((select option_value::float8 from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'), 100) / 100 as fill
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'm') and c.reltuples >= 0 and ${USER_SCHEMA}
     and c.relpages::float8 * current_setting('block_size')::int >= $1
), estimated as (
  select z.*, ceil(z.rows * (4 + 24 + 8 * ceil(w.width / 8)) / ((z.block - 24) * z.fill)) * z.block as expected
    from sized z
    cross join lateral (select sum((1 - s.null_frac) * s.avg_width)::float8 as width, count(*) as columns
                          from pg_stats s where s.schemaname = z.nspname and s.tablename = z.relname and not s.inherited) w
   where w.columns > 0
)
select format('%I.%I', nspname, relname) as table, pages * block as bytes, expected::float8 as expected, rows,
       (pages * block - expected)::float8 as wasted, (1 - expected / (pages * block))::float8 as ratio
  from estimated where pages * block - expected >= $1 and 1 - expected / (pages * block) >= $2
 order by wasted desc`;

/** Tables of at least `minBytes` of empty space that make up at least `minRatio` of them; the most wasted first. */
export async function readBloat(sql: Sql, minBytes: number, minRatio: number): Promise<TableBloat[]> {
  return await sql.query<TableBloat>(READ, [minBytes, minRatio]);
}
