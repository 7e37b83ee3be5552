import { type LintRule, notOfExtension, objectsOf, SCHEMAS } from './rule.js';

/** Functions that a caller can make mean something else. Unlisted, pg_temp is searched first. */
export const functionSearchPath: LintRule = {
  name: 'function-search-path',
  level: 'critical',
  message: 'its search_path is not fixed, or lets temporary objects come first',
  fix: 'alter function ... set search_path = pg_catalog, pg_temp',
  find: (sql) =>
    objectsOf(
      sql,
      `select p.oid::regprocedure::text as object from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ${SCHEMAS} and ${notOfExtension('pg_proc', 'p.oid')}
          and not exists (select from unnest(p.proconfig) s where s ~ '^search_path=(""|pg_catalog|pg_catalog, ?pg_temp|"", ?pg_temp)$'
                            and (not p.prosecdef or s ~ 'pg_temp$')) order by 1`,
    ),
};
