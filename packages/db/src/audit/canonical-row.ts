/**
 * The hash of one row of the audit log as SQL over an alias `l`: what audit.row_hash() computes when it seals.
 * Written out here so that verifying trusts no function of the database it examines. Every column, in a fixed order
 * and form; a new column of the log must be added to both, as null-safe text at the end.
 */
export const ROW_HASH = `pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(
  l.system_identifier::text, l.txid::text, l.id::text, (extract(epoch from l.occurred_at) * 1000)::bigint::text,
  l.action, l.entity, l.entity_id, l.before, l.after, pg_catalog.to_jsonb(l.changed), l.actor_type, l.actor_id, l.user_id, l.request_id, l.db_user
)::text, 'UTF8'))`;

/** The month of a row, in UTC, as it stands in its seal. */
export const ROW_MONTH = `(pg_catalog.date_trunc('month', l.occurred_at at time zone 'UTC'))::date`;
