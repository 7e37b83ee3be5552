import { PlinthError, quoteIdentifier, urlFor } from '@plinth/db';
import { type DatabaseClient, withWorkClient } from './database-client.js';
import { type DrillReport, type RestoreOptions, withRestored } from './drill.js';
import { applyProperties } from './restore-archive.js';
import type { ScratchDatabase } from './scratch-database.js';
import { swapIn } from './swap.js';

export interface RestoreResult {
  /** The restored database's name. */
  database: string;
  report: DrillReport;
  /** Properties of the database that this role may not set, as SQL. */
  refused: string[];
}

/**
 * Restores a backup as a database of the given name: first into a scratch database, there compared with the manifest,
 * then renamed, so that the name never shows anything incomplete. Throws `refused` when the target holds anything,
 * `drill_failed` when the comparison finds a difference; nothing has changed then.
 */
export async function restoreTo(options: RestoreOptions & { database: string }): Promise<RestoreResult> {
  const { database, adminUrl, onStep = () => {} } = options;
  // Before the work, so that nobody waits for a refusal; and after it, because much can happen meanwhile.
  await withWorkClient(urlFor(adminUrl, 'postgres'), (client) => requireEmpty(client, database, adminUrl));
  return await withRestored(options, async (scratch, report) => {
    requireProof(report);
    await requireRename(scratch);
    const refused = await prepare(scratch, options);
    // Under the lock that `prepare` has taken: another restore cannot have this name as its target now.
    await requireEmpty(scratch.maintenance, database, adminUrl);
    await onStep('renaming');
    await scratch.maintenance.query(`DROP DATABASE IF EXISTS ${quoteIdentifier(database)}`);
    await scratch.maintenance.query(
      `ALTER DATABASE ${quoteIdentifier(scratch.name)} RENAME TO ${quoteIdentifier(database)}`,
    );
    scratch.keep();
    await onStep('renamed');
    return { database, report, refused };
  });
}

/**
 * Restores a backup beside the live database, compares it, and puts it in the live one's place in one transaction; the
 * live one is kept under another name. Its sessions are ended and reconnect to the restored one.
 */
export async function restoreSwap(
  options: RestoreOptions & { database: string },
): Promise<RestoreResult & { kept: string }> {
  const { database, onStep = () => {} } = options;
  return await withRestored(options, async (scratch, report) => {
    requireProof(report);
    await requireRename(scratch);
    const refused = await prepare(scratch, options);
    await onStep('renaming');
    const kept = await swapIn({
      maintenance: scratch.maintenance,
      adminUrl: options.adminUrl,
      live: database,
      next: scratch.name,
      backupId: options.set.id,
      now: options.now?.() ?? new Date(),
      onRenamed: () => onStep('renamed'),
    });
    scratch.keep();
    return { database, report, refused, kept };
  });
}

/** Throws `refused` unless the database is missing or holds no objects of a user. */
export async function requireEmpty(
  maintenance: DatabaseClient,
  database: string,
  adminUrl: string,
): Promise<void> {
  const { rowCount } = await maintenance.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (!rowCount) return;
  const objects = await withWorkClient(urlFor(adminUrl, database), async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                 AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.objid = c.oid))::int
            + (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public'))::int
            + (SELECT count(*) FROM pg_largeobject_metadata)::int AS count`,
    );
    return rows[0]?.count ?? 0;
  });
  if (objects === 0) return;
  throw new PlinthError('refused', `database ${database} is not empty: ${objects} objects are in it`, {
    fix: `restore to a new name, or put the backup in its place with --swap --confirm ${database}`,
  });
}

/** Throws `drill_failed` when the restored database is not what was backed up. */
export function requireProof(report: DrillReport): void {
  if (report.ok) return;
  throw new PlinthError(
    'drill_failed',
    `the restored database differs from the backup: ${report.problems.slice(0, 10).join('; ')}`,
    {
      fix: 'use another backup; nothing was changed',
    },
  );
}

/** Renaming needs the owner's rights and CREATEDB in one role. */
async function requireRename(scratch: ScratchDatabase): Promise<void> {
  if (scratch.actAs === undefined) return;
  throw new PlinthError(
    'privilege_missing',
    `this login acts as ${scratch.actAs}, which may not rename databases`,
    {
      fix: 'set ADMIN_DATABASE_URL to a superuser; drills work without one',
    },
  );
}

async function prepare(
  scratch: ScratchDatabase,
  { set, onStep = () => {} }: RestoreOptions,
): Promise<string[]> {
  // Fresh statistics, or the first queries of the application run on guesses.
  await scratch.client.query('ANALYZE');
  await scratch.release();
  const refused = await applyProperties(scratch.maintenance, scratch.name, set.manifest);
  await onStep('prepared');
  return refused;
}
