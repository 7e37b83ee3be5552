import type { Server } from 'node:http';
import { openDatabase, PlinthError } from '@plinth/db';
import type { Logger } from 'pino';
import { createApp } from './app.js';
import type { Config } from './config.js';
import { codeOf, logPoolEvent, logQuery } from './logger.js';
import { createMetrics } from './metrics/render-metrics.js';
import { createAdminServer, createMetricsHandler, isMetrics } from './metrics/serve-metrics.js';
import { createFront } from './middleware/front.js';
import { migrateOnStart } from './migrate-on-start.js';
import { openMonitoring } from './monitoring/open-monitoring.js';
import { openInBackground } from './open-database.js';
import { openSharedState } from './open-shared-state.js';
import { healthAnswer, readyAnswer, startupAnswer } from './probes/answers.js';
import { createDatabaseDetail } from './probes/database-detail.js';
import { expectedMigrations } from './probes/migrations.js';
import { probeOf } from './probes/paths.js';
import { createPoolWatch, type PoolLimits } from './probes/pool-watch.js';
import { createProber, type Prober } from './probes/prober.js';
import { createProbeState, type Lifecycle } from './probes/state.js';
import { createServer } from './server.js';
import { createShutdown, type ShutdownTimes } from './shutdown.js';

/** What only the entry point may touch. */
export interface ProcessEdge {
  logger: Logger;
  exit: (code: number) => void;
  /** Ends the process over an error that waiting would not cure. */
  fail: (error: unknown) => void;
  on: (signal: 'SIGINT' | 'SIGTERM', listener: () => void) => void;
}

/** How patient the process is; for tests, which have no minutes to wait. */
export interface Patience {
  pool?: PoolLimits;
  shutdown?: ShutdownTimes;
  /** How long an answer of /health/db is kept. */
  detailTtlMs?: number;
}

/** The probe connection: one, and impatient; the prober itself gives up sooner than it connects. */
const PROBE_LIMITS = {
  poolMin: 0,
  poolMax: 1,
  acquireTimeoutMs: 2_000,
  statementTimeoutMs: 800,
  idleTimeoutMs: 0,
  connectRetries: 0,
};

/** Starts everything: prober, database, server. Listens at once, whether or not the database can be reached. */
export async function startApi(
  config: Config,
  { logger, exit, fail, on }: ProcessEdge,
  patience: Patience = {},
): Promise<Server> {
  const production = config.environment === 'production';
  const lifecycle: Lifecycle = { startedAt: new Date(), draining: false };
  const poolWatch = createPoolWatch({
    async tryOne() {
      const client = await database.current()?.pool.connect();
      client?.release();
    },
    replace() {
      logger.error('every checkout fails while the database is well: replacing the pool');
      database.replace().then(
        () => logger.warn('the pool was replaced'),
        (error) => logger.error(codeOf(error), 'the pool could not be replaced'),
      );
    },
    ...(patience.pool ? { limits: patience.pool } : {}),
  });
  const logPool = logPoolEvent(logger);

  let prober: Prober | undefined;
  const database = openInBackground(config.database, {
    onFatal: fail,
    ...(config.migrateUrl === undefined
      ? {}
      : { prepare: () => migrateOnStart(config.migrateUrl ?? '', logger) }),
    onOpen: () => logger.info('database open'),
    onRetry: (error, attempt, delayMs) => {
      logger.warn(
        { ...codeOf(error), attempt: attempt + 1, delayMs: Math.ceil(delayMs) },
        'the database cannot be opened yet',
      );
    },
    onPoolEvent(event) {
      poolWatch.onPoolEvent(event);
      if (event.type === 'error' || event.type === 'invalid') prober?.hurry();
      if (!production || event.type === 'error' || event.type === 'invalid') logPool(event);
    },
    ...(config.database.logQueries ? { onQuery: logQuery(logger) } : {}),
  });
  prober = createProber({
    open: () =>
      openDatabase(
        { ...config.database, ...PROBE_LIMITS, applicationName: 'plinth-api:probe' },
        { onPoolEvent: (event) => event.type === 'error' && prober?.hurry() },
      ),
    expectedMigrations: await expectedMigrations(),
    onFailure: (error, reason) => logger.debug({ ...codeOf(error), reason }, 'probe failed'),
  });

  const shared = openSharedState(config, { database: database.current, logger });
  const state = createProbeState({
    lifecycle,
    prober,
    database: database.current,
    poolHealth: poolWatch.health,
  });
  const monitoring = openMonitoring({ config, database: database.current, probes: state, logger });
  const front = createFront({
    logger,
    production,
    isProbe: (path) => probeOf(path) !== undefined || isMetrics(path),
    metrics: monitoring.http,
  });
  const { opsToken, metricsToken, adminPort } = config;
  const operators = { opsToken, opsOpen: !production };
  const metrics = createMetricsHandler(createMetrics(monitoring), { ...operators, metricsToken });
  const adminServer =
    adminPort === undefined
      ? undefined
      : createAdminServer(front, metrics, (error) => logger.error(codeOf(error), 'a scrape failed'));
  const server = createServer({
    app: createApp({
      config,
      logger,
      front,
      database: database.current,
      shared,
      monitoring,
      ...(adminServer ? {} : { metrics }),
    }),
    front,
    probes: {
      '/health': () => healthAnswer(state()),
      '/ready': () => readyAnswer(state(), new Date(), config.readyOnDatabaseDown),
      '/startup': () => startupAnswer(state()),
      '/health/db': createDatabaseDetail({
        prober,
        state,
        onFailure: (error, incidentId) =>
          logger.warn({ ...codeOf(error), incidentId }, 'database detail failed'),
        thresholds: config.monitoring.thresholds,
        ...(patience.detailTtlMs === undefined ? {} : { ttlMs: patience.detailTtlMs }),
      }),
    },
    operators,
    logger,
    shutdown: createShutdown({
      lifecycle,
      drainDelayMs: config.drainDelayMs,
      onDrain() {
        front.drain();
        monitoring.streams.close();
      },
      close: () =>
        Promise.all([monitoring.close(), prober.stop(), shared.close(), database.stop()]).then(
          () => undefined,
        ),
      exit,
      on,
      logger,
      ...(patience.shutdown ? { times: patience.shutdown } : {}),
    }),
  });

  prober.start();
  // The pool's watch and the sticky start need regular looks, also when nobody asks.
  setInterval(() => {
    const { pool, observation } = state();
    poolWatch.look(pool, observation.verdict.state === 'up');
  }, 1_000).unref();
  listen(server, config.port, 'listening');
  if (adminServer && adminPort !== undefined) listen(adminServer, adminPort, 'listening for scrapes');
  return server;

  function listen(it: Server, wanted: number, message: string): void {
    it.once('error', (error: NodeJS.ErrnoException) => {
      const setting = it === server ? 'PORT' : 'ADMIN_PORT';
      const fix =
        error.code === 'EADDRINUSE' ? { fix: `end the program that listens there, or set ${setting}` } : {};
      fail(
        new PlinthError('listen_failed', `cannot listen on ${config.host}:${wanted} (${error.code})`, fix),
      );
    });
    it.listen(wanted, config.host, () => {
      const address = it.address();
      const port = typeof address === 'object' ? address?.port : wanted;
      logger.info({ host: config.host, port, environment: config.environment }, message);
    });
  }
}
