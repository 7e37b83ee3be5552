import type { PoolEvent, PoolStatus } from '@plinth/db';

/** Waiting this long without a single connection handed out: nobody gives one back. */
const STUCK_AFTER_MS = 10_000;

/** Tells a pool that is merely full, which passes, from one whose connections are never returned. */
export function createPoolWatch(now: () => number = () => performance.now()) {
  let progressAt = now();
  return {
    /** To be told every event of the pool. */
    onPoolEvent(event: PoolEvent): void {
      if (event.type === 'acquire') progressAt = now();
    },
    /** To be asked regularly: without anybody waiting there is nothing to hand out. */
    isStuck(status: PoolStatus | undefined): boolean {
      if (status === undefined || status.overflow === 0) progressAt = now();
      return now() - progressAt >= STUCK_AFTER_MS;
    },
  };
}
