/**
 * Keeps the throwaway PostgreSQL servers of one Jest run. It prints their addresses as one JSON line and lives
 * until its standard input closes, which happens however the run ends: teardown, Ctrl-C or kill -9.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedUrl, readSecrets, startEmbedded, stopEmbedded } from '../../packages/db/src/embedded.js';
import { allOf, prepareTemplate } from '../../packages/db/src/testing.js';

const prefix = 'plinth-jest-';
const majors = [15, 18] as const;

/** Speed over durability: these servers hold nothing worth a crash-safe write. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  // Counted only for the databases that ask for it: those of all tests together push each other's counts out.
  'pg_stat_statements.track': 'none',
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stderr.on('error', () => {});
process.stdout.on('error', () => {});
process.stdin.resume();
const runEnded = once(process.stdin, 'close');

await sweep();
const folder = await mkdtemp(join(tmpdir(), prefix));
await chmod(folder, 0o755);
await writeFile(join(folder, 'keeper.pid'), String(process.pid));
try {
  const urls = await allOf(majors.map(start));
  // One set of passwords for both servers: a test needs to know only the address of the one it wants.
  const { passwords } = await readSecrets(join(folder, String(majors[0])));
  await allOf(urls.map((adminUrl) => prepareTemplate({ adminUrl, passwords })));
  process.stdout.write(`${JSON.stringify({ urls, passwords })}\n`);
  await runEnded;
} finally {
  await remove(folder);
}
process.exit();

/** Starts the server of one major; answers its superuser's URL. */
async function start(major: (typeof majors)[number]): Promise<string> {
  const home = join(folder, String(major));
  await startEmbedded({ home, major, settings });
  return await embeddedUrl({ home, role: 'admin', database: 'postgres' });
}

async function remove(where: string): Promise<void> {
  await Promise.all(
    majors
      .map((major) => join(where, String(major)))
      .filter(existsSync)
      .map((home) => stopEmbedded({ home })),
  );
  await rm(where, { recursive: true, force: true });
}

/** Removes what a run whose keeper was killed has left: its servers and its folder. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const where = join(tmpdir(), name);
    const keeper = await readFile(join(where, 'keeper.pid'), 'utf8').catch(() => '');
    // A folder without a pid may belong to a keeper that is just starting.
    if (keeper !== '' && !isAlive(Number(keeper))) await remove(where);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
