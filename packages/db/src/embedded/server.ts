import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlinthError } from '../errors.js';
import { type Binaries, findBinaries, type Major } from './binaries.js';
import {
  checkMajor,
  checkOwner,
  checkSpace,
  clusterMajor,
  createCluster,
  lastLines,
  removeLeftovers,
} from './cluster.js';
import { verifyServer } from './connection.js';
import { withFileLock } from './file-lock.js';
import { type Place, placeOf } from './place.js';
import { choosePort, rememberPort } from './port.js';
import {
  disownRecycledPid,
  findPostmaster,
  hasCrashed,
  type Postmaster,
  settlePostmaster,
} from './postmaster.js';
import { isAlive } from './process-identity.js';
import { chooseRunAs, giveTo, type RunAs, runProgram } from './run-as.js';
import { readSecrets } from './secrets.js';
import { SETTINGS_FILE, settingsText } from './settings.js';

export interface EmbeddedServer {
  major: Major;
  host: '127.0.0.1';
  port: number;
  pid: number;
  dataDir: string;
  /** True when this call started it, false when it joined a running one. */
  started: boolean;
}

export interface StartOptions {
  /** PLINTH_HOME. */
  home: string;
  /** 15 unless told. */
  major?: Major;
  /** postgresql.conf settings on top of ours; they count only when this call starts the server. */
  settings?: Record<string, string>;
  log?: (line: string) => void;
}

export interface StopOptions {
  home: string;
  log?: (line: string) => void;
}

export type EmbeddedStatus =
  | {
      running: false;
      dataDir: string;
      major: number | undefined;
      /** It did not end in an orderly way: kill -9, out of memory, a lost machine. */
      crashed: boolean;
    }
  | { running: true; dataDir: string; major: number; host: '127.0.0.1'; port: number; pid: number };

/** A start after a crash may have to replay gigabytes of WAL. */
const START_TIMEOUT_S = 120;
const STOP_TIMEOUT_MS = 60_000;
const LOG_LIMIT_BYTES = 10_000_000;
const START_ATTEMPTS = 20;

/**
 * Makes sure that this home's server runs; makes its cluster on first use and joins it when it runs already.
 * It outlives the caller. Throws PlinthError codes `embedded_*` and `locked`.
 */
export async function startEmbedded(options: StartOptions): Promise<EmbeddedServer> {
  const { home, major = 15, settings = {}, log = () => undefined } = options;
  const place = placeOf(home);
  const running = await findPostmaster(place);
  if (running?.status === 'ready') return await joinRunning(place, running, major);
  await mkdir(place.home, { recursive: true, mode: 0o700 });
  const onWait = (pid: number) => log(`waiting for process ${pid}, which is starting or stopping it too`);
  return await withFileLock(place.lockFile, { timeoutMs: START_TIMEOUT_S * 1000, onWait }, async () => {
    const settled = await settlePostmaster(place, START_TIMEOUT_S * 1000);
    if (settled !== undefined) return await joinRunning(place, settled, major);
    await removeLeftovers(place);
    const binaries = await findBinaries(major);
    const found = await clusterMajor(place);
    checkMajor(found, major, place);
    const runAs = await chooseRunAs(binaries, place);
    if (found === undefined) {
      log(`creating a postgresql ${major} database cluster in ${place.dataDir}`);
      await createCluster(place, binaries, runAs, settings.fsync === 'off');
    }
    await checkOwner(place);
    await giveTo(runAs, place.dataDir);
    await disownRecycledPid(place);
    const { pid, port } = await startPostmaster(place, binaries, runAs, settings, log);
    const { passwords } = await readSecrets(place.home);
    await verifyServer({ port, password: passwords.admin, home: place.home });
    log(`postgresql ${major} runs on 127.0.0.1:${port}, process ${pid}`);
    return { major, host: '127.0.0.1', port, pid, dataDir: place.dataDir, started: true };
  });
}

