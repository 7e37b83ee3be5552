import type { Script, Statement } from '../split.js';

/** critical: it fails, loses data or stops the service. warning: it can, depending on size and load. */
export type Severity = 'warning' | 'critical';

export interface LintedMigration {
  readonly name: string;
  readonly up: Script;
  /** undefined where there is no down.sql. */
  readonly down: Script | undefined;
}

/** What a rule sees. */
export interface RuleInput {
  readonly migration: LintedMigration;
  /** The migrations before it, oldest first. */
  readonly earlier: readonly LintedMigration[];
  /** The newest migration that is applied, or in the base revision; null where neither is known. */
  readonly newest: string | null;
}

export interface RuleFinding {
  /** undefined: the whole file. */
  readonly statement?: Statement | undefined;
  readonly line?: number;
  readonly file?: 'migration.sql' | 'down.sql';
  readonly message: string;
}

/** SQL that the rule's test lints and runs. */
export interface Example {
  /** Makes what the example needs; an earlier migration. */
  readonly setup?: string;
  readonly sql: string;
  /** Its down.sql; one that does nothing unless given, null for none. */
  readonly down?: string | null;
  /** Migrations that are applied already; the example's own is 20260101000001_step. */
  readonly known?: readonly string[];
  /** The SQLSTATE it ends with on a server; none when it runs. */
  readonly fails?: string;
}

/** One thing that squawk does not look for. */
export interface Rule {
  readonly name: string;
  readonly severity: Severity;
  /** squawk's findings on the same statement that this one says better. */
  readonly instead?: readonly string[];
  /** What is wrong with it, for docs/migrations.md. */
  readonly why: string;
  readonly fix: string;
  readonly bad: Example;
  readonly good: Example;
  check(input: RuleInput): Iterable<RuleFinding>;
}
