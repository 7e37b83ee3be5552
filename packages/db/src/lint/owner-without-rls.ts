import { type LintRule, objectsOf, SCHEMAS } from './rule.js';

/** Read by more than the user they name: who holds a role, and who takes part in a conversation. */
const SHARED = "'role_assignments', 'conversation_participants'";

/** A new table of a person whose row security was forgotten. */
export const ownerWithoutRls: LintRule = {
  name: 'owner-without-rls',
  level: 'critical',
  message: 'its rows belong to a user (user_id), but row security is off',
  fix: 'force row security with a policy on user_id, or list the table here with the reason',
  find: (sql) =>
    objectsOf(
      sql,
      `select c.oid::regclass::text as object
         from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and a.attnotnull and not a.attisdropped
         join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum]
        where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p') and not c.relrowsecurity and c.relname <> all (array[${SHARED}]) order by 1`,
    ),
};
