export type { Alert, Condition } from './monitor/alerts.js';
export type { Tier } from './monitor/collector.js';
export { type MonitorConfig, parseMonitorConfig, readMonitorConfig } from './monitor/config.js';
export type { EvidenceWindow } from './monitor/evidence-window.js';
export type { GenericPlan } from './monitor/explain.js';
export type { Check, Finding, Repair, Severity } from './monitor/findings/check.js';
export { type Ignore, parseIgnores } from './monitor/findings/ignores.js';
export { checks } from './monitor/findings/registry.js';
export type { CheckOutcome, SkipReason } from './monitor/findings/run-checks.js';
export { FINDINGS_VERSION, findingsSchema } from './monitor/findings/schema.js';
export type { Horizon } from './monitor/horizon.js';
export { type Histogram, type Latency, quantile, summarizeLatency } from './monitor/latency.js';
export { type LockNode, type LockTree, releaseStatement } from './monitor/lock-tree.js';
export type { Counters } from './monitor/observed.js';
export {
  type Aged,
  type Monitor,
  type MonitorEvent,
  type MonitorOptions,
  openMonitor,
} from './monitor/open-monitor.js';
export type { Jobs, Operations, Overview } from './monitor/overview.js';
export type { FindingsReport } from './monitor/report.js';
export type { ServerFiles } from './monitor/server-files.js';
export { LOCK_TIMEOUT_MS, MONITOR_APPLICATION } from './monitor/session.js';
export type { SessionState } from './monitor/sessions.js';
export type { HistoryPoint, OwnCost, Snapshot } from './monitor/snapshot.js';
export type { StatementCounter } from './monitor/statement-counters.js';
export type { StatementStats, StatementWindow } from './monitor/statements.js';
export type { IndexFacts, TableFacts } from './monitor/table-facts.js';
export type { TableState } from './monitor/tables.js';
export { defaultThresholds, type Thresholds, thresholdSettings } from './monitor/thresholds.js';
