import { type LintRule, objectsOf, SCHEMAS } from './rule.js';

/** Foreign keys without an index. */
export const foreignKeyIndex: LintRule = {
  name: 'foreign-key-index',
  level: 'warning',
  message: 'no index leads with its columns: deleting or changing the referenced row reads the whole table',
  fix: 'create an index on the columns of the foreign key',
  find: (sql) =>
    objectsOf(
      sql,
      `select format('%I on %s', k.conname, k.conrelid::regclass) as object
         from pg_catalog.pg_constraint k join pg_catalog.pg_namespace n on n.oid = k.connamespace
        where n.nspname in ${SCHEMAS} and k.contype = 'f' and k.conparentid = 0
          and not exists (select from pg_catalog.pg_index i
                           where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null
                             and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
                             and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] <@ k.conkey) order by 1`,
    ),
};
