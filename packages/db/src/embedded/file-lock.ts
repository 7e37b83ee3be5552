import { randomBytes } from 'node:crypto';
import { link, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlinthError } from '../errors.js';
import { isAlive, startTimeOf } from './process-identity.js';

interface Owner {
  pid: number;
  startTime: string;
  token: string;
}

interface LockOptions {
  timeoutMs: number;
  /** Called once when somebody alive holds the lock, with their process id. */
  onWait?: (ownerPid: number) => void;
}

const RETRY_MS = 25;

/**
 * Runs `work` while this process holds the lock file at `path`; waits for a living owner, takes over from a
 * dead one. Throws `locked` after `timeoutMs`.
 */
export async function withFileLock<T>(
  path: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const token = await acquire(path, options);
  try {
    return await work();
  } finally {
    if ((await readOwner(path))?.token === token) await unlink(path);
  }
}

async function acquire(path: string, options: LockOptions): Promise<string> {
  const token = randomBytes(6).toString('hex');
  const deadline = Date.now() + options.timeoutMs;
  let told = false;
  for (;;) {
    if (await tryCreate(path, token)) return token;
    const owner = await readOwner(path);
    if (owner === undefined) continue;
    if (!(await isRunning(owner))) {
      await removeDead(path, owner, options);
      continue;
    }
    if (!told) options.onWait?.(owner.pid);
    told = true;
    if (Date.now() > deadline) {
      throw new PlinthError('locked', `process ${owner.pid} has held ${path} for ${options.timeoutMs} ms`, {
        fix: `wait for process ${owner.pid} to finish, or end it`,
      });
    }
    await sleep(RETRY_MS);
  }
}

/** link() makes the lock appear with its content in one step: nobody ever reads a half-written owner. */
async function tryCreate(path: string, token: string): Promise<boolean> {
  const startTime = (await startTimeOf(process.pid)) ?? 'unknown';
  const draft = `${path}.draft-${token}`;
  const owner: Owner = { pid: process.pid, startTime, token };
  await writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Two processes may find the same dead owner. Only the holder of the lock named by that owner's token may
 * remove its file, so nobody can remove the fresh lock of a third; the same rule covers a crash in here.
 */
async function removeDead(path: string, dead: Owner, options: LockOptions): Promise<void> {
  await withFileLock(`${path}.${dead.token}`, options, async () => {
    if ((await readOwner(path))?.token === dead.token) await unlink(path);
  });
}

async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { pid, startTime, token } = JSON.parse(text) as Partial<Owner>;
    if (pid !== undefined && startTime !== undefined && token !== undefined) return { pid, startTime, token };
  } catch {
    // falls through: not written by us, or cut short by a full disk
  }
  return { pid: 0, startTime: '', token: 'unreadable' };
}

async function isRunning(owner: Owner): Promise<boolean> {
  if (owner.pid <= 0 || !isAlive(owner.pid)) return false;
  return (await startTimeOf(owner.pid)) === owner.startTime;
}
