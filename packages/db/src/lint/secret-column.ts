import { type LintRule, objectsOf, SCHEMAS } from './rule.js';

/** Columns that look like secrets in clear, and envelopes without their check. */
export const secretColumn: LintRule = {
  name: 'secret-column',
  level: 'critical',
  message: 'its name promises a secret and its type stores it in clear',
  fix: 'store a hash (..._hash) or an envelope (..._enc bytea with a check)',
  find: (sql) =>
    objectsOf(
      sql,
      `select format('%s.%I', c.oid::regclass, a.attname) as object
         from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ${SCHEMAS} and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
          and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'json'::regtype, 'jsonb'::regtype, 'bytea'::regtype)
          and (a.attname ~ '(^|_)(password|passwd|secret|token|api_?key|private_?key|totp|pin|ssn|credit_?card|cvv)($|_)' and a.attname !~ '(_hash|_enc|_id|_type|_count|_prefix)$'
               -- An envelope is an envelope only where the table insists on it.
               or a.attname ~ '_enc$' and not (a.atttypid = 'bytea'::regtype and exists (
                 select from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.convalidated and k.conkey @> array[a.attnum])))
        order by 1`,
    ),
};
