import { isShared } from './reason.js';
import type { ProbeState } from './state.js';

/** A probe's status and body, as sent. */
export interface ProbeAnswer {
  status: 200 | 503;
  body: object;
}

/**
 * Liveness: the process answers. A database that is away is no reason to restart it; 503 only when the database is
 * well and this process can use it no more, whatever it tried, which nothing but a restart cures.
 */
export function healthAnswer({ uptimeSeconds, observation, wedged }: ProbeState): ProbeAnswer {
  const database = observation.verdict.state;
  return wedged
    ? { status: 503, body: { status: 'wedged', uptimeSeconds, database } }
    : { status: 200, body: { status: 'ok', uptimeSeconds, database } };
}

/**
 * Readiness: whether to send traffic here. With `onDatabaseDown: 'pass'` what concerns every replica alike does not
 * turn it away: requests get errors of ours instead of a load balancer's, which has nobody left to send them to.
 */
export function readyAnswer(
  { reason, pool, observation }: ProbeState,
  now: Date,
  onDatabaseDown: 'fail' | 'pass' = 'fail',
): ProbeAnswer {
  const timestamp = now.toISOString();
  const passes = reason === undefined || (onDatabaseDown === 'pass' && isShared(reason));
  if (!passes || pool === undefined) {
    return { status: 503, body: { status: 'not_ready', reason: reason ?? 'starting', timestamp } };
  }
  const query_performance = {
    simple_query_ms: observation.simpleMs,
    complex_query_ms: observation.complexMs,
  };
  const degraded = pool.overflow > 0 || observation.doubtful;
  const database = {
    status: reason !== undefined ? 'unhealthy' : degraded ? 'degraded' : 'healthy',
    ...(reason === undefined ? {} : { reason }),
    connection_pool: pool,
    query_performance,
  };
  return { status: 200, body: { status: 'ready', checks: { database }, timestamp } };
}

/** Startup: 200 for good once the database and its migrations were there. */
export function startupAnswer({ pending, startupAt }: ProbeState): ProbeAnswer {
  if (startupAt === undefined) return { status: 503, body: { status: 'starting', pending } };
  return { status: 200, body: { status: 'started', startedAt: startupAt.toISOString() } };
}
