import { defineTask, noPayload } from '../task.js';

const BATCH = 1_000;

/**
 * What is purged when: each deletes at most $1 rows, so that no lock is held for long. Row security lets the worker see
 * and delete expired sessions and tokens, and no others.
 */
export const PURGES: Readonly<Record<string, string>> = {
  sessions: 'delete from sessions where id in (select id from sessions where expires_at < now() limit $1)',
  email_verification_tokens:
    'delete from email_verification_tokens where id in (select id from email_verification_tokens where expires_at < now() limit $1)',
  password_reset_tokens:
    'delete from password_reset_tokens where id in (select id from password_reset_tokens where expires_at < now() limit $1)',
  token_blacklist:
    'delete from token_blacklist where jti in (select jti from token_blacklist where expires_at < now() limit $1)',
  idempotency_keys:
    'delete from idempotency_keys where id in (select id from idempotency_keys where expires_at < now() limit $1)',
  rate_limits:
    'delete from plinth.rate_limits where key in (select key from plinth.rate_limits where expire < extract(epoch from now()) * 1000 limit $1)',
  external_service_calls: `delete from external_service_calls where id in
     (select id from external_service_calls where created_at < now() - interval '30 days' order by created_at limit $1)`,
  metric_snapshots: `delete from metric_snapshots where id in
     (select id from metric_snapshots where captured_at < now() - interval '14 days' order by captured_at limit $1)`,
  webhook_events: `delete from webhook_events where id in
     (select id from webhook_events where status in ('delivered', 'dead') and updated_at < now() - interval '90 days' limit $1)`,
  'failed jobs': `delete from graphile_worker._private_jobs where id in
     (select id from graphile_worker._private_jobs
       where attempts >= max_attempts and locked_at is null and updated_at < now() - interval '30 days' limit $1)`,
};

/** Deletes what has expired or has been kept long enough, in batches. */
export const purgeExpired = defineTask({
  name: 'purge-expired',
  parse: noPayload,
  async run(_payload, { database, signal, log }) {
    for (const [what, statement] of Object.entries(PURGES)) {
      let total = 0;
      for (let purged = BATCH; purged === BATCH && !signal.aborted; total += purged) {
        purged = await database.none(statement, [BATCH]);
      }
      if (total > 0) log(`purged ${total} rows of ${what}`);
    }
  },
});
