import { type Check, NOW, repairBy, USER_SCHEMA } from './check.js';

const READ = `
select format('%I.%I', n.nspname, ic.relname) as index, format('%I.%I', n.nspname, c.relname) as table,
       ic.relpages::float8 * current_setting('block_size')::int as bytes, ic.relname ~ '_cc(new|old)\\d*$' as leftover
  from pg_index i
  join pg_class ic on ic.oid = i.indexrelid and ic.relkind = 'i'
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
 where ${USER_SCHEMA} and not (i.indisvalid and i.indisready)
   and not exists (select from pg_stat_progress_create_index p where p.relid = i.indrelid)
 order by 1`;

interface Row {
  index: string;
  table: string;
  bytes: number;
  leftover: boolean;
}

/** Indexes that a failed CREATE or REINDEX INDEX CONCURRENTLY left behind; those being built now are not meant. */
export const invalidIndexes: Check = {
  id: 'invalid-indexes',
  title: 'Indexes left unfinished',
  tier: 2,
  async run(sql) {
    const rows = await sql.query<Row>(READ);
    return rows.map(({ index, table, bytes, leftover }) => ({
      check: 'invalid-indexes',
      severity: 'warning' as const,
      object: index,
      summary: `index ${index} of ${table} is invalid`,
      evidence: { table, bytes, leftover },
      window: NOW,
      why: 'a concurrent build failed half-way: queries cannot use the index, a unique one does not guard, and every write may still have to maintain it',
      repair: repairBy('SHARE UPDATE EXCLUSIVE', [
        leftover ? `drop index concurrently ${index}` : `reindex index concurrently ${index}`,
      ]),
    }));
  },
};
