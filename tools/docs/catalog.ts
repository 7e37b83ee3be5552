/** Runs one query; the documentation does not care with what. */
export type Query = <T extends object>(text: string) => Promise<T[]>;

export interface Column {
  table: string;
  name: string;
  type: string;
  required: boolean;
  default: string | null;
  comment: string | null;
}

export interface Catalog {
  /** `schema.name` with its kind (r, p, v) and comment. */
  tables: { name: string; kind: string; comment: string | null }[];
  columns: Column[];
  foreignKeys: { table: string; column: string; target: string; onDelete: string; required: boolean }[];
  primaryKeys: { table: string; column: string }[];
  indexes: { table: string; name: string; definition: string }[];
  checks: { table: string; name: string; definition: string }[];
  enums: { name: string; values: string[] }[];
}

/** Our tables: partitions and Prisma's own are left out. */
const OURS = `n.nspname in ('public', 'audit', 'plinth') and not c.relispartition and c.relname <> '_prisma_migrations'
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`;

const NAME = `n.nspname || '.' || c.relname`;
const FROM = 'pg_class c join pg_namespace n on n.oid = c.relnamespace';

/** Reads the tables, views and enums of a migrated database in a fixed order. */
export async function readCatalog(query: Query): Promise<Catalog> {
  return {
    tables: await query(
      `select ${NAME} as name, c.relkind::text as kind, obj_description(c.oid, 'pg_class') as comment
         from ${FROM} where c.relkind in ('r', 'p', 'v') and ${OURS} order by 1`,
    ),
    columns: await query(
      `select ${NAME} as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
              case when a.attidentity <> '' then 'identity' else pg_get_expr(e.adbin, e.adrelid) end as "default",
              col_description(c.oid, a.attnum) as comment
         from ${FROM} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         left join pg_attrdef e on e.adrelid = c.oid and e.adnum = a.attnum
        where c.relkind in ('r', 'p', 'v') and ${OURS} order by 1, a.attnum`,
    ),
    foreignKeys: await query(
      `select ${NAME} as "table", a.attname as column, tn.nspname || '.' || t.relname as target, a.attnotnull as required,
              case f.confdeltype when 'c' then 'cascade' when 'n' then 'set null' when 'r' then 'restrict' when 'd' then 'set default' else 'no action' end as "onDelete"
         from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_namespace n on n.oid = c.relnamespace
         join pg_class t on t.oid = f.confrelid join pg_namespace tn on tn.oid = t.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum = any(f.conkey)
        where f.contype = 'f' and ${OURS} order by 1, 2`,
    ),
    primaryKeys: await query(
      `select ${NAME} as "table", a.attname as column from pg_index i join pg_class c on c.oid = i.indrelid
         join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
        where i.indisprimary and ${OURS} order by 1, 2`,
    ),
    indexes: await query(
      `select ${NAME} as "table", x.relname as name,
              regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX \\S+ ON (ONLY )?\\S+ USING ', '\\1') as definition
         from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
         join pg_namespace n on n.oid = c.relnamespace
        where not i.indisprimary and ${OURS} order by 1, 2`,
    ),
    checks: await query(
      `select ${NAME} as "table", k.conname as name, pg_get_expr(k.conbin, k.conrelid) as definition
         from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where k.contype = 'c' and ${OURS} order by 1, 2`,
    ),
    enums: await query(
      `select t.typname as name, array(select enumlabel::text from pg_enum where enumtypid = t.oid order by enumsortorder) as values
         from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and n.nspname = 'public' order by 1`,
    ),
  };
}
