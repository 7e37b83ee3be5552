import type { Horizon } from './horizon.js';
import type { LockTree } from './lock-tree.js';
import type { Counters } from './observed.js';
import type { Jobs, Operations, Overview } from './overview.js';
import type { ServerFiles } from './server-files.js';

/** One point of the history. */
export interface HistoryPoint {
  /** ISO 8601. */
  at: string;
  connections: number;
  active: number;
  idleInTransaction: number;
  blocked: number;
  longestTransactionMs: number;
  commitsPerSecond: number | null;
  rollbacksPerSecond: number | null;
  cacheHitRatio: number | null;
  tempBytesPerSecond: number | null;
  deadlocks: number;
  databaseBytes: number | null;
}

/** What the monitor itself cost. */
export interface OwnCost {
  /** Milliseconds that its statements took since it started, network included: more than the server spent. */
  spentMs: number;
  /** That, as a share of the time since it started. */
  share: number;
  budget: number;
  /** Milliseconds of each tier's last look. */
  lastMs: Record<1 | 2 | 3, number | null>;
  /** Milliseconds until each tier's next look, longer than its interval where the budget demands it. */
  everyMs: Record<1 | 2 | 3, number>;
  skipped: { locked: number; timeout: number; overlap: number };
}

/** Everything the monitor knew at its last look, with its age. Served as it is while the database is down. */
export interface Snapshot {
  state: 'up' | 'down';
  /** Code of the failure that made it `down`. */
  error: string | null;
  /** Since when the state is what it is; ISO 8601. */
  since: string;
  /** ISO 8601 and milliseconds; null before the first look. */
  at: string | null;
  ageMs: number | null;
  overview: Overview | null;
  counters: Counters | null;
  databaseBytes: number | null;
  disk: { freeBytes: number; totalBytes: number } | null;
  operations: Operations | null;
  jobs: Jobs | null;
  horizon: Horizon | null;
  files: ServerFiles | null;
  fullestSequence: number | null;
  locks: Pick<LockTree, 'blocked' | 'oldestWaitMs'>;
  /** Calls and time of all statements within the statements' window. */
  statements: { calls: number; totalMs: number };
  point: HistoryPoint | null;
  own: OwnCost;
}

/** The point of a moment; rates against the counters of the look before. */
export function createPoint(now: {
  at: Date;
  overview: Overview;
  counters: Counters;
  blocked: number;
  databaseBytes: number | null;
  earlier: { at: Date; counters: Counters } | undefined;
}): HistoryPoint {
  const { at, overview, counters, earlier } = now;
  const seconds = earlier ? (at.getTime() - earlier.at.getTime()) / 1000 : 0;
  const grown = (name: keyof Counters) => {
    const value = earlier ? counters[name] - earlier.counters[name] : -1;
    return seconds > 0 && value >= 0 ? value : null;
  };
  const perSecond = (name: keyof Counters) => {
    const value = grown(name);
    return value === null ? null : value / seconds;
  };
  const [hit, read] = [grown('blocksHit'), grown('blocksRead')];
  return {
    at: at.toISOString(),
    connections: overview.connections.used,
    active: overview.activity.active ?? 0,
    idleInTransaction:
      (overview.activity['idle in transaction'] ?? 0) +
      (overview.activity['idle in transaction (aborted)'] ?? 0),
    blocked: now.blocked,
    longestTransactionMs: overview.longestTransactionMs,
    commitsPerSecond: perSecond('commits'),
    rollbacksPerSecond: perSecond('rollbacks'),
    cacheHitRatio: hit === null || read === null || hit + read === 0 ? null : hit / (hit + read),
    tempBytesPerSecond: perSecond('tempBytes'),
    deadlocks: counters.deadlocks,
    databaseBytes: now.databaseBytes,
  };
}
