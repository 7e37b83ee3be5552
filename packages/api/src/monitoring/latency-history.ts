import type { Histogram } from '@plinth/db';
import { type LatencySummary, summarize } from './latency.js';

/** How fast answers and statements were between two looks; null where there were none. */
export interface LatencyPoint {
  requestsPerSecond: number | null;
  httpP95Ms: number | null;
  statementP95Ms: number | null;
}

export interface LatencyHistory {
  /** Keeps what was counted since the look before, under the moment of this one (ISO 8601). */
  note(at: string): void;
  /** What was kept under that moment. */
  of(at: string): LatencyPoint;
}

const NOTHING: LatencyPoint = { requestsPerSecond: null, httpP95Ms: null, statementP95Ms: null };

/** Makes an empty history of at most `limit` points. Distributions only grow: what lies between two looks is their difference. */
export function createLatencyHistory(
  read: () => { http: Histogram; statements: Histogram },
  limit: number,
): LatencyHistory {
  const points = new Map<string, LatencyPoint>();
  let before: { at: string; http: Histogram; statements: Histogram } | undefined;
  return {
    note(at) {
      if (before?.at === at) return;
      const now = { at, ...read() };
      if (before) {
        const http = between(before.http, now.http);
        const seconds = (Date.parse(at) - Date.parse(before.at)) / 1_000;
        points.set(at, {
          requestsPerSecond: http && seconds > 0 ? http.count / seconds : null,
          httpP95Ms: http?.p95Ms ?? null,
          statementP95Ms: between(before.statements, now.statements)?.p95Ms ?? null,
        });
      }
      before = now;
      for (const oldest of points.keys()) {
        if (points.size <= limit) break;
        points.delete(oldest);
      }
    },
    of: (at) => points.get(at) ?? NOTHING,
  };
}

/** Undefined where the counting began anew in between. */
function between(before: Histogram, now: Histogram): LatencySummary | undefined {
  if (now.count < before.count) return undefined;
  return summarize({
    boundsMs: now.boundsMs,
    counts: now.counts.map((count, index) => count - (before.counts[index] ?? 0)),
    count: now.count - before.count,
    sumMs: now.sumMs - before.sumMs,
  });
}
