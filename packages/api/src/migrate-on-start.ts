import { DatabaseError, MIGRATIONS_DIR } from '@plinth/db';
import { migrateUp, migrationStatus, readFingerprint } from '@plinth/db/migrate';
import type { Logger } from 'pino';

/**
 * Deploys pending migrations before the API opens its database (MIGRATE_ON_START). Replicas that start together
 * take turns by the runner's lock. With nothing pending it only reads, so the application's own role will do;
 * otherwise the URL must be the migrator's, else they are left to somebody else. Throws PlinthError of the runner (migration_failed, locked, ...).
 */
export async function migrateOnStart(url: string, logger: Logger): Promise<void> {
  const { migrations } = await migrationStatus({ url, dir: MIGRATIONS_DIR });
  if (migrations.every(({ state }) => state !== 'pending')) return;
  try {
    const { applied } = await migrateUp({
      url,
      dir: MIGRATIONS_DIR,
      hooks: { fingerprint: readFingerprint },
      log: (line) => logger.info({ migration: line }, 'migrating'),
    });
    logger.info({ applied: applied.map(({ name }) => name) }, 'migrated');
  } catch (error) {
    // The role may not deploy: somebody else has to, and /startup says so until it has happened.
    if (!(error instanceof DatabaseError) || error.code !== 'permission') throw error;
    logger.warn(
      'migrations are pending; set MIGRATE_DATABASE_URL to the role that deploys, or run `plinth migrate up`',
    );
  }
}
