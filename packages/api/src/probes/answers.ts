import type { ProbeState } from './state.js';

/** A probe's status and body, as sent. */
export interface ProbeAnswer {
  status: 200 | 503;
  body: object;
}

/** Liveness: the process answers. Never 503: restarting it would not bring the database back. */
export function healthAnswer({ uptimeSeconds, observation }: ProbeState): ProbeAnswer {
  return { status: 200, body: { status: 'ok', uptimeSeconds, database: observation.verdict.state } };
}

/** Readiness: whether to send traffic here. */
export function readyAnswer({ reason, pool, observation }: ProbeState, now: Date): ProbeAnswer {
  const timestamp = now.toISOString();
  if (reason !== undefined || pool === undefined) {
    return { status: 503, body: { status: 'not_ready', reason: reason ?? 'starting', timestamp } };
  }
  const query_performance = {
    simple_query_ms: observation.simpleMs,
    complex_query_ms: observation.complexMs,
  };
  const database = { status: 'healthy', connection_pool: pool, query_performance };
  return { status: 200, body: { status: 'ready', checks: { database }, timestamp } };
}

/** Startup: 200 for good once the database and its migrations were there. */
export function startupAnswer({ pending, startupAt }: ProbeState): ProbeAnswer {
  if (startupAt === undefined) return { status: 503, body: { status: 'starting', pending } };
  return { status: 200, body: { status: 'started', startedAt: startupAt.toISOString() } };
}
