import { type LintRule, objectsOf, SCHEMAS } from './rule.js';

/** Policies that nothing applies. */
export const policyWithoutRls: LintRule = {
  name: 'policy-without-rls',
  level: 'critical',
  message: 'it has policies, but row security is off',
  fix: 'alter table ... enable row level security, force row level security',
  find: (sql) =>
    objectsOf(
      sql,
      `select c.oid::regclass::text as object from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ${SCHEMAS} and not c.relrowsecurity
          and exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid) order by 1`,
    ),
};
