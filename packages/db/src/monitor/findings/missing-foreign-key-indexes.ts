import { type Check, NOW, repairBy, USER_SCHEMA } from './check.js';
import { indexLine, indexName } from './schema-line.js';

// An index serves if the key's columns, in any order, are its first; a partial one only when it leaves out nothing
// but nulls (the stored tree of "column IS NOT NULL"; pg_get_expr() would wait for a lock on the table).
const READ = `
select k.conname::text as constraint, format('%I.%I', n.nspname, c.relname) as table, k.confrelid::regclass::text as referenced,
       c.reltuples::float8 as rows, c.relpages::float8 * current_setting('block_size')::int as bytes,
       array(select format('%I', a.attname) from unnest(k.conkey) with ordinality f(attnum, at)
               join pg_attribute a on a.attrelid = k.conrelid and a.attnum = f.attnum order by f.at) as columns
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
 where k.contype = 'f' and k.conparentid = 0 and ${USER_SCHEMA}
   and not exists (
     select from pg_index i
      where i.indrelid = k.conrelid and i.indisvalid
        and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey and i.indnkeyatts >= cardinality(k.conkey)
        and (i.indpred is null or (i.indpred::text like '{NULLTEST %' and i.indpred::text like '%:nulltesttype 1%')))
 order by rows desc, 1`;

interface Row {
  constraint: string;
  table: string;
  referenced: string;
  rows: number;
  bytes: number;
  columns: string[];
}

/** Foreign keys without an index on the referencing side. */
export const missingForeignKeyIndexes: Check = {
  id: 'missing-foreign-key-indexes',
  title: 'Foreign keys without an index',
  tier: 3,
  async run(sql, { foreignKeyRows }) {
    const found = await sql.query<Row>(READ);
    return found.map(({ constraint, table, referenced, rows, bytes, columns }) => ({
      check: 'missing-foreign-key-indexes',
      severity: rows >= foreignKeyRows ? ('warning' as const) : ('info' as const),
      object: `${table}.${constraint}`,
      summary: `foreign key ${constraint} of ${table} (${columns.join(', ')}) has no index`,
      evidence: { table, referenced, columns: columns.join(', '), rows: Math.max(rows, 0), bytes },
      window: NOW,
      why: `deleting a row of ${referenced}, or changing its key, reads all of ${table} while it holds a lock; joins along the key do the same`,
      repair: repairBy(
        'SHARE UPDATE EXCLUSIVE',
        [`create index concurrently "${indexName(table, columns)}" on ${table} (${columns.join(', ')})`],
        { prisma: indexLine(columns) },
      ),
    }));
  },
};
