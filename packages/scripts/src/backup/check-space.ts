import { PlinthError } from '@plinth/db';
import type { Snapshot } from './snapshot.js';
import type { BackupStore } from './store.js';

const SPARE_BYTES = 16 * 1024 * 1024;

/**
 * Room for the set, judged by the last one of this database, else by the tables' size; and for the plain copy of several jobs.
 * Throws `no_space`.
 */
export async function checkSpace(
  store: BackupStore,
  snapshot: Snapshot,
  { jobs, zstdLevel }: { jobs: number; zstdLevel: number | undefined },
): Promise<void> {
  const { systemIdentifier, database } = snapshot.source;
  const before = (await store.list()).sets.filter(
    ({ manifest }) =>
      manifest.source.systemIdentifier === systemIdentifier && manifest.source.database === database,
  );
  const last = before.at(-1)?.manifest;
  const stored = last
    ? last.stats.storedBytes * 1.5
    : zstdLevel === undefined
      ? snapshot.tableBytes
      : snapshot.tableBytes / 2;
  const needed = Math.round(stored + (jobs === 1 ? 0 : snapshot.tableBytes) + SPARE_BYTES);
  const free = await store.freeBytes();
  if (free >= needed) return;
  throw new PlinthError('no_space', `${free} bytes are free in ${store.place}, about ${needed} are needed`, {
    fix: 'free space, run `plinth backup prune`, or set BACKUP_DIR to a larger disk',
  });
}
