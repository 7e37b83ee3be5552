import { z } from 'zod';
import { moment } from '../../fields.js';
import { aged, count, number, seen } from './access.js';

const nullable = number.nullable();
const severity = z.enum(['info', 'warning', 'critical']);

/** How long something took, in milliseconds. */
const latency = { count, meanMs: nullable, p50Ms: nullable, p95Ms: nullable, p99Ms: nullable };
const failures = { errors: count, errorRate: nullable };

/** One moment of the history. */
export const historyPoint = z.strictObject({
  at: moment,
  connections: count,
  active: count,
  idleInTransaction: count,
  blocked: count,
  longestTransactionMs: number,
  commitsPerSecond: nullable,
  rollbacksPerSecond: nullable,
  cacheHitRatio: nullable,
  tempBytesPerSecond: nullable,
  deadlocks: count,
  databaseBytes: nullable,
  /** Of this process, since the look before. */
  requestsPerSecond: nullable,
  httpP95Ms: nullable,
  statementP95Ms: nullable,
});

const server = z.strictObject({
  version: z.string(),
  startedAt: moment,
  inRecovery: z.boolean(),
  connections: z.strictObject({ used: count, usable: count, maximum: count }),
  activity: z.record(z.string(), count),
  longestTransactionMs: number,
  locks: z.record(z.string(), count),
  replication: z.strictObject({ lagSeconds: nullable, standbys: count, slots: count, inactiveSlots: count }),
  archiver: z.strictObject({ archived: count, failed: count, lastArchivedAt: z.string().nullable() }),
});

const tiers = z.strictObject({ 1: nullable, 2: nullable, 3: nullable });

/** What an overview holds; the answer of /v1/database/metrics and the data of each `monitor` event. */
export const overviewFields = {
  ...seen,
  ...aged,
  /** `degraded`: something needs attention soon. */
  health: z.strictObject({
    status: z.enum(['healthy', 'degraded', 'critical', 'down']),
    issues: z.array(z.strictObject({ check: z.string(), severity, object: z.string(), summary: z.string() })),
  }),
  findings: z.strictObject({ critical: count, warning: count, info: count }),
  alerts: count,
  server: server.nullable(),
  counters: z
    .strictObject({
      commits: count,
      rollbacks: count,
      blocksHit: count,
      blocksRead: count,
      tempFiles: count,
      tempBytes: count,
      deadlocks: count,
      checkpointsTimed: count,
      checkpointsRequested: count,
    })
    .nullable(),
  databaseBytes: nullable,
  disk: z.strictObject({ freeBytes: count, totalBytes: count }).nullable(),
  locks: z.strictObject({ blocked: count, oldestWaitMs: number }),
  statements: z.strictObject({ calls: count, totalMs: number }),
  point: historyPoint.nullable(),
  jobs: z
    .strictObject({ waiting: count, running: count, failed: count, oldestDueSeconds: number })
    .nullable(),
  /** Who keeps vacuum from removing rows, and the share of ids in use. */
  horizon: z
    .strictObject({
      holders: z.array(z.strictObject({ kind: z.string(), name: z.string(), age: number })),
      transactionIdsUsed: number,
      multixactIdsUsed: number,
    })
    .nullable(),
  files: z
    .strictObject({
      wal: z.strictObject({ bytes: count, segments: count }).nullable(),
      slots: z.array(z.strictObject({ name: z.string(), active: z.boolean(), safeWalBytes: nullable })),
    })
    .nullable(),
  /** Share of its values that the fullest sequence used. */
  fullestSequence: nullable,
  migrations: z
    .strictObject({ applied: count, failed: count, rolledBack: count, successRate: nullable })
    .nullable(),
  backups: z
    .strictObject({
      succeeded: count,
      failed: count,
      running: count,
      lastSucceededAt: z.string().nullable(),
      lastBytes: nullable,
      successRate: nullable,
    })
    .nullable(),
  pool: z
    .strictObject({ max: count, size: count, idle: count, used: count, waiting: count, discarded: count })
    .nullable(),
  http: z.strictObject({
    active: count,
    ...latency,
    ...failures,
    routes: z.array(z.strictObject({ method: z.string(), route: z.string(), ...latency, ...failures })),
  }),
  dataLayer: z
    .strictObject({
      ...latency,
      ...failures,
      operations: z.array(
        z.strictObject({
          operation: z.string(),
          ...latency,
          ...failures,
          errorCodes: z.record(z.string(), count),
        }),
      ),
      acquire: z.strictObject(latency),
      shed: count,
      timeouts: count,
      recycled: count,
      retries: z.record(z.string(), count),
    })
    .nullable(),
  /** What /ready says; null where nothing probes. */
  ready: z.boolean().nullable(),
  notReady: z.string().nullable(),
  /** What looking costs. */
  own: z.strictObject({
    spentMs: number,
    share: number,
    budget: number,
    lastMs: tiers,
    everyMs: tiers,
    skipped: z.strictObject({ locked: count, timeout: count, overlap: count }),
  }),
};
