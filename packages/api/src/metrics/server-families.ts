import type { Counters, StatementCounter, TableFacts } from '@plinth/db/monitor';
import { counter, type Family, gauge, type Reading, type Sample, secondsOf } from './family.js';

/** Tables with series of their own: the largest. */
const MAX_TABLES = 50;

/** Adds the database's name, as postgres_exporter does. */
const named = ({ monitoring: { databaseName } }: Reading, value: number | null | undefined): Sample[] =>
  value === null || value === undefined ? [] : [{ labels: { datname: databaseName }, value }];

const overview = ({ snapshot }: Reading) => snapshot.overview;
const files = ({ snapshot }: Reading) => snapshot.files;

const databaseCounter = (name: string, help: string, field: keyof Counters): Family =>
  counter(`pg_stat_database_${name}`, help, (reading) => named(reading, reading.snapshot.counters?.[field]));

/** `public."Odd.Name"` as schema and table, without quotes. */
function partsOf(table: string): { schemaname: string; relname: string } {
  const parts = table.match(/"(?:[^"]|"")*"|[^.]+/g) ?? [];
  const [schemaname = '', relname = ''] = parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
  );
  return { schemaname, relname };
}

const perTable =
  (read: (table: TableFacts) => number | null) =>
  (reading: Reading): Sample[] =>
    reading.tables.slice(0, MAX_TABLES).flatMap((table) =>
      named(reading, read(table)).map((sample) => ({
        ...sample,
        labels: { ...sample.labels, ...partsOf(table.table) },
      })),
    );
const tableGauge = (name: string, help: string, read: (table: TableFacts) => number | null): Family =>
  gauge(`pg_stat_user_tables_${name}`, help, perTable(read));
const tableCounter = (name: string, help: string, read: (table: TableFacts) => number): Family =>
  counter(`pg_stat_user_tables_${name}`, help, perTable(read));

const perStatement = (read: (statement: StatementCounter) => number) => (reading: Reading) =>
  reading.statements.map((statement) => ({
    labels: { datname: reading.monitoring.databaseName, queryid: statement.queryid },
    value: read(statement),
  }));

