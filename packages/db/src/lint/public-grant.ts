import { type LintRule, notOfExtension, objectsOf, SCHEMAS } from './rule.js';

/** Privileges of PUBLIC on schemas, relations, columns and functions. */
export const publicGrant: LintRule = {
  name: 'public-grant',
  level: 'critical',
  message: 'every role of the server may use it',
  fix: 'revoke the privilege from public and grant it to the roles that need it',
  find: (sql) =>
    objectsOf(
      sql,
      `select p.oid::regprocedure::text as object from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ${SCHEMAS} and ${notOfExtension('pg_proc', 'p.oid')}
          and exists (select from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a where a.grantee = 0)
       union all
       select c.oid::regclass::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ${SCHEMAS} and ${notOfExtension('pg_class', 'c.oid')}
          and (exists (select from pg_catalog.aclexplode(c.relacl) a where a.grantee = 0)
               or exists (select from pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) a where t.attrelid = c.oid and a.grantee = 0))
       union all
       select n.nspname from pg_catalog.pg_namespace n
        where n.nspname in ${SCHEMAS} and exists (select from pg_catalog.aclexplode(n.nspacl) a where a.grantee = 0)
       order by 1`,
    ),
};
