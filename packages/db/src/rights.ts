import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One statement per line, as `readRights` answers them of a freshly migrated database. Written by `pnpm docs:schema`. */
export const RIGHTS_FILE = fileURLToPath(new URL('../prisma/rights.sql', import.meta.url));

/** The first line of that file. */
const HEAD =
  '-- Every grant, policy and row security setting that the migrations lead to; `plinth validate` compares with it. Written by `pnpm docs:schema`; do not edit.';

/**
 * Tables, sequences and functions of everybody who logs in; what belongs to an extension, is a partition, or was made at
 * run time is left out. Role names are quoted where they have to be; the owner is always called plinth_owner.
 */
const READ = `
with schemas as (
  select oid, nspname, nspowner, nspacl from pg_namespace
   where nspname in ('public', 'plinth', 'audit', 'archive', 'graphile_worker')
), relations as (
  select c.oid, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join schemas n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'S') and not c.relispartition and n.nspname <> 'archive'
     and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
), rights as (
  select 'SCHEMA ' || quote_ident(nspname) as object, nspowner as owner, nspacl as acl from schemas
  union all
  select case relkind when 'S' then 'SEQUENCE ' else 'TABLE ' end || name, relowner, relacl from relations
  union all
  select 'FUNCTION ' || p.oid::regprocedure, p.proowner, p.proacl from pg_proc p join schemas n on n.oid = p.pronamespace
   where not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
)
select format('GRANT %s ON %s TO %s', privilege_type, object, case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end) as line
  from rights, aclexplode(acl) where grantee <> owner
union all
select format('GRANT %s (%I) ON TABLE %s TO %s', privilege_type, a.attname, r.name, quote_ident(pg_get_userbyid(grantee)))
  from relations r join pg_attribute a on a.attrelid = r.oid, aclexplode(a.attacl) where grantee <> relowner
union all
select 'ALTER TABLE ' || name || ' ENABLE ROW LEVEL SECURITY' from relations where relrowsecurity
union all
select 'ALTER TABLE ' || name || ' FORCE ROW LEVEL SECURITY' from relations where relforcerowsecurity
union all
select format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, r.name, case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end,
         case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
         (select string_agg(role, ', ' order by role) from unnest(p.polroles) id,
           lateral (select case id when 0 then 'PUBLIC' when r.relowner then 'plinth_owner' else quote_ident(pg_get_userbyid(id)) end as role) named))
       || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
       || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
  from pg_policy p join relations r on r.oid = p.polrelid
 order by 1`;

/**
 * Every grant, policy and row security setting of our schemas, each as the statement that makes it, sorted. Asks the
 * catalogs alone: any role may. The session's search path must be empty, for PostgreSQL leaves out what is on it.
 */
export async function readRights(
  query: (text: string) => Promise<readonly { line?: unknown }[]>,
): Promise<string[]> {
  const rows = await query(READ);
  // Definitions are printed over several lines where they hold a subquery.
  return rows.map(({ line }) => String(line).replace(/\s*\n\s*/g, ' ')).sort();
}

/** What `readRights` answers of a database that has all migrations of this release. */
export async function expectedRights(): Promise<string[]> {
  const text = await readFile(RIGHTS_FILE, 'utf8');
  return text.split('\n').flatMap((line) => (line.endsWith(';') ? [line.slice(0, -1)] : []));
}

/** The file for these rights. */
export const formatRights = (rights: readonly string[]): string =>
  `${[HEAD, ...rights.map((line) => `${line};`)].join('\n')}\n`;
