import { LOGIN_ROLES } from '@plinth/db';
import { administrators } from './administrators.js';
import { appliedMigrations } from './applied-migrations.js';
import { backupTools } from './backup-tools.js';
import type { Check } from './check.js';
import { connectionPool } from './connection-pool.js';
import { diskSpace } from './disk-space.js';
import { encryption } from './encryption.js';
import { extensions } from './extensions.js';
import { grants } from './grants.js';
import { owner } from './owner.js';
import { requiredTables } from './required-tables.js';
import { roleCheck } from './role.js';
import { rowSecurity } from './row-security.js';
import { serverVersion } from './server-version.js';
import { timeZone } from './time-zone.js';
import { writeCapability } from './write-capability.js';

/** Every check, in the order in which their failures are best repaired. */
export const checks: readonly Check[] = [
  serverVersion,
  extensions,
  owner,
  ...LOGIN_ROLES.map(roleCheck),
  appliedMigrations,
  requiredTables,
  grants,
  rowSecurity,
  administrators,
  writeCapability,
  timeZone,
  encryption,
  connectionPool,
  diskSpace,
  backupTools,
];
