import { type Database, DatabaseError, PlinthError } from '@plinth/db';
import type { CommandContext } from '../../context.js';
import { withDatabaseAs } from '../../target.js';

/** Runs `work` with the database opened as the worker, which reads the audit schema. Throws PlinthError with what is missing. */
export async function withAuditDatabase<T>(
  context: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const limits = { DB_POOL_MAX: '1', DB_STATEMENT_TIMEOUT_MS: '0' };
  try {
    return await withDatabaseAs(context, 'worker', limits, work);
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  if (error.code === 'permission')
    return new PlinthError('permission', 'the role may not read the audit log', {
      cause: error,
      fix: 'set WORKER_DATABASE_URL to the worker role (plinth_worker)',
    });
  if (error.sqlstate === '42P01' || error.sqlstate === '3F000')
    return new PlinthError('migrations_pending', 'the database has no audit log', {
      cause: error,
      fix: 'run `plinth migrate up`',
    });
  return error;
}
