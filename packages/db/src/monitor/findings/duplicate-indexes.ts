import { type Check, NOW, repairBy, USER_SCHEMA } from './check.js';
import { indexLine } from './schema-line.js';

// Expressions and predicates are compared as stored trees, less their positions in the source: pg_get_expr() would
// wait for a lock on the table. int2vector counts from 0, a slice of it from 1.
const READ = `
with ix as (
  select i.indexrelid, i.indrelid, ic.relam, am.amname, n.nspname, ic.relname, c.relname as tablename,
         i.indnkeyatts as n, i.indkey::int2[] as key, i.indclass::oid[] as class, i.indcollation::oid[] as coll,
         i.indoption::int2[] as opt, i.indisunique as uniq,
         (i.indisprimary or i.indisexclusion or i.indisreplident
           or exists (select from pg_constraint k where k.conindid = i.indexrelid)) as needed,
         coalesce(regexp_replace(i.indexprs::text, ':location -?\\d+', '', 'g'), '') as exprs,
         coalesce(regexp_replace(i.indpred::text, ':location -?\\d+', '', 'g'), '') as pred,
         ic.relpages::float8 * current_setting('block_size')::int as bytes, i.indnatts as natts,
         case when i.indisprimary then 0 when i.indisunique then 1 else 2 end as rank
    from pg_index i
    join pg_class ic on ic.oid = i.indexrelid
    join pg_am am on am.oid = ic.relam
    join pg_class c on c.oid = i.indrelid
    join pg_namespace n on n.oid = c.relnamespace
   where ${USER_SCHEMA} and i.indisvalid and not ic.relispartition
)
select distinct on (a.indexrelid) format('%I.%I', a.nspname, a.relname) as index, format('%I.%I', b.nspname, b.relname) as covered,
       format('%I.%I', a.nspname, a.tablename) as table, a.bytes, a.n = b.n as exact,
       array(select t.attname::text from unnest(a.key[0:a.n - 1]) with ordinality k(attnum, at)
               join pg_attribute t on t.attrelid = a.indrelid and t.attnum = k.attnum order by k.at) as columns
  from ix a
  join ix b on b.indrelid = a.indrelid and b.indexrelid <> a.indexrelid and b.relam = a.relam and b.pred = a.pred
   and a.key[0:a.n - 1] = b.key[0:a.n - 1] and a.class[0:a.n - 1] = b.class[0:a.n - 1]
   and a.coll[0:a.n - 1] = b.coll[0:a.n - 1] and a.opt[0:a.n - 1] = b.opt[0:a.n - 1]
   and b.key @> a.key[a.n:a.natts - 1]
 where not a.needed
   and case when a.n = b.n then a.exprs = b.exprs and (not a.uniq or b.uniq)
                                and (a.rank, not a.needed, -a.natts, a.indexrelid) > (b.rank, not b.needed, -b.natts, b.indexrelid)
            else a.n < b.n and not a.uniq and a.amname = 'btree' and a.exprs = '' and b.exprs = '' end
 order by a.indexrelid, a.n = b.n desc, b.bytes`;

interface Row {
  index: string;
  covered: string;
  table: string;
  bytes: number;
  exact: boolean;
  columns: string[];
}

/** Indexes that another index of the table can stand in for: the same columns, or the first of them. */
export const duplicateIndexes: Check = {
  id: 'duplicate-indexes',
  title: 'Indexes that others cover',
  tier: 3,
  async run(sql) {
    const rows = await sql.query<Row>(READ);
    return rows.map(({ index, covered, table, bytes, exact, columns }) => ({
      check: 'duplicate-indexes',
      severity: exact ? ('warning' as const) : ('info' as const),
      object: index,
      summary: `index ${index} of ${table} ${exact ? 'is the same as' : 'is the beginning of'} ${covered}`,
      evidence: { table, coveredBy: covered, columns: columns.join(', '), bytes, exact },
      window: NOW,
      why: `${covered} has the same leading columns, operator classes, collations, order and predicate: it answers the same queries, and every write pays twice`,
      repair: repairBy('SHARE UPDATE EXCLUSIVE', [`drop index concurrently ${index}`], {
        prisma: columns.length > 0 ? `remove ${indexLine(columns)} from the model of ${table}` : null,
      }),
    }));
  },
};
