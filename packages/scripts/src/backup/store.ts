import { mkdir, open, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlinthError } from '@plinth/db';
import { formatManifest, type Manifest, parseManifest } from './manifest.js';

/** A finished verification, kept beside the set as evidence. */
export interface Verification {
  level: 0 | 1 | 2 | 3;
  ok: boolean;
  at: string;
  durationMs: number;
  /** What was found wrong, or left out. */
  problems: string[];
  report: unknown;
}

export interface Pin {
  until: string;
  reason: string;
}

/** A set as it is listed. */
export interface StoredSet {
  id: string;
  manifest: Manifest;
  verifications: Verification[];
  pin: Pin | undefined;
}

/** A set whose manifest cannot be used; it is reported and never deleted by itself. */
export interface UnreadableSet {
  id: string;
  error: PlinthError;
}

/** Where a set is being made. Nobody lists it before `commit`. */
export interface Staging {
  folder: string;
  /** Writes the manifest, syncs everything and lets the set appear under its id, in one step. */
  commit(manifest: Manifest): Promise<void>;
}

/** Where backups are kept. The only one yet is a folder, which may be mounted from elsewhere; others would do the same. */
export interface BackupStore {
  readonly place: string;
  ids(): Promise<string[]>;
  read(id: string): Promise<StoredSet>;
  list(): Promise<{ sets: StoredSet[]; unreadable: UnreadableSet[] }>;
  path(id: string, name: string): string;
  stage(id: string): Promise<Staging>;
  /** Un-lists the set in one step, then deletes its data. */
  remove(id: string): Promise<void>;
  addVerification(id: string, verification: Verification): Promise<void>;
  setPin(id: string, pin: Pin): Promise<void>;
  /** Deletes what crashed runs have left. Only while holding the store's lock. Answers what it removed. */
  collectGarbage(): Promise<string[]>;
  freeBytes(): Promise<number>;
  readonly lockFile: string;
}

const ID = /^\d{8}T\d{9}Z-[0-9a-f]{6}-L$/;
const MANIFEST = 'manifest.json';

/** Opens a folder as a store; makes it (mode 0700) when it is missing. Throws `store_unusable`. */
export async function openLocalStore(root: string): Promise<BackupStore> {
  const sets = join(root, 'sets');
  const staging = join(root, '.staging');
  const trash = join(root, '.trash');
  try {
    for (const folder of [root, sets, staging, trash]) await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(cause, root);
  }
  const setFolder = (id: string) => join(sets, checkId(id));

  const store: BackupStore = {
    place: root,
    lockFile: join(root, '.lock'),
    async ids() {
      return (await readdir(sets)).filter((name) => ID.test(name)).sort();
    },
    async read(id) {
      const folder = setFolder(id);
      const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause;
        throw new PlinthError('backup_not_found', `there is no backup ${id} in ${root}`, {
          fix: 'run: plinth backup list',
        });
      });
      return {
        id,
        manifest: parseManifest(text, id),
        verifications: await readVerifications(folder),
        pin: await readPin(folder),
      };
    },
    async list() {
      const found = await Promise.all(
        (await store.ids()).map((id) =>
          store.read(id).catch((error: unknown) => ({ id, error: asPlinthError(error) })),
        ),
      );
      return {
        sets: found.filter((set): set is StoredSet => 'manifest' in set),
        unreadable: found.filter((set): set is UnreadableSet => 'error' in set),
      };
    },
    path: (id, name) => join(setFolder(id), name),
    async stage(id) {
      const folder = join(staging, checkId(id));
      await mkdir(folder, { mode: 0o700 });
      return {
        folder,
        async commit(manifest) {
          const draft = join(folder, `${MANIFEST}.new`);
          await writeSynced(draft, formatManifest(manifest));
          await rename(draft, join(folder, MANIFEST));
          for (const name of new Set(manifest.files.map((file) => dirname(file.name))))
            await syncFolder(join(folder, name));
          await syncFolder(folder);
          await rename(folder, setFolder(id));
          await syncFolder(sets);
        },
      };
    },
    async remove(id) {
      const grave = join(trash, checkId(id));
      await rename(setFolder(id), grave);
      await syncFolder(sets);
      await rm(grave, { recursive: true });
    },
    async addVerification(id, verification) {
      const folder = join(setFolder(id), 'verify');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = `${verification.at.replace(/[^0-9TZ]/g, '')}-level${verification.level}.json`;
      await writeSynced(join(folder, name), `${JSON.stringify(verification, null, 2)}\n`);
    },
    async setPin(id, pin) {
      await writeSynced(join(setFolder(id), 'pin.json'), `${JSON.stringify(pin)}\n`);
    },
    async collectGarbage() {
      const removed: string[] = [];
      for (const folder of [staging, trash]) {
        for (const name of await readdir(folder)) {
          await rm(join(folder, name), { recursive: true, force: true });
          removed.push(name);
        }
      }
      return removed;
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
  };
  return store;
}

