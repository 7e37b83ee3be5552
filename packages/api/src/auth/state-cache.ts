import type { Database, Invalidations } from '@plinth/db';

/**
 * How long states of users and keys are remembered. Changes are announced and drop them at once; this keeps the promise that
 * a revocation is visible within a second also where an announcement is lost, and ends what ends by the clock (roles and keys
 * with an expiry).
 */
export const STATE_TTL_MS = 800;
export const MAX_STATES = 10_000;

/** What the memory of states is made of. */
export interface StateOptions {
  /** Throws ApiError `unavailable` while the database has not been opened. */
  database: () => Database;
  invalidations: Invalidations;
  /** STATE_TTL_MS unless told. */
  ttlMs?: number;
}
