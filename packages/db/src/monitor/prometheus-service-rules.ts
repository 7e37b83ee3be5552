import type { MonitorConfig } from './config.js';
import { EACH_SERVER, type Rule } from './prometheus-rule.js';

const MINUTE = 60_000;

/** What no check can see: the processes themselves, and how they do. */
export function serviceRules({ slowQueryMs }: Pick<MonitorConfig, 'slowQueryMs'>): Rule[] {
  return [
    {
      alert: 'PlinthProcessDown',
      expr: 'up{job="plinth"} == 0',
      severity: 'critical',
      summary: '{{ $labels.instance }} does not answer its scrape',
    },
    {
      alert: 'PlinthWedged',
      expr: 'plinth_health_state{probe="live"} == 0',
      severity: 'critical',
      summary: '{{ $labels.instance }} cannot use its database, which is well: it has to be started anew',
    },
    {
      alert: 'PlinthNotReady',
      expr: 'plinth_health_state{probe="ready"} == 0',
      severity: 'warning',
      summary: '{{ $labels.instance }} takes no traffic: see the reason in its /ready',
    },
    {
      alert: 'PlinthMonitorSilent',
      expr: 'plinth_snapshot_age_seconds >= 300 and on (job, instance) pg_up == 1',
      severity: 'warning',
      summary: '{{ $labels.instance }} has not looked at the database for {{ $value | humanizeDuration }}',
    },
    {
      alert: 'PlinthErrorRate',
      expr: 'sum by (job) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"5..",http_route=~"/v1/.*"}[5m])) / sum by (job) (rate(http_server_request_duration_seconds_count{http_route=~"/v1/.*"}[5m])) >= 0.05',
      severity: 'critical',
      summary: '{{ $value | humanizePercentage }} of the requests fail',
    },
    {
      alert: 'PlinthSlowOperation',
      expr: `histogram_quantile(0.95, sum by (job, model, action, le) (rate(db_client_operation_duration_seconds_bucket[10m]))) >= ${slowQueryMs / 1_000}`,
      severity: 'warning',
      forMs: 10 * MINUTE,
      summary: 'one in twenty {{ $labels.model }}.{{ $labels.action }} takes {{ $value | humanizeDuration }}',
    },
    {
      alert: 'PlinthPoolExhausted',
      expr: 'increase(db_client_connection_timeouts_total[5m]) > 0',
      severity: 'warning',
      summary: 'callers of {{ $labels.instance }} get no connection in time',
    },
    {
      alert: 'PlinthBackupFailed',
      expr: `max ${EACH_SERVER} (increase(plinth_backups_total{result="failed"}[1d])) >= 1`,
      severity: 'warning',
      summary: 'a backup failed',
    },
    {
      alert: 'PlinthJobsLate',
      expr: `max ${EACH_SERVER} (plinth_jobs_oldest_due_seconds) >= 300`,
      severity: 'warning',
      summary: 'a job has been due for {{ $value | humanizeDuration }}: is the worker running?',
    },
  ];
}
