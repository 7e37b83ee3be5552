import { bootstrapCommand, type Check, fail, listed, pass } from './check.js';

/** What plinth.signal_session(), which runs with the owner's rights, needs of the server. */
const NEEDED = ['pg_read_all_stats', 'pg_signal_backend'];

/** The role that owns every object: nobody logs in as it, and sessions can be ended through it for people who may. */
export const owner: Check = {
  name: 'role owner',
  async run({ db }) {
    const found = await db.oneOrNone<{ login: boolean; superuser: boolean; held: string[] }>(
      `select rolcanlogin as login, rolsuper or rolbypassrls as superuser,
              array(select needed from unnest($1::text[]) needed where pg_has_role(r.oid, needed, 'USAGE')) as held
         from pg_catalog.pg_roles r where rolname = 'plinth_owner'`,
      [NEEDED],
    );
    if (found === null) return fail('role plinth_owner does not exist', bootstrapCommand('01-roles.sql'));
    const lacks = NEEDED.filter((role) => !found.held.includes(role));
    const problems = [
      ...(lacks.length > 0
        ? [`lacks ${listed(lacks)}: sessions cannot be ended through the API and the dashboard`]
        : []),
      ...(found.login ? ['should not have LOGIN'] : []),
      ...(found.superuser ? ['should not have SUPERUSER or BYPASSRLS'] : []),
    ];
    if (problems.length === 0) return pass('plinth_owner');
    return fail(['plinth_owner', ...problems].join('; '), bootstrapCommand('01-roles.sql'));
  },
};
