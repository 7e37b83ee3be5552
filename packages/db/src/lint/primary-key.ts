import { type LintRule, notOfExtension, objectsOf, SCHEMAS } from './rule.js';

/** Tables whose rows cannot be told apart. */
export const primaryKey: LintRule = {
  name: 'primary-key',
  level: 'warning',
  message: 'it has no primary key',
  fix: 'add a primary key',
  find: (sql) =>
    objectsOf(
      sql,
      `select c.oid::regclass::text as object from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p') and ${notOfExtension('pg_class', 'c.oid')}
          and not exists (select from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'p') order by 1`,
    ),
};
