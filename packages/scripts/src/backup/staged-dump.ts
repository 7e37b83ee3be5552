import { chmod, mkdtemp, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PlinthError } from '@plinth/db';
import { isAlive, startTimeOf } from '@plinth/db/embedded';
import type { AgeOpener } from './age.js';
import type { CopyProgress } from './copy-progress.js';
import { endOrphan } from './orphan.js';
import type { BackupStore, StoredSet } from './store.js';
import { unpackDump } from './verify-files.js';

const PREFIX = 'plinth-restore-';
/** Who works in a folder: process id, start time and machine, for a folder may be shared. */
const OWNER = 'owner.pid';
/** The pg_restore that reads it. */
export const RESTORE_PID = 'restore.pid';
/** A folder without an owner's file is just being made, or its maker died doing that. */
const UNOWNED_MS = 3_600_000;

/** How far a restore is: `unpacking` counts bytes, `restoring` rows. */
export interface RestoreProgress {
  what: 'unpacking' | 'restoring';
  done: number;
  total: number;
  unit: 'bytes' | 'rows';
  /** What is being restored. */
  table?: string | undefined;
}

export interface StageOptions {
  store: BackupStore;
  set: StoredSet;
  opener: AgeOpener | undefined;
  /** Where the folder is made; mode 0700. */
  workFolder: string;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: RestoreProgress) => void) | undefined;
  say?: (line: string) => void;
}

/**
 * Unpacks the dump into a private folder for as long as `work` needs it. Folders of runs that were killed are removed
 * first: they hold the backup in the clear. Throws `no_space` before it begins.
 */
export async function withStagedDump<T>(
  options: StageOptions,
  work: (archive: string, folder: string) => Promise<T>,
): Promise<T> {
  const { store, set, opener, workFolder, signal, say = () => {} } = options;
  await removeAbandoned(workFolder, say);
  const dumps = set.manifest.files.filter(({ role }) => role === 'dump');
  const needed = dumps.reduce((sum, file) => sum + file.plainBytes, 0);
  const { bavail, bsize } = await statfs(workFolder);
  if (bavail * bsize < needed) {
    throw new PlinthError(
      'no_space',
      `${bavail * bsize} bytes are free in ${workFolder}, ${needed} are needed to unpack the backup`,
      {
        fix: 'free space, or set TMPDIR to a larger disk',
      },
    );
  }
  const folder = await mkdtemp(join(workFolder, PREFIX));
  try {
    await chmod(folder, 0o700);
    await writeFile(join(folder, OWNER), `${process.pid} ${hostname()} ${await startTimeOf(process.pid)}`);
    const archive = await unpackDump(
      dumps,
      {
        path: (name) => store.path(set.id, name),
        opener,
        signal,
        onBytes: (bytes) =>
          options.onProgress?.({ what: 'unpacking', done: bytes, total: needed, unit: 'bytes' }),
      },
      folder,
    );
    return await work(archive, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What restoreArchive reports, in the words of this module. */
export function onRows({ onProgress }: Pick<StageOptions, 'onProgress'>) {
  return (
    onProgress &&
    (({ rows, totalRows, table }: CopyProgress) =>
      onProgress({ what: 'restoring', done: rows, total: totalRows, unit: 'rows', table }))
  );
}

/** Only folders of this user count: in a shared TMPDIR anybody may make one of that name. */
async function removeAbandoned(workFolder: string, say: (line: string) => void): Promise<void> {
  for (const name of (await readdir(workFolder)).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(workFolder, name);
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory() || (process.getuid && found.uid !== process.getuid())) continue;
    const owner = await readFile(join(folder, OWNER), 'utf8').catch(() => '');
    if (owner === '' ? Date.now() - found.mtimeMs < UNOWNED_MS : await isRunning(owner)) continue;
    if (await endOrphan(join(folder, RESTORE_PID)))
      say('ended the pg_restore that a killed run had left running');
    await rm(folder, { recursive: true, force: true });
    say(`removed ${folder}, which a killed run had left`);
  }
}

/** True where it cannot be told, on another machine, as well. */
async function isRunning(owner: string): Promise<boolean> {
  const [pid, host, ...startTime] = owner.split(' ');
  if (host !== hostname()) return true;
  return isAlive(Number(pid)) && (await startTimeOf(Number(pid))) === startTime.join(' ');
}
