import type { Sql } from '../sql.js';

// The end is where the column's type ends, if that comes before the sequence's own maximum. Without the right to read
// a sequence its value is null; a sequence never used has none either.
const READ = `
with used as (
  select format('%I.%I', q.schemaname, q.sequencename) as sequence, q.last_value::float8 as value, q.cycle,
         has_sequence_privilege(c.oid, 'SELECT') or has_sequence_privilege(c.oid, 'USAGE') as readable,
         d.refobjid::regclass::text as table, a.attname::text as column, format_type(a.atttypid, null) as type,
         least(q.max_value::float8, case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 end) as last
    from pg_sequences q
    join pg_namespace n on n.nspname = q.schemaname
    join pg_class c on c.relnamespace = n.oid and c.relname = q.sequencename
    left join pg_depend d on d.objid = c.oid and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
                         and d.deptype in ('a', 'i') and d.refobjsubid > 0
    left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
   where q.increment_by > 0 and not q.cycle
)
select *, value / last as ratio from used where not readable or value / last >= $1 order by ratio desc nulls last`;

/** How far a sequence is; all of it null or unknown where it may not be read. */
export interface SequenceUse {
  sequence: string;
  value: number | null;
  readable: boolean;
  table: string | null;
  column: string | null;
  type: string | null;
  last: number;
  ratio: number | null;
}

/** Sequences that used at least this share of their values, and those that may not be read; the fullest first. */
export async function readSequences(sql: Sql, minRatio: number): Promise<SequenceUse[]> {
  return await sql.query<SequenceUse>(READ, [minRatio]);
}
