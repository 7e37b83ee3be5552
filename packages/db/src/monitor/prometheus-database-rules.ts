import type { MonitorConfig } from './config.js';
import { checks } from './findings/registry.js';
import { EACH_SERVER, type Rule } from './prometheus-rule.js';
import type { Thresholds } from './thresholds.js';

/** A number that /metrics tells, and from where on a check finds something. */
interface Measured {
  /** PromQL. */
  value: string;
  comparison: '>=' | '<';
  warning: number;
  critical?: number;
  /** PromQL that has to hold as well: a ratio of next to nothing says nothing. */
  provided?: string;
  says: string;
}

const seconds = (ms: number): number => ms / 1_000;

/** The checks whose number is a metric. The others are told by plinth_check_status, which the monitor itself decides. */
const measured = (t: Thresholds): Record<string, Measured> => ({
  'blocked-sessions': {
    value: 'plinth_oldest_blocked_seconds',
    comparison: '>=',
    warning: seconds(t.blockedWarningMs),
    critical: seconds(t.blockedCriticalMs),
    says: 'somebody has been waiting for a lock for {{ $value | humanizeDuration }}',
  },
  'long-transactions': {
    value: 'pg_stat_activity_max_tx_duration',
    comparison: '>=',
    warning: seconds(t.transactionWarningMs),
    critical: seconds(t.transactionCriticalMs),
    says: 'a transaction has been open for {{ $value | humanizeDuration }}',
  },
  connections: {
    value: 'plinth_connections_used / plinth_connections_usable',
    comparison: '>=',
    warning: t.connectionsWarningRatio,
    critical: t.connectionsCriticalRatio,
    says: '{{ $value | humanizePercentage }} of the connections are in use',
  },
  'disk-space': {
    value: 'plinth_disk_free_bytes / plinth_disk_size_bytes',
    comparison: '<',
    warning: t.diskFreeWarningRatio,
    critical: t.diskFreeCriticalRatio,
    says: '{{ $value | humanizePercentage }} of the disk is free',
  },
  wraparound: {
    value: 'plinth_xid_age_ratio',
    comparison: '>=',
    warning: t.wraparoundWarningRatio,
    critical: t.wraparoundCriticalRatio,
    says: '{{ $value | humanizePercentage }} of the {{ $labels.counter }} ids are in use',
  },
  'xmin-horizon': {
    value: 'plinth_xmin_horizon_age_xids',
    comparison: '>=',
    warning: t.xminAgeWarning,
    critical: t.xminAgeCritical,
    says: 'a {{ $labels.holder }} keeps vacuum {{ $value | humanize }} transactions behind',
  },
  'backups-stale': {
    value: 'time() - plinth_backup_last_success_timestamp_seconds',
    comparison: '>=',
    warning: seconds(t.backupAgeWarningMs),
    critical: seconds(t.backupAgeCriticalMs),
    says: 'the last backup is {{ $value | humanizeDuration }} old',
  },
  'cache-hit': {
    value:
      'increase(pg_stat_database_blks_hit[1h]) / (increase(pg_stat_database_blks_hit[1h]) + increase(pg_stat_database_blks_read[1h]))',
    comparison: '<',
    warning: t.cacheHitRatio,
    provided: `max ${EACH_SERVER} (increase(pg_stat_database_blks_read[1h])) >= ${t.cacheMinReads}`,
    says: '{{ $value | humanizePercentage }} of the blocks came from the cache',
  },
  'temp-files': {
    value: 'increase(pg_stat_database_temp_bytes[1h])',
    comparison: '>=',
    warning: t.tempBytesPerHour,
    says: '{{ $value | humanize1024 }}B of temporary files were written within an hour',
  },
  checkpoints: {
    value:
      'increase(pg_stat_checkpointer_num_requested_total[1h]) / (increase(pg_stat_checkpointer_num_requested_total[1h]) + increase(pg_stat_checkpointer_num_timed_total[1h]))',
    comparison: '>=',
    warning: t.checkpointRequestedRatio,
    provided: `max ${EACH_SERVER} (increase(pg_stat_checkpointer_num_requested_total[1h]) + increase(pg_stat_checkpointer_num_timed_total[1h])) >= ${t.checkpointMinimum}`,
    says: '{{ $value | humanizePercentage }} of the checkpoints came before their time',
  },
  sequences: {
    value: 'plinth_sequence_used_ratio_max',
    comparison: '>=',
    warning: t.sequenceWarningRatio,
    critical: t.sequenceCriticalRatio,
    says: 'a sequence has used {{ $value | humanizePercentage }} of its values',
  },
});

/** What the monitor alerts on: every check, and a server that is away. */
export function databaseRules({ thresholds }: Pick<MonitorConfig, 'thresholds'>): Rule[] {
  const numbers = measured(thresholds);
  const told = checks.map(({ id }) => id).filter((id) => !(id in numbers));
  const status = `max ${EACH_SERVER} (plinth_check_status{check=~"${told.join('|')}"})`;
  return [
    {
      alert: 'PlinthDatabaseDown',
      expr: `max ${EACH_SERVER} (pg_up) == 0`,
      severity: 'critical',
      check: 'database-down',
      summary: 'no process can look at the database',
    },
    ...Object.entries(numbers).flatMap(([check, number]) => rulesOf(check, number)),
    ...(['warning', 'critical'] as const).map(
      (severity): Rule => ({
        alert: 'PlinthNoBackup',
        expr: `max ${EACH_SERVER} (plinth_check_status{check="backups-stale"} >= ${severity === 'warning' ? 1 : 2} unless on (job, instance) plinth_backup_last_success_timestamp_seconds)`,
        severity,
        check: 'backups-stale',
        summary: 'no backup was ever made',
      }),
    ),
    ...(['warning', 'critical'] as const).map(
      (severity): Rule => ({
        alert: 'PlinthFinding',
        expr: `${status} >= ${severity === 'warning' ? 1 : 2}`,
        severity,
        summary: 'the check {{ $labels.check }} finds something: see /v1/database/findings',
      }),
    ),
  ];
}

function rulesOf(check: string, { value, comparison, warning, critical, provided, says }: Measured): Rule[] {
  const alert = `Plinth${check.replaceAll(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase())}`;
  const worst = comparison === '<' ? 'min' : 'max';
  const rule = (severity: Rule['severity'], limit: number): Rule => ({
    alert,
    expr: `${worst} ${EACH_SERVER} (${value}) ${comparison} ${limit}${provided ? ` and ${provided}` : ''}`,
    severity,
    check,
    summary: says,
  });
  return [rule('warning', warning), ...(critical === undefined ? [] : [rule('critical', critical)])];
}
