import type { PoolEvent, PoolStatus } from '@plinth/db';
import { type Reason, reasonOf } from './reason.js';

/** How long the pool may hand out nothing although somebody wants a connection. */
export interface PoolLimits {
  /** Then traffic goes elsewhere. */
  stuckAfterMs: number;
  /** Then, the database being well, the pool is replaced; so long again, and the process is beyond its own help. */
  brokenAfterMs: number;
  /** A pool is replaced no more often than this. */
  replaceEveryMs: number;
}

const POOL_LIMITS: PoolLimits = {
  stuckAfterMs: 10_000,
  brokenAfterMs: 60_000,
  replaceEveryMs: 300_000,
};

/** A wait this long makes the watch try for itself: once traffic is gone nobody else would notice that the pool is well again. */
const TRY_AFTER_MS = 1_000;

/** What the probes tell of the pool. */
export interface PoolHealth {
  /** Why it keeps the process from being ready; undefined: it does not. */
  reason: Reason | undefined;
  /** The database is well, this process cannot use it, and a new pool did not help: it has to be started anew. */
  wedged: boolean;
}

/**
 * Tells a pool that is merely full, which passes, from one that hands out nothing any more while the database is well
 * (connections never given back, a login refused since a password changed). Such a pool is replaced once; when that
 * does not help either, liveness says so. A database that is away is not the pool's fault and ends nobody.
 */
export function createPoolWatch(options: {
  /** Takes one connection and gives it back. */
  tryOne: () => Promise<void>;
  replace: () => void;
  limits?: PoolLimits;
  now?: () => number;
}) {
  const { tryOne, replace, limits = POOL_LIMITS, now = () => performance.now() } = options;
  /** Since when somebody wants a connection and nobody gets one. */
  let doubtedAt: number | undefined;
  let failure: unknown;
  /** Since when that is the pool's own fault. */
  let brokenAt: number | undefined;
  let replacedAt: number | undefined;
  let wedged = false;
  let trying = false;

  function clear(): void {
    doubtedAt = undefined;
    failure = undefined;
    brokenAt = undefined;
    wedged = false;
  }
  /** A server without connections to give would have none for another process of ours either. */
  const isServersFault = () => reasonOf(failure) === 'too_many_connections';

  return {
    /** To be told every event of the pool in use. */
    onPoolEvent(event: PoolEvent): void {
      if (event.type === 'acquire') clear();
      if (event.type !== 'acquire_failed') return;
      doubtedAt ??= now();
      failure = event.error;
    },
    /** To be called every second. `status` is undefined before the pool is open. */
    look(status: PoolStatus | undefined, databaseUp: boolean): void {
      if (status === undefined || !databaseUp) {
        clear();
        return;
      }
      if (status.overflow > 0) doubtedAt ??= now();
      if (doubtedAt === undefined) return;
      if (!trying && now() - doubtedAt >= TRY_AFTER_MS) {
        trying = true;
        // Its outcome comes as an event of the pool.
        void tryOne()
          .catch(() => {})
          .finally(() => {
            trying = false;
          });
      }
      if (isServersFault()) {
        brokenAt = undefined;
        return;
      }
      brokenAt ??= doubtedAt;
      if (now() - brokenAt < limits.brokenAfterMs) return;
      if (replacedAt === undefined || now() - replacedAt >= limits.replaceEveryMs) {
        replacedAt = now();
        brokenAt = now();
        replace();
      } else {
        wedged = true;
      }
    },
    health(): PoolHealth {
      const stuck = doubtedAt !== undefined && now() - doubtedAt >= limits.stuckAfterMs;
      if (!stuck) return { reason: undefined, wedged };
      return { reason: isServersFault() ? 'too_many_connections' : 'pool_stuck', wedged };
    },
  };
}
