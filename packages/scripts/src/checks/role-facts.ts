import type { Database } from '@plinth/db';

/** What a role is and may do in this database. */
export interface RoleFacts {
  /** Attributes of the login that it has, such as SUPERUSER. */
  attributes: ReadonlySet<string>;
  /** Predefined roles and plinth_owner that it is a member of. */
  memberOf: ReadonlySet<string>;
  /** `INSERT on public.users` for each privilege on one of `tables` that it holds. */
  tablePrivileges: ReadonlySet<string>;
  /** Those of `tables` that exist. */
  tables: readonly string[];
  /** Tables whose owner's rights it has. */
  owns: ReadonlySet<string>;
  /** `CREATE on database`, `TEMPORARY on database`, `CREATE on schema public`, `USAGE on schema audit` ... */
  otherPrivileges: ReadonlySet<string>;
  /** Timeouts that are set for its sessions in this database. */
  settings: ReadonlyMap<string, string>;
}

/** Names to ids by the catalogs: to_regclass would need USAGE on the schema, which may be what is missing. */
const EXISTING = `select n.nspname || '.' || c.relname as name, c.oid, c.relowner
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and n.nspname || '.' || c.relname = any($2::text[])`;

const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'];

/**
 * Reads the facts of a login. `acting` is the role whose privileges count: the migrator acts as the owner. Asks the
 * catalogs alone, so that any role's session can ask about any other.
 */
export async function readRoleFacts(
  db: Database,
  role: { login: string; acting: string },
  tables: readonly string[],
): Promise<RoleFacts> {
  const { login, acting } = role;
  const [attributes, memberOf, tablePrivileges, owns, otherPrivileges, settings, existing] =
    await Promise.all([
      names(
        db,
        `select name from pg_catalog.pg_roles r, lateral (values ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole),
         ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls), ('LOGIN', rolcanlogin)) a(name, has)
        where rolname = $1 and has`,
        [login],
      ),
      names(
        db,
        `select rolname as name from pg_catalog.pg_roles
        where rolname in ('pg_monitor', 'pg_read_all_data', 'pg_write_all_data', 'plinth_owner') and pg_has_role($1, oid, 'MEMBER')`,
        [login],
      ),
      names(
        db,
        `select p || ' on ' || t.name as name from (${EXISTING}) t, unnest($3::text[]) p
        where has_table_privilege($1, t.oid, p)`,
        [acting, tables, PRIVILEGES],
      ),
      names(db, `select t.name from (${EXISTING}) t where pg_has_role($1, t.relowner, 'USAGE')`, [
        acting,
        tables,
      ]),
      names(
        db,
        `select p || ' on database' as name from unnest(array['CREATE', 'TEMPORARY', 'CONNECT']) p
        where has_database_privilege($1, current_database(), p)
       union all
       select p || ' on schema ' || nspname from pg_catalog.pg_namespace, unnest(array['CREATE', 'USAGE']) p
        where nspname in ('public', 'plinth', 'audit') and has_schema_privilege($1, oid, p)
       union all
       select 'EXECUTE on ' || p.oid::regprocedure from pg_catalog.pg_proc p
        where pronamespace in (select oid from pg_catalog.pg_namespace where nspname in ('plinth', 'audit'))
          and has_function_privilege($1, p.oid, 'EXECUTE')`,
        [acting],
      ),
      readSettings(db, login),
      names(db, `select t.name from (${EXISTING}) t where $1::text is not null order by 1`, [acting, tables]),
    ]);
  return { attributes, memberOf, tablePrivileges, tables: [...existing], owns, otherPrivileges, settings };
}

async function names(db: Database, text: string, parameters: readonly unknown[]): Promise<Set<string>> {
  const rows = await db.query<{ name: string }>(text, parameters as (string | string[])[]);
  return new Set(rows.map((row) => row.name));
}

/** Settings given to the role or the database, the more specific one last so that it wins. */
async function readSettings(db: Database, login: string): Promise<Map<string, string>> {
  const rows = await db.query<{ name: string; value: string }>(
    `select split_part(entry, '=', 1) as name, substr(entry, strpos(entry, '=') + 1) as value
       from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) entry
      where s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
        and s.setrole in (0, (select oid from pg_catalog.pg_roles where rolname = $1))
      order by s.setrole <> 0, s.setdatabase <> 0`,
    [login],
  );
  return new Map(rows.map(({ name, value }) => [name, value]));
}
