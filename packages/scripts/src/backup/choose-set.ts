import { PlinthError } from '@plinth/db';
import { formatSpan, newestProven } from './inventory.js';
import type { BackupStore, StoredSet } from './store.js';

/** The level from which on a set counts as validated: pg_restore has read it to its end. */
const VALIDATED = 2;

/**
 * The newest validated set of a database; where none is validated the newest that has not failed, which `say` tells.
 * Throws `stale` when there is none, or when it is older than `maxAgeMs`.
 */
export async function chooseValidated(options: {
  store: BackupStore;
  database: string;
  maxAgeMs: number;
  now: Date;
  say: (line: string) => void;
}): Promise<StoredSet> {
  const { store, database, maxAgeMs, now, say } = options;
  const { sets } = await store.list();
  const own = sets.filter(({ manifest }) => manifest.source.database === database);
  const usable = own.filter(({ verifications }) => verifications.at(-1)?.ok !== false);
  const validated = newestProven(own, VALIDATED);
  const chosen = validated ?? usable.at(-1);
  if (chosen === undefined) {
    const others = [...new Set(sets.map(({ manifest }) => manifest.source.database))].join(', ');
    throw new PlinthError(
      'stale',
      `there is no usable backup of database ${database} in ${store.place}${others === '' ? '' : `: those there are of ${others}`}`,
      { fix: 'run: plinth backup create, or name a backup with --backup <id>' },
    );
  }
  const ageMs = now.getTime() - Date.parse(chosen.manifest.createdAt);
  if (ageMs > maxAgeMs) {
    throw new PlinthError(
      'stale',
      `the newest ${validated === undefined ? '' : 'validated '}backup of database ${database}, ${chosen.id}, is ${formatSpan(ageMs)} old, at most ${formatSpan(maxAgeMs)} is asked for`,
      { fix: `run: plinth backup create, or take it as it is: --backup ${chosen.id}` },
    );
  }
  if (validated === undefined)
    say(`warning: no backup of database ${database} is validated; the newest one is taken, ${chosen.id}`);
  return chosen;
}
