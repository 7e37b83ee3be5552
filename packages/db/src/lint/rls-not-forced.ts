import { type LintRule, objectsOf, SCHEMAS } from './rule.js';

/** Row security that definer functions and migrations of the owner walk through. */
export const rlsNotForced: LintRule = {
  name: 'rls-not-forced',
  level: 'critical',
  message: 'row security does not hold for the owner of the table',
  fix: 'alter table ... force row level security',
  find: (sql) =>
    objectsOf(
      sql,
      `select c.oid::regclass::text as object from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p') and c.relrowsecurity and not c.relforcerowsecurity order by 1`,
    ),
};
