import { join } from 'node:path';
import { type DatabaseConfig, initializeDatabase, parseDatabaseConfig, urlFor, withClient } from '@plinth/db';
import { embeddedUrl, readSecrets, startEmbedded, stopEmbedded } from '@plinth/db/embedded';

/** A migrated database to measure on. */
export interface BenchDatabase {
  /** The application's own configuration, with the pool size that every side has to use. */
  config: DatabaseConfig;
  /** A role that may load rows in bulk. */
  loaderUrl: string;
  /** Such as "15.18", and how durable it is. */
  server: { version: string; settings: Record<string, string> };
  stop(): Promise<void>;
}

/** Connections of every side. As many callers as this never wait; more do, on every side alike. */
const poolSize = 20;
const database = 'plinth_bench';

/**
 * Opens the bench database: on the server of `databaseUrl` where it is given (its role must be able to deploy and load),
 * else on an embedded server of the bench's own under `root`, with PostgreSQL's normal durable settings.
 * Rows stay for the next run.
 */
export async function openBenchDatabase(
  root: string,
  databaseUrl: string | undefined,
  log: (line: string) => void,
): Promise<BenchDatabase> {
  if (databaseUrl !== undefined) {
    const config = configFor(databaseUrl);
    await initializeDatabase({ config, log });
    return {
      config,
      loaderUrl: databaseUrl,
      server: await describeServer(databaseUrl),
      stop: async () => {},
    };
  }
  const home = join(root, '.plinth', 'bench');
  const { started } = await startEmbedded({ home, log });
  const adminUrl = await embeddedUrl({ home, role: 'admin', database: 'postgres' });
  const config = configFor(await embeddedUrl({ home, role: 'app', database }));
  const { passwords } = await readSecrets(home);
  const migrateUrl = await embeddedUrl({ home, role: 'migrator', database });
  await initializeDatabase({ config, adminUrl, migrateUrl, passwords, log });
  const loaderUrl = urlFor(adminUrl, database);
  return {
    config,
    loaderUrl,
    server: await describeServer(loaderUrl),
    stop: async () => {
      if (started) await stopEmbedded({ home });
    },
  };
}

function configFor(url: string): DatabaseConfig {
  return parseDatabaseConfig({
    DATABASE_URL: url,
    DB_POOL_MAX: String(poolSize),
    DB_POOL_MIN: String(poolSize),
  });
}

async function describeServer(url: string): Promise<BenchDatabase['server']> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers')`,
    );
    const { server_version: version = 'unknown', ...settings } = Object.fromEntries(
      rows.map(({ name, setting }) => [name, setting]),
    );
    return { version, settings };
  });
}
