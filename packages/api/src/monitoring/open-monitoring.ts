import { type Database, MIGRATIONS_DIR } from '@plinth/db';
import { openMonitor } from '@plinth/db/monitor';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { ProbeState } from '../probes/state.js';
import { createEventStreams, formatEvent } from './event-streams.js';
import { createHttpMetrics } from './http-metrics.js';
import { merge } from './latency.js';
import { createLatencyHistory } from './latency-history.js';
import type { Monitoring } from './monitoring.js';
import { presentOverview } from './present-overview.js';

/**
 * Starts watching the database on one connection of its own. Never throws and never waits: while the database is away
 * everything is answered from memory. Alerts are the worker's to tell and to write.
 */
export function openMonitoring(options: {
  config: Config;
  database: () => Database | undefined;
  probes?: () => ProbeState | undefined;
  logger: Logger;
  /** Look by itself at every interval; true unless told. */
  continuous?: boolean;
}): Monitoring {
  const { config, database, logger, probes = () => undefined } = options;
  const { readonlyUrl, seesAll, alerts, ...settings } = config.monitoring;
  const { ssl, sslCa } = config.database;
  if (!seesAll) {
    logger.warn(
      'READONLY_DATABASE_URL is not set: monitoring hides the sessions and statements of other roles, and skips some checks',
    );
  }
  const streams = createEventStreams();
  const http = createHttpMetrics();
  const monitor = openMonitor({
    ...settings,
    alerts: { ...alerts, webhookUrl: undefined },
    readonlyUrl,
    tls: { ssl, sslCa },
    migrationsDir: MIGRATIONS_DIR,
    continuous: options.continuous ?? true,
    onEvent(event) {
      if (event.type === 'up') logger.info('monitoring sees the database');
      if (event.type === 'down') logger.warn({ code: event.code }, 'monitoring cannot see the database');
      if (event.type !== 'collected') return;
      const at = monitor.snapshot().at;
      if (at !== null) monitoring.latencies.note(at);
      if (streams.count() > 0) streams.send(monitorEvent(monitoring));
    },
  });
  const monitoring: Monitoring = {
    monitor,
    http,
    latencies: createLatencyHistory(
      () => ({
        http: merge(http.series().map(({ latency }) => latency)),
        statements: merge(
          database()
            ?.metrics()
            .operations.map(({ latency }) => latency) ?? [],
        ),
      }),
      settings.maxMetrics,
    ),
    streams,
    databaseName: decodeURIComponent(new URL(readonlyUrl).pathname.slice(1)),
    database,
    pool: () => database()?.poolStatus(),
    probes,
    poolMax: config.database.poolMax,
    async close() {
      streams.close();
      await monitor.close();
    },
  };
  return monitoring;
}

/** The event of one look. */
export const monitorEvent = (monitoring: Monitoring): string =>
  formatEvent('monitor', JSON.stringify(presentOverview(monitoring)));