const unusable = (cause: unknown, root: string): PlinthError =>
  new PlinthError(
    'store_unusable',
    `the backup folder ${root} cannot be used (${(cause as NodeJS.ErrnoException).code})`,
    { cause, fix: 'set BACKUP_DIR to a folder that this user may write' },
  );

/** `store_unusable` for what failed because something in the store may not be written: rights, or a disk mounted for reading. */
export function asUnusable(error: unknown, root: string): PlinthError | undefined {
  const { code, path = '' } = error as NodeJS.ErrnoException;
  const isRefused = ['EACCES', 'EPERM', 'EROFS'].includes(String(code));
  return isRefused && path.startsWith(root) ? unusable(error, root) : undefined;
}

/** A new id: sortable by time to the millisecond, and later than every id in `known`, also when the clock went back. */
export function newBackupId(now: Date, known: readonly string[], random: string): string {
  const stamp = now.toISOString().replace(/[-:.]/g, '');
  const last = known.toSorted().at(-1)?.slice(0, stamp.length);
  if (last === undefined || stamp > last) return `${stamp}-${random}-L`;
  const next = new Date(parseStamp(last).getTime() + 1).toISOString().replace(/[-:.]/g, '');
  return `${next}-${random}-L`;
}

/** The set named by an id, by the beginning of one, or by `latest`. Throws `backup_not_found`. */
export async function findSet(store: BackupStore, name: string): Promise<StoredSet> {
  const ids = await store.ids();
  if (name === 'latest') {
    const newest = (await store.list()).sets.at(-1);
    if (newest !== undefined) return newest;
    throw new PlinthError('backup_not_found', `there is no usable backup in ${store.place}`, {
      fix: 'run: plinth backup create',
    });
  }
  const matches = ids.filter((id) => id === name || (name.length >= 8 && id.startsWith(name)));
  if (matches.length === 1) return await store.read(matches[0] as string);
  const why =
    matches.length === 0 ? `there is no backup ${name}` : `${matches.length} backups begin with ${name}`;
  throw new PlinthError('backup_not_found', `${why} in ${store.place}`, { fix: 'run: plinth backup list' });
}

function parseStamp(stamp: string): Date {
  return new Date(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z'));
}

function checkId(id: string): string {
  if (ID.test(id)) return id;
  throw new PlinthError('usage', `"${id}" is not the id of a backup`, { fix: 'run: plinth backup list' });
}

async function readVerifications(folder: string): Promise<Verification[]> {
  const names = await readdir(join(folder, 'verify')).catch(() => []);
  const read = await Promise.all(
    names.sort().map(async (name) => {
      try {
        const read = JSON.parse(await readFile(join(folder, 'verify', name), 'utf8')) as Verification | null;
        return typeof read?.at === 'string' ? read : undefined;
      } catch {
        // A damaged record proves nothing; the set counts as not verified by it.
        return undefined;
      }
    }),
  );
  return read.filter((verification) => verification !== undefined);
}

async function readPin(folder: string): Promise<Pin | undefined> {
  const text = await readFile(join(folder, 'pin.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const damaged = { until: '9999-12-31T00:00:00.000Z', reason: 'the pin file is damaged: kept to be safe' };
  try {
    const pin = JSON.parse(text) as Pin | null;
    return Number.isNaN(Date.parse(pin?.until ?? '')) ? damaged : (pin as Pin);
  } catch {
    return damaged;
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flush: true });
}

/** A rename is on disk only after its folder is. Windows cannot open folders, and does not need to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function asPlinthError(error: unknown): PlinthError {
  if (error instanceof PlinthError) return error;
  return new PlinthError('backup_corrupt', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
