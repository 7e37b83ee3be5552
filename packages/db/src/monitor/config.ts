import { type Env, type EnvReader, parseEnv } from '../env.js';
import { readThresholds, type Thresholds } from './thresholds.js';

/** How monitoring behaves; made by parseMonitorConfig, never read from process.env. */
export interface MonitorConfig {
  /** Between two looks of the first tier. */
  readonly intervalMs: number;
  readonly slowQueryMs: number;
  /** Points kept in memory. */
  readonly maxMetrics: number;
  readonly thresholds: Thresholds;
  readonly alerts: {
    /** A condition has to last this long before somebody is told. */
    readonly forMs: number;
    /** And be gone this long before it counts as over. */
    readonly recoveryMs: number;
    readonly minSeverity: 'warning' | 'critical';
    readonly webhookUrl: string | undefined;
  };
}

/** Reads MONITORING_INTERVAL, SLOW_QUERY_THRESHOLD, MAX_METRICS_STORED, ALERT_*. Throws ConfigError with all problems at once. */
export function parseMonitorConfig(env: Env): MonitorConfig {
  return parseEnv(env, readMonitorConfig);
}

/** The same for a parser that has more to read. */
export function readMonitorConfig(reader: EnvReader): MonitorConfig {
  const intervalMs = reader.durationMs('MONITORING_INTERVAL', '30s');
  if (intervalMs < 1_000 || intervalMs > 3_600_000)
    reader.problem(`MONITORING_INTERVAL: "${reader.text('MONITORING_INTERVAL')}" is not between 1s and 1h`);
  const webhookUrl = reader.text('ALERT_WEBHOOK_URL');
  if (
    webhookUrl !== undefined &&
    !(URL.canParse(webhookUrl) && /^https?:$/.test(new URL(webhookUrl).protocol))
  )
    reader.problem('ALERT_WEBHOOK_URL: not a URL of the form https://host/path');
  return {
    intervalMs,
    slowQueryMs: reader.durationMs('SLOW_QUERY_THRESHOLD', '500ms'),
    maxMetrics: reader.int('MAX_METRICS_STORED', 1000, 1, 100_000),
    thresholds: readThresholds(reader),
    alerts: {
      forMs: reader.durationMs('ALERT_FOR', '1m'),
      recoveryMs: reader.durationMs('ALERT_RECOVERY', '2m'),
      minSeverity: reader.oneOf('ALERT_SEVERITY', ['warning', 'critical'], 'warning'),
      webhookUrl,
    },
  };
}
