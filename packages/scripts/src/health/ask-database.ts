import {
  type Database,
  type DatabaseConfig,
  type DatabaseError,
  MIGRATIONS_DIR,
  openDatabase,
  readHealthFacts,
  writeHealthCheck,
} from '@plinth/db';
import { compareMigrations } from '../checks/applied-migrations.js';

/** The shape of GET /health/db, terminus's own. */
export interface HealthBody {
  status: 'ok' | 'error';
  info: Record<string, object>;
  error: Record<string, object>;
  details: { database?: Record<string, unknown> };
}

/**
 * Asks the database what GET /health/db would tell: connectivity, a write, pool, migrations, users, version, times.
 * A database that answers but cannot be used is a body with status `error`; one that does not answer throws.
 */
export async function askDatabase(settings: DatabaseConfig): Promise<HealthBody> {
  const database = await openDatabase({ ...settings, connectRetries: 0, applicationName: 'plinth-health' });
  try {
    const details = await inspect(database);
    const { failed, pending } = details.migrations;
    if (pending.length + failed.length > 0)
      return unhealthy({ ...details, status: 'down', code: 'schema_mismatch' });
    return { status: 'ok', info: { database: details }, error: {}, details: { database: details } };
  } catch (error) {
    return unhealthy({
      status: 'down',
      code: (error as DatabaseError).code ?? 'internal',
      message: (error as Error).message,
    });
  } finally {
    await database.close();
  }
}

const unhealthy = (database: Record<string, unknown>): HealthBody => ({
  status: 'error',
  info: {},
  error: { database },
  details: { database },
});

async function inspect(database: Database) {
  const simpleMs = await timed(() => database.query('select 1'));
  const { pending, failed } = await compareMigrations(database, MIGRATIONS_DIR);
  const migrations = { pending, failed };
  if (pending.length > 0) {
    return { status: 'up', connectivity: { status: 'up', ms: simpleMs }, migrations };
  }
  const writeMs = await timed(() => writeHealthCheck(database, 'cli'));
  const { xid_age_ratio, ...facts } = await readHealthFacts(database);
  return {
    status: 'up',
    connectivity: { status: 'up', ms: simpleMs },
    write_check: { status: 'up', ms: writeMs },
    connection_pool: database.poolStatus(),
    migrations,
    ...facts,
    xid: { age_ratio: xid_age_ratio },
    response_times: { simple_query_ms: simpleMs, write_ms: writeMs },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Math.round((performance.now() - startedAt) * 100) / 100;
}
