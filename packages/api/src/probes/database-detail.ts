import { randomUUID } from 'node:crypto';
import { DatabaseError, type HealthFacts, type PoolStatus, readHealthFacts } from '@plinth/db';
import { defaultThresholds, type Thresholds } from '@plinth/db/monitor';
import type { ProbeAnswer } from './answers.js';
import type { Prober } from './prober.js';
import { type Reason, reasonOf } from './reason.js';
import type { ProbeState } from './state.js';
import { within } from './within.js';

/** Answers are kept this long, and one look serves everybody who asks meanwhile. */
const TTL_MS = 5_000;
/** The longest anybody waits. */
const DEADLINE_MS = 2_000;
/** PgHero's limit: a replica further behind answers yesterday's questions. */
const LAG_WARNING_SECONDS = 5;

/** What one look found, or why it could not. */
type Look = { facts: HealthFacts } | { code: Reason; incident_id: string };

/**
 * The probe for operators. One statement on the prober's connection, at most every five seconds; the rest (write check,
 * times, migrations, pool) the process knows already. 503 where /ready says 503, but for draining, and where the server
 * has hardly a connection left.
 */
export function createDatabaseDetail(options: {
  prober: Pick<Prober, 'connection'>;
  state: () => ProbeState;
  /** The incident's id is all that the answer tells beside a code. */
  onFailure: (error: unknown, incidentId: string) => void;
  thresholds?: Thresholds;
  ttlMs?: number;
  now?: () => number;
}): () => Promise<ProbeAnswer> {
  const { prober, state, onFailure, thresholds = defaultThresholds, ttlMs = TTL_MS } = options;
  const { now = () => performance.now() } = options;
  let kept: { at: number; takenAt: Date; look: Promise<Look> } | undefined;

  async function look(): Promise<Look> {
    try {
      const connection = prober.connection();
      if (connection === undefined) throw new DatabaseError('unavailable');
      return { facts: await within(DEADLINE_MS, readHealthFacts(connection)) };
    } catch (error) {
      const incidentId = randomUUID();
      onFailure(error, incidentId);
      return { code: reasonOf(error), incident_id: incidentId };
    }
  }

  return async () => {
    if (kept === undefined || now() - kept.at >= ttlMs)
      kept = { at: now(), takenAt: new Date(), look: look() };
    const { at, takenAt } = kept;
    const found = await kept.look;
    const age = { checked_at: takenAt.toISOString(), age_ms: Math.round(now() - at) };
    if ('code' in found) return answer({ status: 'down', ...found, ...age });
    return answer({ ...describe(found.facts, state(), thresholds), ...age });
  };
}

/** In terminus's shape. */
function answer(database: { status: 'up' | 'degraded' | 'down' }): ProbeAnswer {
  const details = { database };
  return database.status === 'down'
    ? { status: 503, body: { status: 'error', info: {}, error: details, details } }
    : { status: 200, body: { status: 'ok', info: details, error: {}, details } };
}

/** Everything that is known, each part with a status of its own. */
function describe(
  { connections, locks, replication, xid_age_ratio, ...facts }: HealthFacts,
  { pool, observation, reason }: ProbeState,
  thresholds: Thresholds,
) {
  const { simpleMs, complexMs, writeMs, migrations } = observation;
  const used = connections.used / connections.usable;
  const full = used >= thresholds.connectionsCriticalRatio;
  const code = reason !== undefined && reason !== 'draining' ? reason : full ? 'too_many_connections' : null;
  const either = (degraded: boolean) => (degraded ? ('degraded' as const) : ('up' as const));
  const agrees = migrations?.pending.length === 0 && migrations.failed.length === 0;
  const parts = {
    connectivity: { status: either(observation.doubtful), ms: simpleMs ?? null },
    write_check: {
      status: reason === 'db_read_only' || writeMs === undefined ? 'down' : 'up',
      ms: writeMs ?? null,
    },
    connection_pool: pool && { status: either(isWaiting(pool)), ...pool },
    migrations: { status: agrees ? 'up' : 'down', ...migrations },
    connections: {
      status: full ? 'down' : either(used >= thresholds.connectionsWarningRatio),
      ...connections,
      used_ratio: used,
    },
    locks: { status: either(locks.oldest_wait_ms >= thresholds.blockedWarningMs), ...locks },
    replication: { status: either((replication.lag_seconds ?? 0) >= LAG_WARNING_SECONDS), ...replication },
    xid: { status: either(xid_age_ratio >= thresholds.wraparoundWarningRatio), age_ratio: xid_age_ratio },
  };
  const warnings = Object.entries(parts).flatMap(([name, part]) =>
    part?.status === 'degraded' ? [name] : [],
  );
  return {
    status: code !== null ? ('down' as const) : either(warnings.length > 0),
    ...(code === null ? {} : { code }),
    warnings,
    ...parts,
    ...facts,
    response_times: {
      simple_query_ms: simpleMs ?? null,
      complex_query_ms: complexMs ?? null,
      write_ms: writeMs ?? null,
    },
  };
}

const isWaiting = ({ overflow }: PoolStatus): boolean => overflow > 0;
