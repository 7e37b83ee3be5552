import { DatabaseError, translateError } from '../../errors.js';
import type { Sql } from '../../sql.js';
import type { Observed } from '../observed.js';
import type { Thresholds } from '../thresholds.js';
import type { Check, Finding, Severity } from './check.js';

/** Why a check could not look. */
export type SkipReason = 'locked' | 'timeout' | 'permission' | 'missing' | 'failed';

/** What one check said, and when. */
export interface CheckOutcome {
  id: string;
  title: string;
  tier: Check['tier'];
  status: 'ok' | 'found' | 'skipped';
  /** Why it was skipped; null otherwise. */
  skipped: SkipReason | null;
  findings: Finding[];
  checkedAt: Date;
  durationMs: number;
}

const reasons: Record<string, SkipReason> = {
  lock_timeout: 'locked',
  query_timeout: 'timeout',
  permission: 'permission',
  statement_invalid: 'missing',
};

/**
 * Asks the checks one after the other. One that cannot look (a lock, a missing table, a right) is reported as skipped
 * and stops nobody; only a lost connection is thrown. The session must have a lock_timeout, so that none waits.
 */
export async function runChecks(
  checks: readonly Check[],
  sql: Sql,
  thresholds: Thresholds,
  observed: Observed,
): Promise<CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  for (const check of checks) outcomes.push(await runCheck(check, sql, thresholds, observed));
  return outcomes;
}

async function runCheck(
  check: Check,
  sql: Sql,
  thresholds: Thresholds,
  observed: Observed,
): Promise<CheckOutcome> {
  const { id, title, tier } = check;
  const startedAt = performance.now();
  const done = (status: CheckOutcome['status'], findings: Finding[], skipped: SkipReason | null = null) => ({
    id,
    title,
    tier,
    status,
    skipped,
    findings,
    checkedAt: new Date(),
    durationMs: performance.now() - startedAt,
  });
  try {
    const findings = await check.run(sql, thresholds, observed);
    return done(findings.length > 0 ? 'found' : 'ok', findings);
  } catch (thrown) {
    const error = translateError(thrown);
    if (error instanceof DatabaseError && lostCodes.has(error.code)) throw error;
    return done('skipped', [], error instanceof DatabaseError ? (reasons[error.code] ?? 'failed') : 'failed');
  }
}

const lostCodes: ReadonlySet<string> = new Set([
  'connection_lost',
  'unavailable',
  'starting',
  'too_many_connections',
]);

/** The worst severity among findings; undefined where there are none. */
export function worstSeverity(findings: readonly Pick<Finding, 'severity'>[]): Severity | undefined {
  return (['critical', 'warning', 'info'] as const).find((level) =>
    findings.some(({ severity }) => severity === level),
  );
}
