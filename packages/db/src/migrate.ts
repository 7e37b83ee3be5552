export { type CreatedMigration, type CreateOptions, createMigration } from './migrate/create.js';
export { describeRename, type RenameCandidate } from './migrate/create-renames.js';
export { acceptDrift, type DriftReport, findDrift } from './migrate/drift.js';
export type { MigrationEvent, Runner } from './migrate/events.js';
export {
  compareFingerprints,
  describeDifference,
  type Fingerprint,
  type ObjectDifference,
  readFingerprint,
} from './migrate/fingerprint.js';
export { type MigrationFile, readMigrationFolder } from './migrate/folder.js';
export type { MigrationState } from './migrate/history.js';
export { type ChangedSince, changedSince } from './migrate/lint/changed-since.js';
export { formatFindings, formatGithub } from './migrate/lint/format.js';
export { type Finding, type LintReport, lintMigrations, worstOf } from './migrate/lint/lint.js';
export { MIGRATION_LOCK } from './migrate/lock.js';
export { type Plan, planMigrations } from './migrate/plan.js';
export {
  type Direction,
  pendingInBackup,
  type Rehearsal,
  type RehearsedFile,
  type RehearsedMigration,
  rehearseMigrations,
  type StatementPlace,
} from './migrate/rehearse.js';
export {
  type RepairAction,
  type RepairOptions,
  type RepairResult,
  repairMigration,
} from './migrate/repair.js';
export { type MigrateDownOptions, type MigrateDownResult, migrateDown } from './migrate/rollback.js';
export type { MigrateHooks, MigrateOptions } from './migrate/run.js';
export { ScriptFailure } from './migrate/script-failure.js';
export { parseScript, type Script, type Statement } from './migrate/split.js';
export {
  type HistoryEvent,
  type MigrationStatus,
  migrationHistory,
  migrationStatus,
  type StatusOptions,
} from './migrate/status.js';
export { type MigrateToOptions, migrateTo } from './migrate/to.js';
export { type TracedMigration, traceMigrations } from './migrate/trace.js';
export {
  type MigrateUpOptions,
  type MigrateUpResult,
  migrateUp,
  type PlannedMigration,
} from './migrate/up.js';
export {
  describeFinding,
  type VerifiedMigration,
  type VerifyReport,
  verifyMigrations,
} from './migrate/verify.js';