/** The server, by the names and with the meanings of postgres_exporter, so that its dashboards and rules work. */
export const serverFamilies: readonly Family[] = [
  gauge('pg_up', 'Whether the last look at the server succeeded.', ({ snapshot }) =>
    snapshot.state === 'up' ? 1 : 0,
  ),
  gauge('pg_postmaster_start_time_seconds', 'When the server started.', (reading) =>
    secondsOf(overview(reading)?.startedAt),
  ),
  gauge(
    'pg_settings_max_connections',
    'The setting max_connections.',
    (reading) => overview(reading)?.connections.maximum,
  ),
  gauge('pg_stat_activity_count', 'Sessions by state.', (reading) =>
    Object.entries(overview(reading)?.activity ?? {}).map(([state, value]) => ({
      labels: { datname: reading.monitoring.databaseName, state },
      value,
    })),
  ),
  gauge('pg_stat_activity_max_tx_duration', 'Age of the oldest transaction in seconds.', (reading) => {
    const longest = overview(reading)?.longestTransactionMs;
    return named(reading, longest === undefined ? null : longest / 1_000);
  }),
  gauge('pg_locks_count', 'Locks by mode.', (reading) =>
    Object.entries(overview(reading)?.locks ?? {}).map(([mode, value]) => ({
      labels: { datname: reading.monitoring.databaseName, mode: mode.toLowerCase() },
      value,
    })),
  ),
  gauge('pg_database_size_bytes', 'Size of the database.', (reading) =>
    named(reading, reading.snapshot.databaseBytes),
  ),
  databaseCounter('xact_commit', 'Transactions committed.', 'commits'),
  databaseCounter('xact_rollback', 'Transactions rolled back.', 'rollbacks'),
  databaseCounter('blks_hit', 'Blocks found in the cache.', 'blocksHit'),
  databaseCounter('blks_read', 'Blocks read.', 'blocksRead'),
  databaseCounter('deadlocks', 'Deadlocks.', 'deadlocks'),
  databaseCounter('temp_files', 'Temporary files.', 'tempFiles'),
  databaseCounter('temp_bytes', 'Bytes written to temporary files.', 'tempBytes'),
  counter(
    'pg_stat_checkpointer_num_timed_total',
    'Checkpoints that came when they were due.',
    ({ snapshot }) => snapshot.counters?.checkpointsTimed,
  ),
  counter(
    'pg_stat_checkpointer_num_requested_total',
    'Checkpoints that came before they were due.',
    ({ snapshot }) => snapshot.counters?.checkpointsRequested,
  ),
  gauge(
    'pg_replication_lag_seconds',
    'How far the slowest standby, or this one, lags behind.',
    (reading) => overview(reading)?.replication.lagSeconds,
  ),
  gauge('pg_replication_slots_slot_is_active', 'Whether somebody reads from the slot.', (reading) =>
    files(reading)?.slots.map(({ name, active }) => ({ labels: { slot_name: name }, value: active ? 1 : 0 })),
  ),
  gauge(
    'pg_replication_slots_safe_wal_size_bytes',
    'Bytes that can be written before the slot is lost.',
    (reading) =>
      files(reading)?.slots.flatMap(({ name, safeWalBytes }) =>
        safeWalBytes === null ? [] : [{ labels: { slot_name: name }, value: safeWalBytes }],
      ),
  ),
  counter(
    'pg_stat_archiver_archived_count',
    'Log files archived.',
    (reading) => overview(reading)?.archiver.archived,
  ),
  counter(
    'pg_stat_archiver_failed_count',
    'Failures to archive a log file.',
    (reading) => overview(reading)?.archiver.failed,
  ),
  gauge('pg_stat_archiver_last_archive_age', 'Seconds since a log file was archived.', (reading) => {
    const last = secondsOf(overview(reading)?.archiver.lastArchivedAt);
    return last === null ? null : Math.max(0, Date.now() / 1_000 - last);
  }),
  gauge('pg_wal_size_bytes', 'Size of the write-ahead log.', (reading) => files(reading)?.wal?.bytes),
  gauge('pg_wal_segments', 'Files of the write-ahead log.', (reading) => files(reading)?.wal?.segments),
  tableGauge('n_live_tup', 'Rows, estimated.', ({ rows }) => rows),
  tableGauge('n_dead_tup', 'Dead rows, estimated.', ({ deadRows }) => deadRows),
  tableGauge(
    'table_size_bytes',
    'Size of the table, as of its last vacuum or analyze.',
    ({ tableBytes }) => tableBytes,
  ),
  tableGauge('index_size_bytes', 'Size of its indexes.', ({ indexBytes }) => indexBytes),
  tableGauge(
    'last_autovacuum',
    'When autovacuum last finished, in seconds since 1970; 0: never.',
    ({ lastAutovacuum }) => secondsOf(lastAutovacuum) ?? 0,
  ),
  tableCounter('seq_scan', 'Scans of the whole table.', ({ sequentialScans }) => sequentialScans),
  tableCounter('idx_scan', 'Scans of its indexes.', ({ indexScans }) => indexScans),
  tableCounter('n_tup_ins', 'Rows inserted.', ({ inserted }) => inserted),
  tableCounter('n_tup_upd', 'Rows updated.', ({ updated }) => updated),
  tableCounter('n_tup_hot_upd', 'Rows updated without touching an index.', ({ hotUpdated }) => hotUpdated),
  tableCounter('n_tup_del', 'Rows deleted.', ({ deleted }) => deleted),
  counter(
    'pg_stat_statements_calls_total',
    'Calls of the most expensive statements, and of all others as one.',
    perStatement(({ calls }) => calls),
  ),
  counter(
    'pg_stat_statements_seconds_total',
    'Time of the most expensive statements, and of all others as one.',
    perStatement(({ totalMs }) => totalMs / 1_000),
  ),
  counter(
    'pg_stat_statements_rows_total',
    'Rows of the most expensive statements, and of all others as one.',
    perStatement(({ rows }) => rows),
  ),
];
