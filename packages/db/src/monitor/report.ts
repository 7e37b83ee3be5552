import type { Finding, Severity } from './findings/check.js';
import { type Ignore, ignoreOf } from './findings/ignores.js';
import { checks } from './findings/registry.js';
import { type CheckOutcome, type SkipReason, worstSeverity } from './findings/run-checks.js';
import { FINDINGS_VERSION } from './findings/schema.js';

/** All findings with the state of every check; its JSON Schema is `findingsSchema`. */
export interface FindingsReport {
  version: string;
  generatedAt: string;
  /** Of the findings that are not ignored. */
  worst: Severity | null;
  /** The worst first. */
  findings: Finding[];
  ignored: { finding: Finding; reason: string; until: string }[];
  checks: {
    id: string;
    title: string;
    tier: 1 | 2 | 3;
    status: CheckOutcome['status'] | 'not run';
    skipped: SkipReason | null;
    checkedAt: string | null;
    ageMs: number | null;
    durationMs: number | null;
  }[];
}

const order = { critical: 0, warning: 1, info: 2 };

/** Puts the last outcome of each check into one report. */
export function reportFindings(
  outcomes: ReadonlyMap<string, CheckOutcome>,
  ignores: readonly Ignore[],
  now: Date,
): FindingsReport {
  const findings: Finding[] = [];
  const ignored: FindingsReport['ignored'] = [];
  for (const finding of checks.flatMap(({ id }) => outcomes.get(id)?.findings ?? [])) {
    const ignore = ignoreOf(finding, ignores, now);
    if (ignore === undefined) findings.push(finding);
    else ignored.push({ finding, reason: ignore.reason, until: ignore.until });
  }
  findings.sort((a, b) => order[a.severity] - order[b.severity]);
  return {
    version: FINDINGS_VERSION,
    generatedAt: now.toISOString(),
    worst: worstSeverity(findings) ?? null,
    findings,
    ignored,
    checks: checks.map(({ id, title, tier }) => {
      const outcome = outcomes.get(id);
      return {
        id,
        title,
        tier,
        status: outcome?.status ?? 'not run',
        skipped: outcome?.skipped ?? null,
        checkedAt: outcome?.checkedAt.toISOString() ?? null,
        ageMs: outcome ? now.getTime() - outcome.checkedAt.getTime() : null,
        durationMs: outcome?.durationMs ?? null,
      };
    }),
  };
}
