import { type LintRule, objectsOf, SCHEMAS } from './rule.js';

/** Row security without a policy: nobody sees a row, and someone will switch it off to help. */
export const rlsWithoutPolicy: LintRule = {
  name: 'rls-without-policy',
  level: 'critical',
  message: 'row security is on but no policy lets anybody in',
  fix: 'add a policy for each role that works with the table',
  find: (sql) =>
    objectsOf(
      sql,
      `select c.oid::regclass::text as object from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p') and c.relrowsecurity
          and not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid) order by 1`,
    ),
};
