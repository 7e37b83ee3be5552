import { PlinthError } from '../errors.js';
import { quoteIdentifier, type Sql } from '../sql.js';

/**
 * The column that identifies a row. Seeding leaves alone the tables without a UUID key: health_check belongs to the
 * probes that write it.
 */
export function idColumnOf(table: string): string {
  return table === 'token_blacklist' ? 'jti' : 'id';
}

/** Tables of schema public that seeding may fill: those with a UUID primary key of one column. */
export async function listTables(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select c.relname as name from pg_catalog.pg_class c
       join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p' and cardinality(k.conkey) = 1
       join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid = 'uuid'::regtype
      order by 1`,
  );
  return rows.map((row) => row.name);
}

/** A condition on `expression`: it is the id of a row of `table` (a parameter such as `$1`) that seeding created. */
export function isSeeded(tableParameter: string, expression: string): string {
  return `(exists (select from plinth.seeded_rows s where s.table_name = ${tableParameter} and s.row_id = ${expression})
    or exists (select from plinth.seeded_ranges r
                where r.table_name = ${tableParameter} and ${expression} between r.first_id and r.last_id))`;
}

/** `public."table"`. */
export const publicTable = (table: string): string => `public.${quoteIdentifier(table)}`;

/**
 * Lets the rest of this transaction see and write every row of these tables: the owner of the tables says that it does
 * maintenance, a superuser needs nothing. Throws `seed_role` where row security would hide rows all the same.
 */
export async function openAllRows(sql: Sql, tables: readonly string[]): Promise<void> {
  await sql.query("select set_config('plinth.maintenance', 'on', true)");
  const hidden = await sql.query<{ name: string }>(
    `select t.name from unnest($1::text[]) as t(name) join pg_catalog.pg_class c on c.oid = format('public.%I', t.name)::regclass
      where row_security_active(c.oid) and not pg_has_role(current_user, c.relowner, 'USAGE')`,
    [tables],
  );
  if (hidden.length === 0) return;
  const names = hidden.map((row) => row.name).join(', ');
  throw new PlinthError('seed_role', `row security hides rows of ${names} from this role`, {
    fix: 'set MIGRATE_DATABASE_URL (or ADMIN_DATABASE_URL) to the role that owns the tables',
  });
}
