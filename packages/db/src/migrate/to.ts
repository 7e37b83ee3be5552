import { readMigrationFolder } from './folder.js';
import { compareHistory, findByName, readRows } from './history.js';
import { type MigrateDownOptions, type MigrateDownResult, migrateDown } from './rollback.js';
import { withMigrationSession } from './session.js';
import { type MigrateUpOptions, type MigrateUpResult, migrateUp } from './up.js';

export type MigrateToOptions = MigrateUpOptions & MigrateDownOptions & { readonly to: string };

/**
 * Goes to the migration `to`, up or down, so that it is the newest applied one. Both directions look at the history
 * again under the lock. Throws what migrateUp and migrateDown throw.
 */
export async function migrateTo(options: MigrateToOptions): Promise<MigrateUpResult & MigrateDownResult> {
  const files = await readMigrationFolder(options.dir);
  const isApplied = await withMigrationSession(options, async (session) => {
    const entries = compareHistory(files, await readRows(session));
    return findByName(entries, options.to).row !== undefined;
  });
  if (isApplied) return { applied: [], planned: [], ...(await migrateDown(options)) };
  return { rolledBack: [], ...(await migrateUp(options)) };
}
