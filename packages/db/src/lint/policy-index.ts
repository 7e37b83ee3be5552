import { type LintRule, objectsOf, SCHEMAS } from './rule.js';

/**
 * Columns that a policy reads rows by (USING) and no index leads with: every query of the table reads all of it. A
 * policy's dependencies name its columns. Booleans are left out: no index on them would be chosen.
 */
export const policyIndex: LintRule = {
  name: 'policy-index',
  level: 'warning',
  message: 'a policy compares it and no index leads with it',
  fix: 'create an index that begins with the column',
  find: (sql) =>
    objectsOf(
      sql,
      `select distinct format('%s.%I', c.oid::regclass, a.attname) as object
         from pg_catalog.pg_policy p
         join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         join pg_catalog.pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
         join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
        where n.nspname in ${SCHEMAS} and a.attnum > 0 and a.atttypid <> 'bool'::regtype
          and pg_catalog.pg_get_expr(p.polqual, p.polrelid) ~ ('\\m' || a.attname || '\\M')
          and not exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisvalid and i.indpred is null and i.indkey[0] = a.attnum)
        order by 1`,
    ),
};
