import type { DatabaseMetrics } from '@plinth/db';
import type { FindingsReport, Snapshot } from '@plinth/db/monitor';
import { isMetrics } from '../metrics/serve-metrics.js';
import { probeOf } from '../probes/paths.js';
import type { HttpMetrics } from './http-metrics.js';
import { merge, summarize } from './latency.js';
import type { Monitoring } from './monitoring.js';

/** Rows of a list inside an overview; the busiest are there. */
const MAX_ROWS = 100;
const MAX_ISSUES = 20;

const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const byCount = (a: { count: number }, b: { count: number }): number => b.count - a.count;

/** Everything at a glance, from memory: the server, the findings, the pool, HTTP, the data layer. */
export function presentOverview(monitoring: Monitoring): object {
  const { monitor, http } = monitoring;
  const { overview, operations, ...snapshot } = monitor.snapshot();
  const report = monitor.findings();
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of report.findings) counts[severity]++;
  return {
    ...snapshot,
    point: snapshot.point && { ...snapshot.point, ...monitoring.latencies.of(snapshot.point.at) },
    health: healthOf(snapshot, report),
    findings: counts,
    alerts: monitor.alerts().length,
    server: overview,
    migrations: operations && {
      ...operations.migrations,
      successRate: rate(
        operations.migrations.applied,
        operations.migrations.applied + operations.migrations.failed,
      ),
    },
    backups: operations && {
      ...operations.backups,
      successRate: rate(
        operations.backups.succeeded,
        operations.backups.succeeded + operations.backups.failed,
      ),
    },
    pool: presentPool(monitoring),
    http: presentHttp(http),
    dataLayer: presentDataLayer(monitoring.database()?.metrics()),
    ready: monitoring.probes() ? monitoring.probes()?.reason === undefined : null,
    notReady: monitoring.probes()?.reason ?? null,
  };
}

/** In one word: `degraded` wants attention soon, `critical` now; `down` is a database that cannot be looked at. */
function healthOf({ state, error }: Pick<Snapshot, 'state' | 'error'>, report: FindingsReport): object {
  const bad = report.findings.filter(({ severity }) => severity !== 'info');
  const issues = bad
    .slice(0, MAX_ISSUES)
    .map(({ check, severity, object, summary }) => ({ check, severity, object, summary }));
  if (state === 'down') {
    const summary = `the database cannot be looked at (${error})`;
    return {
      status: 'down',
      issues: [{ check: 'database-down', severity: 'critical', object: '', summary }, ...issues],
    };
  }
  const status = report.worst === 'critical' ? 'critical' : bad.length > 0 ? 'degraded' : 'healthy';
  return { status, issues };
}

function presentPool(monitoring: Monitoring): object | null {
  const pool = monitoring.pool();
  if (pool === undefined) return null;
  const { size, checked_in: idle, checked_out: used, overflow: waiting, invalid: discarded } = pool;
  return { max: monitoring.poolMax, size, idle, used, waiting, discarded };
}

function presentHttp(http: HttpMetrics): object {
  const series = http.series();
  const failed = (status: number) => status >= 500;
  const groups = new Map<string, typeof series>();
  for (const one of series) {
    const key = `${one.method} ${one.route}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const sum = (some: typeof series) => {
    const errors = some
      .filter(({ status }) => failed(status))
      .reduce((n, { latency }) => n + latency.count, 0);
    const latency = summarize(merge(some.map(({ latency }) => latency)));
    return { ...latency, errors, errorRate: rate(errors, latency.count) };
  };
  const routes = [...groups.values()]
    .map((some) => ({ method: some[0]?.method ?? '', route: some[0]?.route ?? '', ...sum(some) }))
    .sort(byCount);
  // Probes and scrapes come whatever users do, and a probe that says "not ready" is no failure.
  const asked = series.filter(({ route }) => probeOf(route) === undefined && !isMetrics(route));
  return { active: http.active(), ...sum(asked), routes: routes.slice(0, MAX_ROWS) };
}

function presentDataLayer(metrics: DatabaseMetrics | undefined): object | null {
  if (metrics === undefined) return null;
  const { operations, acquire, shed, timeouts, recycled, retries } = metrics;
  const rows = operations
    .map(({ operation, latency, errors }) => {
      const failures = Object.values(errors).reduce((sum, n) => sum + n, 0);
      return {
        operation,
        ...summarize(latency),
        errors: failures,
        errorRate: rate(failures, latency.count),
        errorCodes: errors,
      };
    })
    .sort(byCount);
  const all = summarize(merge(operations.map(({ latency }) => latency)));
  const errors = rows.reduce((sum, row) => sum + row.errors, 0);
  return {
    ...all,
    errors,
    errorRate: rate(errors, all.count),
    operations: rows.slice(0, MAX_ROWS),
    acquire: summarize(acquire),
    shed,
    timeouts,
    recycled,
    retries,
  };
}
