import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from '@plinth/db/embedded';

const PREFIX = 'plinth-faults-';
/** Who made the folder: process id and start time, so that another process with the same id is not taken for it. */
const OWNER = 'owner';

/** Makes the folder of a run in which all of its programs work, after removing what runs that were killed have left. */
export async function openFolder(): Promise<string> {
  for (const name of await readdir(tmpdir()))
    if (name.startsWith(PREFIX)) await removeIfLeft(join(tmpdir(), name));
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  // The server may run as another user.
  await chmod(folder, 0o755);
  await writeFile(join(folder, OWNER), `${process.pid} ${await startTimeOf(process.pid)}`);
  return folder;
}

async function removeIfLeft(folder: string): Promise<void> {
  const owner = await readFile(join(folder, OWNER), 'utf8').catch(() => '');
  const pid = Number.parseInt(owner, 10);
  // Without an owner it may belong to a run that is just starting.
  if (owner === '' || owner === `${pid} ${await startTimeOf(pid)}`) return;
  await killAllIn(folder);
  try {
    execFileSync('umount', [join(folder, 'home')], { stdio: 'ignore' });
  } catch {
    // It was no disk of its own.
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** kill -9 to every process that works in the folder: the server's, frozen or not, the API, workers, commands. Linux only. */
async function killAllIn(folder: string): Promise<void> {
  for (let found = 1, tries = 0; found > 0 && tries < 20; tries++) {
    found = 0;
    for (const pid of (await readdir('/proc').catch(() => [])).map(Number).filter(Boolean)) {
      const where = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      if (!where.startsWith(`${folder}/`) && where !== folder) continue;
      found++;
      process.kill(pid, 'SIGKILL');
    }
    if (found > 0) await sleep(100);
  }
}
