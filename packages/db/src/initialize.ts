import { fileURLToPath } from 'node:url';
import {
  bootstrapDatabase,
  createDatabase,
  dropDatabase,
  type RolePasswords,
  urlFor,
  withClient,
} from './bootstrap.js';
import type { DatabaseConfig } from './config.js';
import { type Database, isTransientConnectError, type OpenOptions, openDatabase } from './database.js';
import { DatabaseError, PlinthError } from './errors.js';
import { readFingerprint } from './migrate/fingerprint.js';
import { migrateUp } from './migrate/up.js';
import { retry } from './retry.js';

/** The migrations of packages/db, from source and from dist alike. */
export const MIGRATIONS_DIR = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** What to initialize, and as whom. */
export interface InitializeOptions {
  /** How the application connects; its URL names the database. */
  config: DatabaseConfig;
  /** Superuser: creates the database and the roles. Without it both must exist, or the migrator must be able to create the database. */
  adminUrl?: string;
  /** Role that deploys; the application's own where unset. */
  migrateUrl?: string;
  passwords?: RolePasswords;
  /** Run after the deploy, before the health check: seeds, in development. Returns rows inserted. */
  seed?: () => Promise<number>;
  openOptions?: OpenOptions;
  log?: (line: string) => void;
}

/** What was done; everything false or empty means the database was ready already. */
export interface InitializeResult {
  created: boolean;
  bootstrapped: boolean;
  applied: string[];
  seededRows: number;
}

/**
 * Makes a database ready to use: waits for the server, creates what is missing, bootstraps roles, deploys
 * migrations, seeds, and checks that reads and writes work. Safe to repeat. When a step fails, a database
 * that this call created is removed again and the log says so; one that existed is left as it was before
 * the failing migration. Throws what the step threw: DatabaseError or PlinthError.
 */
export async function initializeDatabase(options: InitializeOptions): Promise<InitializeResult> {
  const { config, adminUrl, log = () => {} } = options;
  const database = decodeURIComponent(new URL(config.url).pathname.slice(1));
  const migrateUrl = options.migrateUrl ?? config.url;
  const creatorUrl = adminUrl ?? migrateUrl;

  const exists = await retry(() => databaseExists(creatorUrl, database), {
    retries: config.connectRetries,
    baseMs: 200,
    capMs: 5_000,
    shouldRetry: isTransientConnectError,
    onRetry: (_error, attempt, delayMs) =>
      log(`waiting for the database server (try ${attempt + 1}, next in ${Math.ceil(delayMs)} ms)`),
  });
  const created = !exists && (await createDatabase(creatorUrl, database));
  if (created) log(`created database ${database}`);

  try {
    if (adminUrl)
      await bootstrapDatabase({
        adminUrl,
        database,
        ...(options.passwords ? { passwords: options.passwords } : {}),
      });
    const { applied } = await migrateUp({
      url: urlFor(migrateUrl, database),
      dir: MIGRATIONS_DIR,
      hooks: { fingerprint: readFingerprint },
      log,
    });
    const seededRows = options.seed ? await options.seed() : 0;
    await checkHealth(options);
    return {
      created,
      bootstrapped: adminUrl !== undefined,
      applied: applied.map(({ name }) => name),
      seededRows,
    };
  } catch (error) {
    if (!created) throw error;
    const outcome = await dropDatabase(creatorUrl, database).then(
      () => `removed database ${database} again, because initializing it failed`,
      () => `initializing database ${database} failed, and it could not be removed again`,
    );
    log(outcome);
    throw error;
  }
}

async function databaseExists(url: string, database: string): Promise<boolean> {
  try {
    return await withClient(urlFor(url, 'postgres'), async (client) => {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
      return Boolean(rowCount);
    });
  } catch (error) {
    // Many managed roles may not connect to "postgres"; ask the database itself.
    if (!(error instanceof DatabaseError) || isTransientConnectError(error)) throw error;
    return withClient(urlFor(url, database), async () => true);
  }
}

/** Opens the database as the application does and proves that a write works. */
async function checkHealth(options: InitializeOptions): Promise<void> {
  const database = await openDatabase(options.config, options.openOptions);
  try {
    if (!(await database.isHealthy())) {
      throw new PlinthError('unhealthy', 'the database answered the deploy but not the health check', {
        fix: 'run: plinth validate',
      });
    }
    await writeHealthCheck(database, 'initialize');
  } finally {
    await database.close();
  }
}

/** Writes this source's row of health_check: the proof that writes work. Returns milliseconds. */
export async function writeHealthCheck(database: Pick<Database, 'none'>, source: string): Promise<number> {
  const startedAt = performance.now();
  await database.none(
    `insert into health_check (source) values ($1)
     on conflict (source) do update set checked_at = now(), writes = health_check.writes + 1`,
    [source],
  );
  return performance.now() - startedAt;
}
