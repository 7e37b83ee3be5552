import { type Check, fail, listed, pass } from './check.js';

/**
 * Sessions of programs that do not ask for UTC themselves (psql, pg_dump, a pooler's) get it too: the setting of
 * role in database, role or database, whichever the server would take first. A time zone of postgresql.conf alone
 * is not relied on: it changes with the server.
 */
export const timeZone: Check = {
  name: 'time zone',
  async run({ db, database }) {
    const rows = await db.query<{ role: string; zone: string | null }>(
      `select r.rolname as role, (
         select split_part(entry, '=', 2)
           from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) entry
          where entry ilike 'timezone=%'
            and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
            and s.setrole in (0, r.oid)
          order by (s.setrole <> 0) desc, (s.setdatabase <> 0) desc limit 1) as zone
         from pg_catalog.pg_roles r where r.rolname like 'plinth\\_%' and r.rolcanlogin
        union all select session_user, (
         select split_part(entry, '=', 2)
           from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) entry
          where entry ilike 'timezone=%'
            and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
            and s.setrole in (0, (select oid from pg_catalog.pg_roles where rolname = session_user))
          order by (s.setrole <> 0) desc, (s.setdatabase <> 0) desc limit 1)`,
    );
    const wrong = rows.filter(({ zone }) => !['utc', 'etc/utc'].includes((zone ?? '').toLowerCase()));
    if (wrong.length === 0) return pass('UTC for every role');
    const names = [...new Set(wrong.map(({ role, zone }) => `${role}: ${zone ?? "the server's default"}`))];
    const roles = [...new Set(wrong.filter(({ zone }) => zone !== null).map(({ role }) => role))];
    const statements = [
      `alter database "${database}" set timezone = 'UTC'`,
      ...roles.map((role) => `alter role "${role}" set timezone = 'UTC'`),
    ];
    return fail(
      listed(names),
      `psql "$(plinth db url --role admin)" -c "${statements.join('; ').replaceAll('"', '\\"')}"`,
    );
  },
};
