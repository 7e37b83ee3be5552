import { type LintRule, objectsOf, SCHEMAS } from './rule.js';

/** Indexes that are kept up to date twice. */
export const duplicateIndex: LintRule = {
  name: 'duplicate-index',
  level: 'warning',
  message: 'another index of the same table is the same',
  fix: 'drop one of the two',
  find: (sql) =>
    objectsOf(
      sql,
      `select format('%I on %s', c.relname, i.indrelid::regclass) as object
         from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ${SCHEMAS}
          and exists (select from pg_catalog.pg_index o join pg_catalog.pg_class d on d.oid = o.indexrelid
                       where o.indrelid = i.indrelid and o.indexrelid <> i.indexrelid and d.relam = c.relam
                         and o.indkey = i.indkey and o.indclass = i.indclass and o.indcollation = i.indcollation and o.indoption = i.indoption
                         and pg_catalog.pg_get_expr(o.indexprs, o.indrelid) is not distinct from pg_catalog.pg_get_expr(i.indexprs, i.indrelid)
                         and pg_catalog.pg_get_expr(o.indpred, o.indrelid) is not distinct from pg_catalog.pg_get_expr(i.indpred, i.indrelid)
                         -- The one to keep is the unique one, else the older.
                         and (o.indisunique, -o.indexrelid::bigint) > (i.indisunique, -i.indexrelid::bigint)) order by 1`,
    ),
};
