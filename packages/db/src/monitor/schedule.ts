import type { Tier } from './collector.js';
import type { CheckOutcome } from './findings/run-checks.js';
import type { OwnCost } from './snapshot.js';

const tiers = [1, 2, 3] as const;

/**
 * When each tier is next to look. A tier may use a third of the budget: a look that took long moves the next one
 * away, so that the monitor slows itself down instead of the database.
 */
export function createSchedule({
  intervalMs,
  budget,
  now,
}: {
  intervalMs: number;
  budget: number;
  now: () => number;
}) {
  const startedAt = now();
  const normalMs: Record<Tier, number> = {
    1: intervalMs,
    2: Math.max(intervalMs, 60_000),
    3: Math.max(intervalMs, 15 * 60_000),
  };
  const everyMs = { ...normalMs };
  const dueAt: Record<Tier, number> = { 1: startedAt, 2: startedAt, 3: startedAt };
  const lastMs: OwnCost['lastMs'] = { 1: null, 2: null, 3: null };
  const skipped = { locked: 0, timeout: 0, overlap: 0 };
  let spentMs = 0;

  return {
    /** Tiers whose time has come. */
    due: (): Tier[] => tiers.filter((tier) => dueAt[tier] <= now()),
    /** A tier's look took so many milliseconds of statements. */
    ran(tier: Tier, tookMs: number): void {
      spentMs += tookMs;
      // The first look meets cold caches, here and on the server: it tells nothing of what the next ones take.
      const pace = lastMs[tier] === null ? 0 : Math.ceil((tookMs * tiers.length) / budget);
      lastMs[tier] = tookMs;
      everyMs[tier] = Math.max(normalMs[tier], pace);
      dueAt[tier] = now() + everyMs[tier];
    },
    overlapped(): void {
      skipped.overlap++;
    },
    countSkips(outcomes: readonly Pick<CheckOutcome, 'skipped'>[]): void {
      for (const { skipped: reason } of outcomes)
        if (reason === 'locked' || reason === 'timeout') skipped[reason]++;
    },
    /** Milliseconds until a tier is due. */
    waitMs: (): number => Math.max(10, Math.min(...tiers.map((tier) => dueAt[tier])) - now()),
    cost: (): OwnCost => ({
      spentMs,
      share: spentMs / Math.max(now() - startedAt, 1),
      budget,
      lastMs: { ...lastMs },
      everyMs: { ...everyMs },
      skipped: { ...skipped },
    }),
  };
}
