import { DatabaseError } from '../../errors.js';
import { type Check, NOW, repairBy } from './check.js';

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

interface Row {
  sequence: string;
  value: number | null;
  readable: boolean;
  table: string | null;
  column: string | null;
  type: string | null;
  last: number;
  ratio: number | null;
}

/** Sequences and identity columns that come near the end of their column's type. */
export const sequences: Check = {
  id: 'sequences',
  title: 'Sequences near their end',
  tier: 3,
  async run(sql, { sequenceWarningRatio, sequenceCriticalRatio }) {
    const rows = await sql.query<Row>(READ, [sequenceWarningRatio]);
    const near = rows.filter(({ readable }) => readable);
    // Saying "all well" of sequences that cannot be read would be a guess.
    if (near.length === 0 && rows.length > 0) throw new DatabaseError('permission');
    return near.map(({ sequence, value, table, column, type, last, ratio }) => ({
      check: 'sequences',
      severity: (ratio ?? 0) >= sequenceCriticalRatio ? ('critical' as const) : ('warning' as const),
      object: sequence,
      summary: `${sequence} has used ${((ratio ?? 0) * 100).toFixed(1)} % of its values`,
      evidence: { value, last, ratio, table, column, type },
      window: NOW,
      why: 'when the last value is used, every insert fails; changing the type of a large column takes hours, so begin early',
      repair: repairBy(
        'ACCESS EXCLUSIVE',
        table === null
          ? [`alter sequence ${sequence} maxvalue 9223372036854775807`]
          : [
              `alter table ${table} alter column "${column}" type bigint`,
              `alter sequence ${sequence} as bigint`,
            ],
        { prisma: column === null ? null : `${column} BigInt @default(autoincrement())` },
      ),
    }));
  },
};
