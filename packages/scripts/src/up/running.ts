import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, startTimeOf } from '@plinth/db/embedded';

/** A process, told apart from a later one with the same id by its start time. */
interface ProcessMark {
  pid: number;
  startTime: string;
}

/** What `up` has started and where, as kept in <home>/api.pid. */
export interface Running {
  api: ProcessMark;
  /** Undefined where it has no login of its own. */
  worker?: ProcessMark;
  /** The `up` in the foreground that looks after it; null when it runs in the background. */
  supervisor: ProcessMark | null;
  port: number;
  database: string;
}

/** What runs under this home, or undefined: also when the file is left over from a crash. */
export async function findRunning(home: string): Promise<Running | undefined> {
  const text = await readFile(pidFile(home), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const noted = JSON.parse(text) as Running;
    return (await isSame(noted.api)) ? noted : undefined;
  } catch {
    return undefined;
  }
}

/** Notes what runs, complete or not at all. */
export async function noteRunning(home: string, running: Running): Promise<void> {
  const draft = `${pidFile(home)}.new`;
  await writeFile(draft, `${JSON.stringify(running)}\n`, { mode: 0o600 });
  await rename(draft, pidFile(home));
}

/** Forgets what ran. */
export async function forgetRunning(home: string): Promise<void> {
  await rm(pidFile(home), { force: true });
}

/** The mark of a living process. */
export async function markOf(pid: number): Promise<ProcessMark> {
  return { pid, startTime: (await startTimeOf(pid)) ?? 'gone' };
}

/** True while exactly this process lives. */
export async function isSame(mark: ProcessMark): Promise<boolean> {
  return isAlive(mark.pid) && (await startTimeOf(mark.pid)) === mark.startTime;
}

const pidFile = (home: string): string => join(home, 'api.pid');
