import {
  type Database,
  type DatabaseConfig,
  type DatabaseError,
  MIGRATIONS_DIR,
  openDatabase,
  translateError,
} from '@plinth/db';
import type { EmbeddedRole } from '@plinth/db/embedded';
import { databaseOf } from '../target.js';
import { type Check, type CheckContext, type Finding, fail, type Login } from './check.js';
import { readRequiredTables } from './required-tables.js';

export interface CheckResult extends Finding {
  name: string;
}

/** Where to look and as whom; `settings` are the application's. */
export interface CheckOptions {
  settings: DatabaseConfig;
  logins: ReadonlyMap<EmbeddedRole, Login>;
  dataDir?: string | undefined;
  backupDir: string;
  path: string | undefined;
  migrationsDir?: string;
  signal?: AbortSignal;
}

/** A login's failures that leave others a chance; anything else means that the server cannot be asked at all. */
const loginFailures = new Set(['auth_failed', 'permission', 'too_many_connections']);

/**
 * Runs checks one after another and answers what each found; a check that fails to run is a failed one. Throws
 * DatabaseError (`unavailable`, `database_missing` ...) when no known login gets through to the server.
 */
export async function runChecks(checks: readonly Check[], options: CheckOptions): Promise<CheckResult[]> {
  const { settings, logins, backupDir, path, dataDir, migrationsDir = MIGRATIONS_DIR, signal } = options;
  const opened: Database[] = [];
  const connect = async (url: string, connections = 1) => {
    const poolMin = Math.min(settings.poolMin, connections - 1);
    // Roles beyond the application's are meant to be looked at here, whatever they may do.
    const config = {
      ...settings,
      url,
      poolMin,
      poolMax: connections,
      connectRetries: 0,
      environment: 'test' as const,
    };
    const database = await openDatabase(config);
    opened.push(database);
    return database;
  };
  try {
    const db = await connectAsAnyone(connect, settings.url, logins);
    const context: CheckContext = {
      db,
      database: databaseOf(settings.url),
      settings,
      logins,
      connect,
      tables: await readRequiredTables(migrationsDir),
      migrationsDir,
      dataDir,
      backupDir,
      path,
    };
    const results: CheckResult[] = [];
    for (const check of checks) {
      signal?.throwIfAborted();
      results.push({ name: check.name, ...(await runOne(check, context)) });
      // Each check opens what it needs; the pool's maximum must not include those of the checks before it.
      while (opened.length > 1) await opened.pop()?.close();
    }
    return results;
  } finally {
    for (const database of opened) await database.close();
  }
}

async function runOne(check: Check, context: CheckContext): Promise<Finding> {
  try {
    return await check.run(context);
  } catch (thrown) {
    const error = translateError(thrown) as Error & { fix?: string };
    return fail(
      `not checked: ${error.message}`,
      error.fix ?? 'repair what the other lines say, and validate again',
    );
  }
}

async function connectAsAnyone(
  connect: CheckContext['connect'],
  appUrl: string,
  logins: ReadonlyMap<EmbeddedRole, Login>,
): Promise<Database> {
  const urls = [...new Set([appUrl, ...[...logins.values()].map(({ url }) => url)])];
  let first: unknown;
  for (const url of urls) {
    try {
      return await connect(url);
    } catch (thrown) {
      first ??= thrown;
      if (!loginFailures.has((thrown as DatabaseError).code)) throw thrown;
    }
  }
  throw first;
}
