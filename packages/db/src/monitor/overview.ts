import type { Sql } from '../sql.js';

/** What the server says of itself; every number from views that never wait for a lock. */
export interface Overview {
  version: string;
  startedAt: string;
  inRecovery: boolean;
  connections: { used: number; usable: number; maximum: number };
  /** Sessions of this database by state. */
  activity: Record<string, number>;
  longestTransactionMs: number;
  /** Locks of this database by mode. */
  locks: Record<string, number>;
  replication: { lagSeconds: number | null; standbys: number; slots: number; inactiveSlots: number };
  archiver: { archived: number; failed: number; lastArchivedAt: string | null };
}

const READ = `
select current_setting('server_version') as version, pg_postmaster_start_time() as "startedAt", pg_is_in_recovery() as "inRecovery",
       (select jsonb_build_object(
          'used', count(*) filter (where backend_type = 'client backend'),
          'maximum', current_setting('max_connections')::int,
          'usable', current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                      - coalesce(current_setting('reserved_connections', true), '0')::int)
          from pg_stat_activity) as connections,
       (select coalesce(jsonb_object_agg(state, n), '{}') from (
          select coalesce(state, 'unknown') as state, count(*) as n from pg_stat_activity
           where datname = current_database() and backend_type = 'client backend' group by 1) s) as activity,
       (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)) * 1000, 0)::float8 from pg_stat_activity
         where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()) as "longestTransactionMs",
       (select coalesce(jsonb_object_agg(mode, n), '{}') from (
          select mode, count(*) as n from pg_locks
           where database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()
           group by 1) l) as locks,
       (select jsonb_build_object(
          'lagSeconds', case when pg_is_in_recovery() then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())
                             else (select max(extract(epoch from replay_lag)) from pg_stat_replication) end,
          'standbys', (select count(*) from pg_stat_replication),
          'slots', (select count(*) from pg_replication_slots),
          'inactiveSlots', (select count(*) from pg_replication_slots where not active))) as replication,
       (select jsonb_build_object('archived', archived_count, 'failed', failed_count, 'lastArchivedAt', last_archived_time)
          from pg_stat_archiver) as archiver`;

/** Reads all of it with one statement. */
export async function readOverview(sql: Sql): Promise<Overview> {
  const row = await sql.one<Overview & { startedAt: Date }>(READ);
  return { ...row, startedAt: row.startedAt.toISOString() };
}

/** How releases and backups went so far. */
export interface Operations {
  migrations: { applied: number; failed: number; rolledBack: number };
  backups: {
    succeeded: number;
    failed: number;
    running: number;
    lastSucceededAt: string | null;
    lastBytes: number | null;
  };
}

const READ_OPERATIONS = `
select (select jsonb_build_object('applied', count(*) filter (where finished_at is not null and rolled_back_at is null),
                                  'failed', count(*) filter (where finished_at is null and rolled_back_at is null),
                                  'rolledBack', count(*) filter (where rolled_back_at is not null))
          from public._prisma_migrations) as migrations,
       (select jsonb_build_object('succeeded', count(*) filter (where status = 'succeeded'),
                                  'failed', count(*) filter (where status = 'failed'),
                                  'running', count(*) filter (where status = 'running'),
                                  'lastSucceededAt', max(finished_at) filter (where status = 'succeeded'),
                                  'lastBytes', (select stored_bytes from public.backup_runs where status = 'succeeded' order by finished_at desc limit 1))
          from public.backup_runs) as backups`;

/** Null while the tables are missing or locked. */
export async function readOperations(sql: Sql): Promise<Operations | null> {
  return await sql.one<Operations>(READ_OPERATIONS).catch(() => null);
}

/** Background jobs now. */
export interface Jobs {
  waiting: number;
  running: number;
  /** Given up; kept for 30 days. */
  failed: number;
  /** How long the oldest due job has been waiting. */
  oldestDueSeconds: number;
}

const READ_JOBS = `
select (count(*) filter (where locked_at is null and attempts < max_attempts))::int as waiting,
       (count(*) filter (where locked_at is not null))::int as running,
       (count(*) filter (where locked_at is null and attempts >= max_attempts))::int as failed,
       coalesce(extract(epoch from now() - min(run_at)
         filter (where locked_at is null and attempts < max_attempts and run_at <= now())), 0)::float8 as "oldestDueSeconds"
  from graphile_worker.jobs`;

/** Null while the view is missing, locked, or closed to the role. */
export async function readJobs(sql: Sql): Promise<Jobs | null> {
  return await sql.one<Jobs>(READ_JOBS).catch(() => null);
}

/** Bytes of this database on disk. */
export async function readDatabaseBytes(sql: Sql): Promise<number> {
  const { bytes } = await sql.one<{ bytes: number }>(
    'select pg_database_size(current_database())::float8 as bytes',
  );
  return bytes;
}
