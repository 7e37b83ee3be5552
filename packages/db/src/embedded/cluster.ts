import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlinthError } from '../errors.js';
import type { Binaries, Major } from './binaries.js';
import type { Place } from './place.js';
import { giveTo, type RunAs, runProgram } from './run-as.js';
import { readSecrets } from './secrets.js';
import { SETTINGS_FILE } from './settings.js';

/** The major the data directory was made by, undefined when there is none. */
export async function clusterMajor(place: Place): Promise<number | undefined> {
  const text = await readFile(join(place.dataDir, 'PG_VERSION'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw notOurs(place, error);
    },
  );
  return text === undefined ? undefined : Number(text);
}

/** Throws `embedded_other_major` when the data was made by a major other than the wanted one. */
export function checkMajor(found: number | undefined, wanted: Major, place: Place): void {
  if (found === undefined || found === wanted) return;
  throw new PlinthError(
    'embedded_other_major',
    `${place.dataDir} holds data of postgresql ${found}, and postgresql ${wanted} was asked for`,
    {
      fix: `set PLINTH_PG_MAJOR=${found} to go on with this data, or set PLINTH_HOME to another folder (or move ${place.dataDir} away) to begin with an empty postgresql ${wanted}`,
    },
  );
}

/**
 * Makes the cluster in a folder beside its place and moves it there when it is whole: a crash on the way
 * leaves rubbish that the next start removes, never half a database. Call with the lock held.
 */
export async function createCluster(
  place: Place,
  binaries: Binaries,
  runAs: RunAs,
  quick: boolean,
): Promise<void> {
  const staging = await mkdtemp(join(place.home, place.stagingPrefix));
  const draft = join(staging, 'data');
  const passwordFile = join(staging, 'password');
  const { passwords } = await readSecrets(place.home);
  await writeFile(passwordFile, `${passwords.admin}\n`, { mode: 0o600 });
  await mkdir(draft, { mode: 0o700 });
  await giveTo(runAs, staging);
  const common = [
    ...['--pgdata', draft, '--username=postgres', `--pwfile=${passwordFile}`, '--encoding=UTF8'],
    ...['--auth=scram-sha-256', '--data-checksums', ...(quick ? ['--no-sync'] : [])],
  ];
  let made = await runProgram(runAs, binaries.initdb, [...common, '--locale=C.UTF-8']);
  // Older systems have no C.UTF-8; plain C orders the same way and knows upper and lower case of ASCII only.
  if (/invalid locale/.test(made.output)) {
    made = await runProgram(runAs, binaries.initdb, [...common, '--locale=C']);
  }
  if (made.code !== 0) {
    checkSpace(made.output, place);
    throw new PlinthError('embedded_initdb_failed', `initdb failed: ${lastLines(made.output, 6)}`, {
      fix: `check that ${place.home} is on a disk with room and belongs to you, or set DATABASE_URL`,
    });
  }
  await appendFile(join(draft, 'postgresql.conf'), `\ninclude_if_exists = '${SETTINGS_FILE}'\n`);
  await rename(draft, place.dataDir);
  await rm(staging, { recursive: true, force: true });
}

/** Removes what starts cut short left behind. Call with the lock held. */
export async function removeLeftovers(place: Place): Promise<void> {
  for (const name of await readdir(place.home)) {
    if (!name.startsWith(place.stagingPrefix)) continue;
    // An initdb that outlived its killed starter may still write here; what it makes goes next time.
    await rm(join(place.home, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** Throws `embedded_not_owner` when an ordinary user meets the data of somebody else. */
export async function checkOwner(place: Place): Promise<void> {
  const uid = process.getuid?.();
  if (uid === undefined || uid === 0) return;
  if ((await stat(place.dataDir)).uid !== uid) throw notOurs(place);
}

function notOurs(place: Place, cause?: unknown): PlinthError {
  return new PlinthError('embedded_not_owner', `${place.dataDir} belongs to another user`, {
    cause,
    fix: `run as its owner, or run \`sudo chown -R $(id -u) ${place.home}\`, or set PLINTH_HOME to a folder of your own`,
  });
}

/** Throws `disk_full` when that is what a server program ended with. */
export function checkSpace(said: string, place: Place): void {
  const why = /.*(?:No space left on device|Disk quota exceeded)/.exec(said)?.[0];
  if (why === undefined) return;
  throw new PlinthError('disk_full', `the disk of ${place.home} is full: ${why.trim()}`, {
    fix: 'free some space there, or set PLINTH_HOME to a folder on another disk; the same command then goes on',
  });
}

/** The end of a log, for an error message. */
export function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
