import type pg from 'pg';
import type { SampleColumn } from './sample-values.js';

/** A table that rows are made for. */
export interface SampleTable {
  readonly oid: number;
  /** Quoted and qualified. */
  readonly name: string;
  readonly partitioned: boolean;
  readonly forcedRowSecurity: boolean;
  /** Those that an INSERT names: no generated and no ALWAYS identity columns. */
  readonly columns: readonly SampleColumn[];
  /** CHECK constraints, those of the columns' domains too: the columns they read and their expression. */
  readonly checks: readonly { columns: readonly string[]; expression: string }[];
  readonly foreignKeys: readonly {
    columns: readonly string[];
    parent: number;
    parentName: string;
    parentColumns: readonly string[];
  }[];
  readonly rows: number;
}

/** Tables whose rows are the database's own: none of extensions, libraries or the tool, no partitions. */
const ownTables = `pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't' and c.relname <> '_prisma_migrations'
  and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'graphile_worker', 'plinth_migrate')
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

const query = `
select c.oid::int as oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind = 'p' as partitioned, c.relforcerowsecurity as "forcedRowSecurity",
  coalesce((select json_agg(json_build_object('name', a.attname, 'type', format_type(coalesce(b.oid, t.oid), case when b.oid is null then a.atttypmod else t.typtypmod end),
      'category', coalesce(b.typcategory, t.typcategory), 'notNull', a.attnotnull or t.typnotnull,
      'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = coalesce(b.oid, t.oid)),
      'defaultExpression', coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault)) order by a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''), '[]') as columns,
  coalesce((select json_agg(x) from (
      select (select json_agg(a.attname) from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey)) as columns,
             pg_get_expr(k.conbin, k.conrelid) as expression
        from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.conkey <> '{}'
      union all
      select json_build_array(a.attname), regexp_replace(pg_get_expr(k.conbin, 0), '\\mVALUE\\M', quote_ident(a.attname), 'g')
        from pg_attribute a join pg_constraint k on k.contypid = a.atttypid and k.contype = 'c'
       where a.attrelid = c.oid and not a.attisdropped) x), '[]') as checks,
  coalesce((select json_agg(json_build_object('parent', k.confrelid::int, 'parentName', (select format('%I.%I', pn.nspname, p.relname) from pg_class p join pg_namespace pn on pn.oid = p.relnamespace where p.oid = k.confrelid),
      'columns', (select json_agg(a.attname order by u.i) from unnest(k.conkey) with ordinality u(num, i) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num),
      'parentColumns', (select json_agg(a.attname order by u.i) from unnest(k.confkey) with ordinality u(num, i) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num)) order by cardinality(k.conkey) desc, k.conname)
    from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0), '[]') as "foreignKeys"
from ${ownTables}
order by 2`;

/** A table as far as reading its rows needs it. */
export interface DataTable extends Pick<SampleTable, 'oid' | 'name' | 'forcedRowSecurity'> {
  /** All of them; a column's number stays the same when it is renamed. */
  readonly columns: readonly { readonly number: number; readonly name: string; readonly type: string }[];
}

/** Reads the same tables, without what making rows needs. */
export async function readDataTables(client: pg.Client): Promise<DataTable[]> {
  const { rows } = await client.query<DataTable>(`
select c.oid::int as oid, format('%I.%I', n.nspname, c.relname) as name, c.relforcerowsecurity as "forcedRowSecurity",
  coalesce((select json_agg(json_build_object('number', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns
from ${ownTables}
order by 2`);
  return rows;
}

/** Reads the tables that samples are made for, parents before children as far as there is such an order. */
export async function readSampleTables(client: pg.Client): Promise<SampleTable[]> {
  const { rows } = await client.query<Omit<SampleTable, 'rows'>>(query);
  const tables: SampleTable[] = [];
  for (const table of rows) {
    const { rows: counted } = await client.query<{ n: number }>(
      `select count(*)::int as n from (select from ${table.name} limit 2) t`,
    );
    tables.push({ ...table, rows: counted[0]?.n ?? 0 });
  }
  return parentsFirst(tables);
}

/** Only a NOT NULL reference forces an order: a nullable one starts as null where its parent comes later. */
function parentsFirst(tables: SampleTable[]): SampleTable[] {
  const sorted: SampleTable[] = [];
  const state = new Map<number, 'open' | 'done'>();
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const visit = (table: SampleTable) => {
    if (state.has(table.oid)) return;
    state.set(table.oid, 'open');
    const required = (columns: readonly string[]) =>
      columns.every((name) => table.columns.find((column) => column.name === name)?.notNull ?? true);
    // Required parents first, so that a cycle is cut at a nullable reference.
    for (const wanted of [true, false]) {
      for (const { columns, parent } of table.foreignKeys) {
        const other = byOid.get(parent);
        if (other !== undefined && required(columns) === wanted) visit(other);
      }
    }
    state.set(table.oid, 'done');
    sorted.push(table);
  };
  tables.forEach(visit);
  return sorted;
}
