import { PlinthError } from '../errors.js';
import { type Fingerprint, type ObjectDifference, readFingerprint } from './fingerprint.js';
import { readMigrationFolder } from './folder.js';
import { withScratchDatabase } from './scratch.js';

/**
 * The fingerprint that these migrations lead to, run on a scratch database beside the URL's. `bootstrapped`: that one
 * has the privileges of the bootstrap. Throws `no_fingerprint` where the folder lacks one of them, or where no scratch
 * database can be made.
 */
export async function replayFingerprint(options: {
  readonly url: string;
  readonly dir: string;
  readonly names: readonly string[];
  readonly bootstrapped: boolean;
}): Promise<Fingerprint> {
  const { url, dir, names, bootstrapped } = options;
  const files = await readMigrationFolder(dir);
  const missing = names.filter((name) => !files.some((file) => file.name === name));
  if (missing.length > 0) throw cannotReplay(`the folder lacks ${missing.join(', ')}`);
  return withScratchDatabase(
    url,
    async (scratch) => {
      for (const { name, sql } of files) {
        if (names.includes(name)) await scratch.run(sql, `${name}/migration.sql`);
      }
      return readFingerprint(scratch.client);
    },
    { privileges: bootstrapped },
  ).catch((error: unknown) => {
    if (error instanceof PlinthError && error.code === 'no_scratch') throw cannotReplay(error.message, error);
    throw error;
  });
}

/** What the bootstrap makes as a superuser and no migration can: the privileges on the database, and its extension. */
export const isBootstraps = ({ kind, name }: ObjectDifference): boolean =>
  (kind === 'grant' && name.startsWith('database to ')) ||
  (kind === 'extension' && name === 'pg_stat_statements');

function cannotReplay(why: string, cause?: unknown): PlinthError {
  return new PlinthError(
    'no_fingerprint',
    `no fingerprint is stored, and the migrations cannot be replayed: ${why}`,
    {
      fix: 'apply with `plinth migrate up`, which stores one, or take the schema as it is: plinth migrate drift --accept --why "..."',
      cause,
    },
  );
}
