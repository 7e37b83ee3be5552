import { type Check, fail, listed, pass } from './check.js';

/**
 * The application's login is one that the policies of row security are made for: plinth_app, or a member of it. Any
 * other, the tables' owner included, since row security is forced, finds tables empty that are not and cannot write to them.
 */
export const rowSecurity: Check = {
  name: 'row security',
  async run({ connect, settings }) {
    const db = await connect(settings.url);
    const { acting, exempt } = await db.one<{ acting: string; exempt: boolean }>(
      'select current_user as acting, rolsuper or rolbypassrls as exempt from pg_catalog.pg_roles where rolname = current_user',
    );
    if (exempt) return pass(`${acting} is exempt from row security`);
    const tables = await db.query<{ name: string; hidden: boolean }>(
      `select n.nspname || '.' || c.relname as name,
              (c.relforcerowsecurity or not pg_has_role(c.relowner, 'USAGE'))
                and not bool_or(exists (select from unnest(p.polroles) role where role = 0 or pg_has_role(role, 'USAGE'))) as hidden
         from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_policy p on p.polrelid = c.oid
        where c.relrowsecurity and p.polpermissive and (select oid from pg_catalog.pg_roles where rolname = 'plinth_app') = any(p.polroles)
        group by n.nspname, c.oid, c.relname, c.relforcerowsecurity, c.relowner order by 1`,
    );
    const hidden = tables.filter((table) => table.hidden).map(({ name }) => name);
    if (hidden.length === 0) return pass(`${acting} has policies on ${tables.length} tables`);
    return fail(
      `${acting} sees no row of ${listed(hidden)}: their policies are for plinth_app, and it is not a member of that`,
      `set DATABASE_URL to a login of plinth_app, or: psql "$(plinth db url --role admin)" -c 'grant plinth_app to "${acting.replaceAll('"', '""')}"'`,
    );
  },
};
