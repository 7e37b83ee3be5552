import { DatabaseError, type DatabaseErrorCode } from '@plinth/db';

/** Why the API is not ready. Nothing else is ever said to the outside: no host, role, message or version. */
const REASONS = [
  'starting',
  'draining',
  'db_unreachable',
  'db_timeout',
  'db_auth_failed',
  'db_starting',
  'db_read_only',
  'too_many_connections',
  'schema_mismatch',
  'pool_stuck',
  'stale',
] as const;
export type Reason = (typeof REASONS)[number];

const FROM_DATABASE: Partial<Record<DatabaseErrorCode, Reason>> = {
  query_timeout: 'db_timeout',
  idle_timeout: 'db_timeout',
  lock_timeout: 'db_timeout',
  pool_exhausted: 'db_timeout',
  auth_failed: 'db_auth_failed',
  permission: 'db_auth_failed',
  starting: 'db_starting',
  read_only: 'db_read_only',
  disk_full: 'db_read_only',
  too_many_connections: 'too_many_connections',
  statement_invalid: 'schema_mismatch',
};

/** The reason that a failed probe gives. */
export function reasonOf(error: unknown): Reason {
  return (error instanceof DatabaseError && FROM_DATABASE[error.code]) || 'db_unreachable';
}

/** Slowness may be load, which turning traffic away from every replica at once would not cure. */
export const isSlow = (reason: Reason): boolean => reason === 'db_timeout';

/** Of the database that all replicas share: turning this one's traffic away moves it nowhere better. */
export const isShared = (reason: Reason): boolean =>
  reason.startsWith('db_') || reason === 'too_many_connections';
