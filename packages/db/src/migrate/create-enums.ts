import type pg from 'pg';
import { quoteIdentifier } from '../sql.js';
import { nodeOf, textOf } from './lint/tree.js';
import { parseScript } from './split.js';

interface EnumColumn {
  readonly table: string;
  readonly column: string;
  readonly isArray: boolean;
  readonly preset: string | null;
}

/**
 * Rewrites how a generated down.sql takes values out of an enum. Prisma replaces the type first, and by the columns
 * that the history has: columns that migration.sql dropped are not there yet, and those that it added still hold the
 * old type. So the type is replaced last, when every table is as it was, in the order of values that it had.
 * `client` is on a database in the state that down.sql leads back to.
 */
export async function replaceEnumsLast(client: pg.Client, sql: string, file: string): Promise<string> {
  const { statements, neutralised } = await parseScript(sql, file);
  const lines = sql.split('\n');
  const replaced: string[] = [];
  // Prisma wraps each replacement, and nothing else, into BEGIN and COMMIT.
  for (let at = 0; at + 1 < neutralised.length; at += 2) {
    const [first, last] = [neutralised[at]?.line ?? 0, neutralised[at + 1]?.line ?? 0];
    const made = statements.find(
      ({ line, kind }) => line > first && line < last && kind === 'CreateEnumStmt',
    );
    const name = textOf(made === undefined ? undefined : nodeOf(made, 'CreateEnumStmt')?.typeName?.at(-1));
    if (!name.endsWith('_new')) continue;
    lines.fill('', first - 1, last);
    replaced.push(await replacement(client, name.replace(/_new$/, '')));
  }
  if (replaced.length === 0) return sql;
  return [
    lines
      .join('\n')
      .replace(/-- AlterEnum\s*(?=\n\n|$)/g, '')
      .trim(),
    ...replaced,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

async function replacement(client: pg.Client, name: string): Promise<string> {
  const [type, made, old] = [name, `${name}_new`, `${name}_old`].map(quoteIdentifier);
  const labels = await client.query<{ label: string }>(
    `select quote_literal(enumlabel) as label from pg_enum where enumtypid = to_regtype($1) order by enumsortorder`,
    [type],
  );
  const { rows: columns } = await client.query<EnumColumn>(
    `select format('%I.%I', n.nspname, c.relname) as table, quote_ident(a.attname) as column, a.atttypid <> t.oid as "isArray",
            pg_get_expr(d.adbin, d.adrelid) as preset
       from pg_type t join pg_attribute a on a.atttypid in (t.oid, t.typarray) and a.attnum > 0 and not a.attisdropped
       join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
       join pg_namespace n on n.oid = c.relnamespace
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where t.oid = to_regtype($1) order by 1, 2`,
    [type],
  );
  const alter = ({ table, column }: EnumColumn, change: string) =>
    `ALTER TABLE ${table} ALTER COLUMN ${column} ${change};`;
  const preset = columns.filter((column) => column.preset !== null);
  return [
    '-- AlterEnum',
    `CREATE TYPE ${made} AS ENUM (${labels.rows.map(({ label }) => label).join(', ')});`,
    ...preset.map((column) => alter(column, 'DROP DEFAULT')),
    ...columns.map((column) => {
      const brackets = column.isArray ? '[]' : '';
      return alter(
        column,
        `TYPE ${made}${brackets} USING (${column.column}::text${brackets}::${made}${brackets})`,
      );
    }),
    `ALTER TYPE ${type} RENAME TO ${old};`,
    `ALTER TYPE ${made} RENAME TO ${type};`,
    `DROP TYPE ${old};`,
    ...preset.map((column) => alter(column, `SET DEFAULT ${column.preset}`)),
  ].join('\n');
}