/** Stops this home's server: sessions are ended, data is written. False when nothing ran. */
export async function stopEmbedded(options: StopOptions): Promise<boolean> {
  const { home, log = () => undefined } = options;
  const place = placeOf(home);
  if ((await findPostmaster(place)) === undefined) return false;
  return await withFileLock(place.lockFile, { timeoutMs: START_TIMEOUT_S * 1000 }, async () => {
    const found = await settlePostmaster(place, START_TIMEOUT_S * 1000);
    if (found === undefined) return false;
    await requestStop(place, found.pid);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (isAlive(found.pid) && (await findPostmaster(place)) !== undefined) {
      if (Date.now() > deadline) {
        throw new PlinthError(
          'embedded_stop_failed',
          `process ${found.pid} still runs after ${STOP_TIMEOUT_MS} ms`,
          {
            fix: `look at ${place.logFile}; \`kill -QUIT ${found.pid}\` ends it, and the next start repairs`,
          },
        );
      }
      await sleep(10);
    }
    log(`stopped postgresql on 127.0.0.1:${found.port}, process ${found.pid}`);
    return true;
  });
}

/** What stands under this home, from its files and the process table alone: no connection, no lock. */
export async function embeddedStatus(options: { home: string }): Promise<EmbeddedStatus> {
  const place = placeOf(options.home);
  const major = await clusterMajor(place);
  const found = await findPostmaster(place);
  if (found === undefined || major === undefined)
    return { running: false, dataDir: place.dataDir, major, crashed: await hasCrashed(place) };
  const { pid, port } = found;
  return { running: true, dataDir: place.dataDir, major, host: '127.0.0.1', port, pid };
}

async function joinRunning(place: Place, running: Postmaster, major: Major): Promise<EmbeddedServer> {
  checkMajor(await clusterMajor(place), major, place);
  const { pid, port } = running;
  return { major, host: '127.0.0.1', port, pid, dataDir: place.dataDir, started: false };
}

async function startPostmaster(
  place: Place,
  binaries: Binaries,
  runAs: RunAs,
  settings: Record<string, string>,
  log: (line: string) => void,
): Promise<Postmaster> {
  const args = ['start', '-w', '-t', String(START_TIMEOUT_S), '-D', place.dataDir, '-l', place.logFile];
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(place, log);
    const settingsFile = join(place.dataDir, SETTINGS_FILE);
    await writeFile(settingsFile, settingsText(port, settings), { mode: 0o644 });
    const logBytes = await prepareLog(place, runAs);
    const started = await runProgram(runAs, binaries.pgCtl, args);
    const running = await settlePostmaster(place, 5_000);
    if (started.code === 0 && running !== undefined) {
      await rememberPort(place, port);
      return running;
    }
    const said = (await readFile(place.logFile, 'utf8').catch(() => '')).slice(logBytes);
    const again = /could not create any TCP\/IP sockets|pre-existing shared memory block/.test(said);
    if (!again || attempt === START_ATTEMPTS) {
      checkSpace(said || started.output, place);
      throw new PlinthError(
        'embedded_start_failed',
        `postgresql did not start in ${place.dataDir}:\n${lastLines(said || started.output, 12)}`,
        { fix: `read ${place.logFile}; moving ${place.dataDir} away begins with an empty database` },
      );
    }
    // The port was taken since we looked, or backends of a killed server are still ending.
    await sleep(250);
  }
}

/** Keeps the log small and open to whoever runs the server; answers its length now. */
async function prepareLog(place: Place, runAs: RunAs): Promise<number> {
  const size = await stat(place.logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(place.logFile, `${place.logFile}.1`);
  await writeFile(place.logFile, '', { flag: 'a', mode: 0o600 });
  await giveTo(runAs, place.logFile);
  return (await stat(place.logFile)).size;
}

async function requestStop(place: Place, pid: number): Promise<void> {
  if (process.platform === 'win32') {
    const { pgCtl } = await findBinaries((await clusterMajor(place)) as Major);
    const direct: RunAs = { name: 'direct', prefix: [], owner: undefined };
    await runProgram(direct, pgCtl, ['stop', '-D', place.dataDir, '-m', 'fast', '-W']);
    return;
  }
  try {
    // SIGINT is PostgreSQL's fast shutdown.
    process.kill(pid, 'SIGINT');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new PlinthError('embedded_not_owner', `process ${pid} belongs to another user`, {
      cause,
      fix: 'stop it as the user who started it',
    });
  }
}
