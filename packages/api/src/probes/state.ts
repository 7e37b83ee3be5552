import type { Database, PoolStatus } from '@plinth/db';
import type { PoolHealth } from './pool-watch.js';
import type { Observation, Prober } from './prober.js';
import type { Reason } from './reason.js';

/** What of the process's life the probes tell. */
export interface Lifecycle {
  readonly startedAt: Date;
  /** Set by the first signal, never unset. */
  draining: boolean;
}

/** Everything the answers are made of, gathered without any I/O. */
export interface ProbeState {
  uptimeSeconds: number;
  observation: Observation;
  pool: PoolStatus | undefined;
  /** Undefined: ready. */
  reason: Reason | undefined;
  /** What the start still waits for; empty for good once it was empty. */
  pending: ('database' | 'migrations')[];
  startupAt: Date | undefined;
  /** The database is well and this process cannot use it any more. */
  wedged: boolean;
}

/** Gathers the state. `database` is the API's own, undefined until it could be opened. */
export function createProbeState(sources: {
  lifecycle: Lifecycle;
  prober: Prober;
  database: () => Database | undefined;
  poolHealth: () => PoolHealth;
}): () => ProbeState {
  const { lifecycle, prober, database, poolHealth } = sources;
  let startupAt: Date | undefined;

  function pendingNow(observation: Observation): ProbeState['pending'] {
    if (startupAt !== undefined) return [];
    const schemaAgrees =
      observation.migrations?.pending.length === 0 && observation.migrations.failed.length === 0;
    const pending: ProbeState['pending'] = [];
    if (database() === undefined || observation.verdict.state !== 'up') pending.push('database');
    if (!schemaAgrees) pending.push('migrations');
    if (pending.length === 0) startupAt = new Date();
    return pending;
  }

  return () => {
    const observation = prober.observe();
    const pool = database()?.poolStatus();
    const { reason: poolReason, wedged } = poolHealth();
    const pending = pendingNow(observation);
    const { verdict, stale, migrations } = observation;
    const mismatch = migrations !== undefined && migrations.pending.length + migrations.failed.length > 0;
    let reason: Reason | undefined;
    if (lifecycle.draining) reason = 'draining';
    else if (stale) reason = 'stale';
    else if (verdict.state === 'down') reason = verdict.reason;
    else if (mismatch) reason = 'schema_mismatch';
    else if (verdict.state === 'unknown' || pending.length > 0) reason = 'starting';
    else reason = poolReason;
    return {
      uptimeSeconds: Math.floor((Date.now() - lifecycle.startedAt.getTime()) / 1_000),
      observation,
      pool,
      reason,
      pending,
      startupAt,
      wedged,
    };
  };
}
