import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DUMP_PID } from './dump.js';
import { endOrphan } from './orphan.js';
import type { BackupStore } from './store.js';

/** Deletes what dead runs have left, ending their pg_dump first. The caller holds the store's lock. */
export async function collectGarbage(
  store: BackupStore,
  say: (line: string) => void = () => {},
): Promise<string[]> {
  const staging = join(store.place, '.staging');
  for (const name of await readdir(staging)) {
    if (await endOrphan(join(staging, name, DUMP_PID)))
      say(`ended the pg_dump that backup ${name} left running`);
  }
  const removed = await store.collectGarbage();
  for (const name of removed) say(`removed what the unfinished run ${name} had left`);
  return removed;
}
