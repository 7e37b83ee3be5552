import { auditSeals } from './audit-seals.js';
import { autovacuumDue } from './autovacuum-due.js';
import { backupsStale } from './backups-stale.js';
import { blockedSessions } from './blocked-sessions.js';
import { cacheHit } from './cache-hit.js';
import type { Check } from './check.js';
import { checkpoints } from './checkpoints.js';
import { connections } from './connections.js';
import { defaultPartitionRows } from './default-partition-rows.js';
import { diskSpace } from './disk-space.js';
import { duplicateIndexes } from './duplicate-indexes.js';
import { invalidIndexes } from './invalid-indexes.js';
import { longTransactions } from './long-transactions.js';
import { migrations } from './migrations.js';
import { missingForeignKeyIndexes } from './missing-foreign-key-indexes.js';
import { replicationSlots } from './replication-slots.js';
import { sequences } from './sequences.js';
import { settings } from './settings.js';
import { tableBloat } from './table-bloat.js';
import { tableGrowth } from './table-growth.js';
import { tempFiles } from './temp-files.js';
import { unusedIndexes } from './unused-indexes.js';
import { unvalidatedConstraints } from './unvalidated-constraints.js';
import { wraparound } from './wraparound.js';
import { xminHorizon } from './xmin-horizon.js';

/** Every check, the most urgent first. */
export const checks: readonly Check[] = [
  blockedSessions,
  longTransactions,
  connections,
  diskSpace,
  wraparound,
  xminHorizon,
  replicationSlots,
  backupsStale,
  migrations,
  auditSeals,
  autovacuumDue,
  invalidIndexes,
  defaultPartitionRows,
  cacheHit,
  tempFiles,
  checkpoints,
  sequences,
  missingForeignKeyIndexes,
  duplicateIndexes,
  unusedIndexes,
  tableBloat,
  tableGrowth,
  unvalidatedConstraints,
  settings,
];
