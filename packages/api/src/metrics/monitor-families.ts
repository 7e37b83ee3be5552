import { byLabel, counter, type Family, gauge, type Reading, type Sample, secondsOf } from './family.js';

const severities = ['info', 'warning', 'critical'] as const;

/** -1: could not look; 0: nothing, or a remark; 1: a warning; 2: critical. */
function checkStatus({ report: { checks, findings } }: Reading): Sample[] {
  return checks.map(({ id, status }) => {
    const found = findings.filter(({ check }) => check === id).map(({ severity }) => severity);
    const level = found.includes('critical') ? 2 : found.includes('warning') ? 1 : 0;
    return { labels: { check: id }, value: status === 'skipped' || status === 'not run' ? -1 : level };
  });
}

function findingCounts({ report: { checks, findings } }: Reading): Sample[] {
  return checks.flatMap(({ id }) =>
    severities.map((severity) => ({
      labels: { check: id, severity },
      value: findings.filter((finding) => finding.check === id && finding.severity === severity).length,
    })),
  );
}

function firing({ monitoring }: Reading): Sample[] {
  const alerts = monitoring.monitor.alerts();
  return (['warning', 'critical'] as const).map((severity) => ({
    labels: { severity },
    value: alerts.filter((alert) => alert.severity === severity).length,
  }));
}

/** 1 where all is well, 0 where it is not, for each thing that a probe tells. */
function healthState({ monitoring, snapshot }: Reading): Sample[] {
  const state = monitoring.probes();
  const told: Record<string, boolean> = { monitor: snapshot.state === 'up' };
  if (state) {
    told.database = state.observation.verdict.state === 'up';
    told.startup = state.startupAt !== undefined;
    told.ready = state.reason === undefined;
  }
  return Object.entries(told).map(([probe, well]) => ({ labels: { probe }, value: well ? 1 : 0 }));
}

const tiers = (values: Readonly<Record<1 | 2 | 3, number | null>>): Sample[] =>
  Object.entries(values).flatMap(([tier, ms]) =>
    ms === null ? [] : [{ labels: { tier }, value: ms / 1_000 }],
  );

/** What only Plinth knows: checks, alerts, who holds up vacuum, releases, backups, jobs, and its own cost. */
export const monitorFamilies: readonly Family[] = [
  gauge('plinth_health_state', 'Whether all is well, as each probe tells it.', healthState),
  gauge('plinth_snapshot_age_seconds', 'Age of what pg_* and plinth_* tell.', ({ snapshot: { ageMs } }) =>
    ageMs === null ? null : ageMs / 1_000,
  ),
  gauge(
    'plinth_check_status',
    'Worst finding of a check: 0 none or a remark, 1 warning, 2 critical; -1: it could not look.',
    checkStatus,
  ),
  gauge('plinth_findings', 'Findings of a check by severity.', findingCounts),
  gauge('plinth_alerts_firing', 'Alerts that fire now, as this process sees it.', firing),
  gauge(
    'plinth_blocked_sessions',
    'Sessions that wait for a lock.',
    ({ snapshot }) => snapshot.locks.blocked,
  ),
  gauge(
    'plinth_oldest_blocked_seconds',
    'How long the longest of them has been waiting.',
    ({ snapshot }) => snapshot.locks.oldestWaitMs / 1_000,
  ),
  gauge(
    'plinth_connections_used',
    'Connections of the server in use.',
    ({ snapshot }) => snapshot.overview?.connections.used,
  ),
  gauge(
    'plinth_connections_usable',
    'Connections that ordinary roles can have.',
    ({ snapshot }) => snapshot.overview?.connections.usable,
  ),
  gauge(
    'plinth_xmin_horizon_age_xids',
    'Transactions that the oldest holder of each kind keeps vacuum behind.',
    ({ snapshot }) =>
      snapshot.horizon?.holders.map(({ kind, age }) => ({ labels: { holder: kind }, value: age })),
  ),
  gauge(
    'plinth_xid_age_ratio',
    'Share of the transaction and multixact ids in use in the worst database.',
    ({ snapshot }) => {
      const { horizon } = snapshot;
      return byLabel(
        'counter',
        horizon && { transaction: horizon.transactionIdsUsed, multixact: horizon.multixactIdsUsed },
      );
    },
  ),
  gauge(
    'plinth_autovacuum_due_ratio_max',
    'The table that autovacuum owes most, as a multiple of where it starts.',
    ({ tables }) => {
      const due = tables.map(({ vacuumDue }) => vacuumDue);
      return due.length === 0 ? null : Math.max(...due);
    },
  ),
  gauge(
    'plinth_sequence_used_ratio_max',
    'Share of its values that the fullest sequence used.',
    ({ snapshot }) => snapshot.fullestSequence,
  ),
  gauge(
    'plinth_disk_free_bytes',
    "Free space where the server's data lies, if that is this machine.",
    ({ snapshot }) => snapshot.disk?.freeBytes,
  ),
  gauge('plinth_disk_size_bytes', 'Size of that disk.', ({ snapshot }) => snapshot.disk?.totalBytes),
  counter('plinth_migrations_total', 'Migrations by what became of them.', ({ snapshot }) => {
    const made = snapshot.operations?.migrations;
    return byLabel(
      'result',
      made && { succeeded: made.applied, failed: made.failed, rolled_back: made.rolledBack },
    );
  }),
  counter('plinth_backups_total', 'Backups by what became of them.', ({ snapshot }) => {
    const made = snapshot.operations?.backups;
    return byLabel('result', made && { succeeded: made.succeeded, failed: made.failed });
  }),
  gauge('plinth_backup_last_success_timestamp_seconds', 'When the last backup succeeded.', ({ snapshot }) =>
    secondsOf(snapshot.operations?.backups.lastSucceededAt),
  ),
  gauge(
    'plinth_backup_last_size_bytes',
    'Stored size of the last backup.',
    ({ snapshot }) => snapshot.operations?.backups.lastBytes,
  ),
  gauge('plinth_jobs', 'Background jobs by state; failed ones were given up.', ({ snapshot }) => {
    const { jobs } = snapshot;
    return byLabel('state', jobs && { waiting: jobs.waiting, running: jobs.running, failed: jobs.failed });
  }),
  gauge(
    'plinth_jobs_oldest_due_seconds',
    'How long the oldest due job has been waiting.',
    ({ snapshot }) => snapshot.jobs?.oldestDueSeconds,
  ),
  gauge(
    'plinth_statement_info',
    'What operation the statements with counters of their own come from.',
    ({ statements }) =>
      statements.flatMap(({ queryid, operation }) =>
        operation === null ? [] : [{ labels: { queryid, operation }, value: 1 }],
      ),
  ),
  gauge('plinth_collect_duration_seconds', "Time of each tier's last look.", ({ snapshot }) =>
    tiers(snapshot.own.lastMs),
  ),
  gauge('plinth_collect_interval_seconds', "Time until each tier's next look.", ({ snapshot }) =>
    tiers(snapshot.own.everyMs),
  ),
  counter(
    'plinth_collect_skipped_total',
    'Looks that a check could not take, and looks that joined another.',
    ({ snapshot }) => byLabel('reason', { ...snapshot.own.skipped }),
  ),
  counter(
    'plinth_own_query_seconds_total',
    'Time that the statements of monitoring took, network included.',
    ({ snapshot }) => snapshot.own.spentMs / 1_000,
  ),
];
