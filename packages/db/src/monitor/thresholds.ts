import { type EnvReader, parseDurationMs } from '../env.js';

const MB = 1024 * 1024;
const GB = 1024 * MB;
const minute = 60_000;
const day = 86_400_000;

/** From where on something is worth a finding. docs/monitoring.md says where each number comes from. */
export const defaultThresholds = {
  blockedWarningMs: 5_000,
  blockedCriticalMs: 30_000,
  transactionWarningMs: 5 * minute,
  transactionCriticalMs: 60 * minute,
  /** Shares of the connections that ordinary roles can have. */
  connectionsWarningRatio: 0.8,
  connectionsCriticalRatio: 0.95,
  /** Transactions that the oldest snapshot lags behind. */
  xminAgeWarning: 10_000_000,
  xminAgeCritical: 100_000_000,
  /** Shares of the 2^31 transaction ids (or multixact ids) that can be in use. */
  wraparoundWarningRatio: 0.5,
  wraparoundCriticalRatio: 0.8,
  unusedIndexMinBytes: 10 * MB,
  unusedIndexWindowMs: 30 * day,
  /** A table of more rows makes a missing foreign-key index a warning instead of a remark. */
  foreignKeyRows: 10_000,
  bloatMinBytes: 20 * MB,
  bloatRatio: 0.5,
  /** Dead rows as a multiple of what makes autovacuum start. */
  autovacuumDueRatio: 2,
  autovacuumMinRows: 10_000,
  sequenceWarningRatio: 0.75,
  sequenceCriticalRatio: 0.9,
  cacheHitRatio: 0.98,
  /** Blocks read within the window, below which a ratio says nothing. */
  cacheMinReads: 100_000,
  tempBytesPerHour: GB,
  checkpointRequestedRatio: 0.3,
  checkpointMinimum: 50,
  diskFreeWarningRatio: 0.1,
  diskFreeCriticalRatio: 0.02,
  tableGrowthBytes: GB,
  tableGrowthRatio: 0.5,
  backupAgeWarningMs: 26 * 3_600_000,
  backupAgeCriticalMs: 72 * 3_600_000,
  auditSealAgeMs: 2 * 3_600_000,
  slotRetainedBytes: 5 * GB,
};

export type Thresholds = typeof defaultThresholds;

/** Setting of each threshold an operator may want to move. */
const settings: Record<
  string,
  { threshold: keyof Thresholds; kind: 'ratio' | 'duration' | 'bytes' | 'count' }
> = {
  ALERT_BLOCKED_WARNING: { threshold: 'blockedWarningMs', kind: 'duration' },
  ALERT_BLOCKED_CRITICAL: { threshold: 'blockedCriticalMs', kind: 'duration' },
  ALERT_TRANSACTION_WARNING: { threshold: 'transactionWarningMs', kind: 'duration' },
  ALERT_TRANSACTION_CRITICAL: { threshold: 'transactionCriticalMs', kind: 'duration' },
  ALERT_CONNECTIONS_WARNING: { threshold: 'connectionsWarningRatio', kind: 'ratio' },
  ALERT_CONNECTIONS_CRITICAL: { threshold: 'connectionsCriticalRatio', kind: 'ratio' },
  ALERT_XMIN_AGE_WARNING: { threshold: 'xminAgeWarning', kind: 'count' },
  ALERT_XMIN_AGE_CRITICAL: { threshold: 'xminAgeCritical', kind: 'count' },
  ALERT_CACHE_HIT: { threshold: 'cacheHitRatio', kind: 'ratio' },
  ALERT_TEMP_BYTES_PER_HOUR: { threshold: 'tempBytesPerHour', kind: 'bytes' },
  ALERT_DISK_FREE_WARNING: { threshold: 'diskFreeWarningRatio', kind: 'ratio' },
  ALERT_DISK_FREE_CRITICAL: { threshold: 'diskFreeCriticalRatio', kind: 'ratio' },
  ALERT_BACKUP_AGE_WARNING: { threshold: 'backupAgeWarningMs', kind: 'duration' },
  ALERT_BACKUP_AGE_CRITICAL: { threshold: 'backupAgeCriticalMs', kind: 'duration' },
  ALERT_AUDIT_SEAL_AGE: { threshold: 'auditSealAgeMs', kind: 'duration' },
};

/** Names of the settings that move thresholds. */
export const thresholdSettings = Object.keys(settings);

const readers = {
  ratio: { read: (text: string) => inRange(Number(text), 0, 1), form: 'a number from 0 to 1' },
  duration: { read: parseDurationMs, form: 'a duration such as 500ms, 30s, 5m, 2h or 7d' },
  bytes: { read: parseBytes, form: 'a size such as 500MB or 2GB' },
  count: {
    read: (text: string) => (/^\d{1,10}$/.test(text) ? Number(text) : undefined),
    form: 'a whole number',
  },
};

/** Reads the thresholds that are set; the others keep their defaults. Reports what it cannot read to `reader`. */
export function readThresholds(reader: EnvReader): Thresholds {
  const thresholds = { ...defaultThresholds };
  for (const [name, { threshold, kind }] of Object.entries(settings)) {
    const text = reader.text(name);
    if (text === undefined) continue;
    const value = readers[kind].read(text);
    if (value === undefined) reader.problem(`${name}: "${text}" is not ${readers[kind].form}`);
    else thresholds[threshold] = value;
  }
  return thresholds;
}

function inRange(value: number, min: number, max: number): number | undefined {
  return Number.isFinite(value) && value >= min && value <= max ? value : undefined;
}

function parseBytes(text: string): number | undefined {
  const match = /^(\d+)(kB|MB|GB)$/.exec(text.trim());
  const unit = { kB: 1024, MB, GB }[match?.[2] ?? ''];
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
}
