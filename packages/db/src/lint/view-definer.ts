import { type LintRule, notOfExtension, objectsOf, SCHEMAS } from './rule.js';

/** Views with their owner's rights. Let through: a barrier that itself asks who acts (audit_entries). */
export const viewDefiner: LintRule = {
  name: 'view-definer',
  level: 'critical',
  message: 'it reads with the rights of its owner, past row security and grants',
  fix: 'create the view with (security_invoker = true), or as a security_barrier that asks who acts',
  find: (sql) =>
    objectsOf(
      sql,
      `select c.oid::regclass::text as object from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ${SCHEMAS} and c.relkind = 'v' and ${notOfExtension('pg_class', 'c.oid')}
          and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
          and not (coalesce(c.reloptions && array['security_barrier=true', 'security_barrier=on'], false)
                   and pg_catalog.pg_get_viewdef(c.oid) ~ 'plinth\\.(current_user_id|actor_has_role)\\(') order by 1`,
    ),
};
