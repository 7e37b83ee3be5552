import { defineTask, noPayload } from '../task.js';

/** Everything in one statement, so that the numbers are of one moment. Counters are since the server's statistics were reset. */
const SNAPSHOT = `
  insert into metric_snapshots (tier, data)
  select 1, jsonb_build_object(
      'databaseBytes', pg_database_size(current_database()),
      'connections', s.numbackends,
      'maxConnections', current_setting('max_connections')::int,
      'transactions', jsonb_build_object('committed', s.xact_commit, 'rolledBack', s.xact_rollback),
      'blocks', jsonb_build_object('hit', s.blks_hit, 'read', s.blks_read),
      'rows', jsonb_build_object('returned', s.tup_returned, 'fetched', s.tup_fetched, 'inserted', s.tup_inserted,
                                 'updated', s.tup_updated, 'deleted', s.tup_deleted),
      'deadlocks', s.deadlocks,
      'tempBytes', s.temp_bytes,
      'jobs', (select jsonb_build_object(
          'waiting', count(*) filter (where locked_at is null and attempts < max_attempts),
          'running', count(*) filter (where locked_at is not null),
          'failed', count(*) filter (where locked_at is null and attempts >= max_attempts),
          'oldestDueSeconds', coalesce(extract(epoch from now() - min(run_at)
              filter (where locked_at is null and attempts < max_attempts and run_at <= now())), 0))
        from graphile_worker._private_jobs),
      'webhooks', (select jsonb_build_object(
          'undelivered', count(*) filter (where status in ('pending', 'delivering', 'failed')),
          'dead', count(*) filter (where status = 'dead')) from webhook_events))
    from pg_stat_database s where s.datname = current_database()`;

/** Writes what the server says of itself into metric_snapshots (tier 1). */
export const collectMetrics = defineTask({
  name: 'collect-metrics',
  parse: noPayload,
  async run(_payload, { database }) {
    await database.none(SNAPSHOT);
  },
});
