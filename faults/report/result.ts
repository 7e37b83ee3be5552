import type { Violation } from '../ledger/violation.js';

/** What one round of one fault (or of two together) came to. */
export interface RoundResult {
  /** Its number: markers of this round begin with `r<number>.`. */
  readonly round: number;
  readonly faults: readonly string[];
  readonly struck: number;
  readonly operations: number;
  readonly reads: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Never answered, their clients gone: they may have happened or not. */
  readonly unknown: number;
  /** Operations that had at least one request without a clear answer. */
  readonly ambiguous: number;
  /** Undefined where all was not well within the bound. */
  readonly recoveryMs: number | undefined;
  readonly boundMs: number;
  readonly violations: readonly Violation[];
  readonly durationMs: number;
}

/** A whole run. */
export interface SuiteResult {
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly machine: {
    readonly node: string;
    readonly cores: number;
    readonly cpu: string;
    readonly system: string;
    /** Load average of the last minute before the run: what else the machine was doing. */
    readonly load: number;
  };
  readonly clients: number;
  readonly rounds: readonly RoundResult[];
  readonly skipped: readonly { fault: string; reason: string }[];
  /** Found at the end, over all rounds. */
  readonly violations: readonly Violation[];
}

/** Everything that was broken. */
export const allViolations = ({ rounds, violations }: SuiteResult): Violation[] => [
  ...rounds.flatMap((round) => round.violations),
  ...violations,
];
