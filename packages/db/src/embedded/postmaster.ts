import { readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersFrom } from './connection.js';
import type { Place } from './place.js';
import { isAlive } from './process-identity.js';
import { readSecrets } from './secrets.js';

/** What postmaster.pid says. Its lines: pid, directory, start (s), port, socket folder, address, memory key, status. */
export interface Postmaster {
  pid: number;
  port: number;
  /** starting, ready, stopping, standby; empty in the first instants of a start. */
  status: string;
}

/** A process id no system hands out: kill() answers "no such process". */
const NO_PROCESS = 2_147_483_646;

/** The living server of this data directory, or undefined: also when the pid in the file is a stranger's. */
export async function findPostmaster(place: Place): Promise<Postmaster | undefined> {
  const noted = await readPostmasterFile(place);
  if (noted === undefined || !isAlive(noted.pid)) return undefined;
  return (await isOurs(noted, place)) ? noted : undefined;
}

/**
 * Waits until a server that somebody else started or stops is ready or gone, `timeoutMs` at most; answers
 * what stands then.
 */
export async function settlePostmaster(place: Place, timeoutMs: number): Promise<Postmaster | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await findPostmaster(place);
    if (found === undefined || found.status === 'ready' || Date.now() > deadline) return found;
    await sleep(20);
  }
}

/**
 * After a crash the pid in postmaster.pid may have been given to another process, and PostgreSQL would refuse
 * to start. The pid is overwritten rather than the file removed: its memory key is how a new server notices
 * that backends of the old one are still writing. Call only when findPostmaster() found nothing.
 */
export async function disownRecycledPid(place: Place): Promise<void> {
  const noted = await readPostmasterFile(place);
  if (noted === undefined || !isAlive(noted.pid)) return;
  const file = join(place.dataDir, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [String(NO_PROCESS), ...lines.slice(1)].join('\n'));
}

/** Whether a server that does not run has left its file: it removes it when it ends in an orderly way. */
export async function hasCrashed(place: Place): Promise<boolean> {
  return (await readPostmasterFile(place)) !== undefined && (await findPostmaster(place)) === undefined;
}

async function readPostmasterFile(place: Place): Promise<Postmaster | undefined> {
  const text = await readFile(join(place.dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? '' };
}

/** A postmaster works in its data directory; where that cannot be seen it must answer with our password. */
async function isOurs(noted: Postmaster, place: Place): Promise<boolean> {
  if (process.platform === 'linux') {
    try {
      const [cwd, dataDir, program] = await Promise.all([
        readlink(`/proc/${noted.pid}/cwd`),
        realpath(place.dataDir),
        readFile(`/proc/${noted.pid}/comm`, 'utf8'),
      ]);
      return cwd === dataDir && program.trim() === 'postgres';
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EACCES' && code !== 'EPERM') return false;
    }
  }
  const { passwords } = await readSecrets(place.home);
  return await answersFrom({ port: noted.port, password: passwords.admin, dataDir: place.dataDir });
}
