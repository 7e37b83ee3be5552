import { DatabaseError, type DatabaseErrorCode } from './errors.js';
import type { MetricsRecorder } from './metrics.js';
import { type RetryOptions, retry } from './retry.js';

/**
 * When a failed unit of work may run again. `always`: certainly nothing of it was committed. `repeatable`: it
 * may have been committed, so only what may be done twice (a read, or a write that carries an idempotency key).
 */
export interface RetryRule {
  when: 'always' | 'repeatable' | 'never';
  /** Tries after the first. */
  retries: number;
}

const NEVER: RetryRule = { when: 'never', retries: 0 };

/** What is not listed is never retried: it would fail again, or retrying would make an overload worse. */
const RULES: Partial<Record<DatabaseErrorCode, RetryRule>> = {
  serialization: { when: 'always', retries: 5 },
  deadlock: { when: 'always', retries: 5 },
  lock_timeout: { when: 'always', retries: 2 },
  // Raised while connecting only: nothing was sent.
  unavailable: { when: 'always', retries: 3 },
  starting: { when: 'always', retries: 3 },
  too_many_connections: { when: 'always', retries: 3 },
  // The server refused the write; the pool has been recycled, so the next try meets the new primary.
  read_only: { when: 'always', retries: 1 },
  // Refused before it ran; the pool has been recycled here too.
  plan_outdated: { when: 'always', retries: 2 },
  connection_lost: { when: 'repeatable', retries: 2 },
};

/** The rule for an error; whoever asks has to know whether the work is repeatable. */
export function retryRule(error: unknown): RetryRule {
  if (!(error instanceof DatabaseError)) return NEVER;
  // Without a SQLSTATE the server's answer never came: a black hole, not a statement that was too slow.
  if (error.code === 'query_timeout' && error.sqlstate === undefined)
    return { when: 'repeatable', retries: 1 };
  return RULES[error.code] ?? NEVER;
}

/** Retries that a process may make: a reserve for bursts, and a share of the work that is going on. */
export interface RetryBudget {
  /** Notes one unit of work begun. */
  earn(): void;
  /** Takes one retry; false when the budget is used up. */
  spend(): boolean;
}

/** Retries never add more than `share` to the load beyond the first `reserve`: a struggling server is left in peace. */
export function createRetryBudget({ share = 0.1, reserve = 100 } = {}): RetryBudget {
  let left = reserve;
  return {
    earn() {
      left = Math.min(reserve, left + share);
    },
    spend() {
      if (left < 1) return false;
      left--;
      return true;
    },
  };
}

/** What one Database's retries share. */
export interface RetryContext {
  budget: RetryBudget;
  metrics: MetricsRecorder;
  timing?: Pick<RetryOptions, 'sleep' | 'random' | 'now'> | undefined;
}

/** Limits of one unit of work. */
export interface RetryLimits {
  /** The work may run twice without harm. */
  repeatable?: boolean;
  /** Instead of the rule's own number. */
  retries?: number | undefined;
  /** No new try starts after this long; 30 s unless told. */
  deadlineMs?: number | undefined;
  timing?: Pick<RetryOptions, 'sleep' | 'random' | 'now'> | undefined;
}

const DEADLINE_MS = 30_000;
const NO_LIMITS: RetryLimits = {};

/** Runs `work` again where the rules, the budget and the deadline allow it; else throws its last error. */
export function retryByRule<T>(
  work: () => Promise<T>,
  context: RetryContext,
  limits: RetryLimits = NO_LIMITS,
): Promise<T> {
  const { budget, metrics } = context;
  budget.earn();
  return retry(work, {
    retries: Number.POSITIVE_INFINITY,
    baseMs: 20,
    capMs: 1_000,
    deadlineMs: limits.deadlineMs ?? DEADLINE_MS,
    shouldRetry(error, attempt) {
      const rule = retryRule(error);
      if (rule.when === 'never' || (rule.when === 'repeatable' && !limits.repeatable)) return false;
      if (attempt >= (limits.retries ?? rule.retries)) return false;
      if (budget.spend()) return true;
      metrics.retried('budget_spent');
      return false;
    },
    onRetry: (error) => metrics.retried((error as DatabaseError).code),
    ...context.timing,
    ...limits.timing,
  });
}
