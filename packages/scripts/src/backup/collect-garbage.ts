import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endOrphanedDump } from './dump.js';
import type { BackupStore } from './store.js';

/** Deletes what dead runs have left, ending their pg_dump first. The caller holds the store's lock. */
export async function collectGarbage(
  store: BackupStore,
  say: (line: string) => void = () => {},
): Promise<string[]> {
  const staging = join(store.place, '.staging');
  await mkdir(staging, { recursive: true, mode: 0o700 });
  for (const name of await readdir(staging)) {
    const pid = await readFile(join(staging, name, 'dump.pid'), 'utf8').catch(() => '');
    if (pid !== '' && (await endOrphanedDump(pid))) say(`ended the pg_dump that backup ${name} left running`);
  }
  const removed = await store.collectGarbage();
  for (const name of removed) say(`removed what the unfinished run ${name} had left`);
  return removed;
}
