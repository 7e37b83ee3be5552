import type { Database } from '@plinth/db';

interface Column {
  table: string;
  name: string;
  type: string;
  kind: 'e' | 'b' | 'd' | 'c' | 'r';
  element: string | null;
  references: boolean;
  /** It is what a paging index begins with. */
  pages: boolean;
}

const COLUMNS = `
  select a.attrelid::regclass::text as "table", a.attname as name, t.typname as type, t.typtype::text as kind,
         e.typname as element,
         exists (select from pg_constraint f where f.contype = 'f' and f.conrelid = a.attrelid and a.attnum = any(f.conkey)) as references,
         exists (select from pg_index i where i.indrelid = a.attrelid and i.indkey[0] = a.attnum and i.indnatts > 2) as pages
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_type t on t.oid = a.atttypid
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
   where n.nspname in ('public', 'audit') and c.relkind in ('r', 'p') and not c.relispartition
     and c.relname <> '_prisma_migrations' and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = ''
     and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
   order by 1, a.attnum`;

/** Values that set the living and valid rows apart are left null, so that partial indexes hold every row. */
const leftNull = new Set(['deleted_at', 'revoked_at', 'resolved_at']);

/**
 * Puts `rows` rows into every table by SQL alone, with values by column type: the parents of a table's paged
 * foreign key have a hundred children each, of the others twenty, rare enum values two rows in a hundred, times are shuffled. CHECKs are dropped and triggers do not run: this
 * database is for looking at plans. Needs a superuser. Answers the tables.
 */
export async function fillTables(db: Database, rows: number): Promise<string[]> {
  const columns = await db.query<Column>(COLUMNS);
  const checks = await db.query<{ statement: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as statement
       from pg_constraint c join pg_class t on t.oid = c.conrelid
      where contype = 'c' and connamespace in ('public'::regnamespace, 'audit'::regnamespace) and not t.relispartition`,
  );
  for (const { statement } of checks) await db.query(statement);
  const tables = [...new Set(columns.map((column) => column.table))];
  for (const table of tables) {
    const own = columns.filter((column) => column.table === table && !leftNull.has(column.name));
    const references = own
      .filter((column) => column.references)
      .sort((a, b) => Number(b.pages) - Number(a.pages));
    const values = own.map((column) => expressionFor(column, references.indexOf(column), rows));
    const names = own.map(({ name }) => `"${name}"`).join(', ');
    await db.tx(async (sql) => {
      await sql.query(`set local session_replication_role = 'replica'`);
      await sql.query(
        `insert into ${table} (${names}) select ${values.join(', ')} from generate_series(1, ${rows}) g`,
      );
    });
  }
  await db.query(`vacuum analyze ${tables.join(', ')}`);
  return tables;
}

const uuid = (number: string): string =>
  `('00000000-0000-7000-8000-' || lpad(to_hex((${number})::bigint), 12, '0'))::uuid`;

function expressionFor(column: Column, reference: number, rows: number): string {
  const { name, type, kind, element } = column;
  const few = rows / 100;
  // Pairs of references are unique: the first cycles, the second advances once per cycle.
  const parent =
    reference === 0 ? `1 + g % ${few}` : `1 + (g / ${few} + (g % ${few}) * ${37 * reference}) % ${rows / 20}`;
  if (column.references) return uuid(parent);
  if (type === 'uuid') return name === 'id' || name === 'jti' ? uuid('g') : uuid(`1 + g % ${rows / 20}`);
  if (kind === 'e') {
    return `(enum_range(null::${type}))[case when g % 50 = 0 then 2 + (g / 50) % (cardinality(enum_range(null::${type})) - 1) else 1 end]`;
  }
  if (element !== null) return element === 'text' ? `array['${name}' || g % 1000]` : `'{}'`;
  // Every partition of the audit log gets rows, the default one too.
  if (name === 'occurred_at')
    return `date_trunc('month', now()) + (((g::bigint * 7919) % ${rows}) * 140.0 / ${rows} - 20) * interval '1 day'`;
  const byType: Record<string, string> = {
    text: `'${name} ' || md5((g)::text)`,
    timestamptz: `date_trunc('month', now()) + ((g::bigint * 7919) % ${rows}) * interval '1 second'`,
    date: `date '2000-01-01' + g % 9000`,
    bool: 'false',
    int2: '1 + g % 3',
    int4: 'g',
    int8: 'g',
    numeric: '0.5',
    jsonb: `jsonb_build_object('key', 'value ' || g)`,
    bytea: `decode(md5('${name}' || g), 'hex')`,
    inet: `'10.0.0.1'::inet`,
    xid8: 'g::text::xid8',
  };
  const expression = byType[type];
  if (expression === undefined)
    throw new Error(`no values for column ${column.table}.${name} of type ${type}`);
  return expression;
}
