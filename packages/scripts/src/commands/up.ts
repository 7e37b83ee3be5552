import { join } from 'node:path';
import { PlinthError } from '@plinth/db';
import { type EmbeddedServer, readSecrets, type Secrets, withFileLock } from '@plinth/db/embedded';
import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { apiEnvironment } from '../up/api-environment.js';
import { type ApiProcess, checkPort, startApi, waitUntilReady } from '../up/api-process.js';
import { checkSettings } from '../up/check-settings.js';
import type { Child } from '../up/child.js';
import { endProcess } from '../up/end-process.js';
import { keepDatabase } from '../up/keep-database.js';
import { type PreparedDatabase, prepareDatabase } from '../up/prepare-database.js';
import { findRunning, forgetRunning, markOf, noteRunning, type Running } from '../up/running.js';
import { startWorkerProcess, waitUntilWorks } from '../up/worker-process.js';
import { wholeNumber } from './option-values.js';

interface UpOptions {
  foreground?: boolean;
  watch?: boolean;
  port?: number;
}

const START_TIMEOUT_MS = 180_000;
const READY_TIMEOUT_MS = 60_000;
/** Longer than the API's own patience with requests that are under way. */
const API_GRACE_MS = 30_000;

/** Longer than a worker gives its jobs. */
const WORKER_GRACE_MS = 15_000;

/** `plinth up`: everything running, from an empty folder on. */
export function registerUp(program: Command, context: CommandContext): void {
  program
    .command('up')
    .description('start database, API and worker, migrate, seed in development, and say where they are')
    .option(
      '--foreground',
      'stay until Ctrl-C, then stop everything this command started; a crashed embedded server is started again',
    )
    .option('--watch', 'restart the API when its source changes (with --foreground)')
    .option('--port <number>', 'port of the API instead of PORT', wholeNumber(1, 65_535))
    .action(async (options: UpOptions) => {
      checkSettings(context);
      const { home } = context.config;
      const port = options.port ?? context.config.port;
      const foreground = options.foreground === true;
      const lock = { timeoutMs: START_TIMEOUT_MS, onWait: (pid: number) => sayWaiting(context, pid) };
      const children = await withUpLock(context, lock, async () => {
        const running = await findRunning(home);
        if (running !== undefined) return sayRunning(context, running, false);
        await checkPort(port);
        return await start(context, { ...options, foreground, port });
      });
      if (foreground && children !== undefined) await stay(context, children);
    });
}

interface Children {
  api: ApiProcess;
  worker: Child | undefined;
  embedded: EmbeddedServer | undefined;
}

async function start(
  context: CommandContext,
  options: { foreground: boolean; port: number; watch?: boolean },
): Promise<Children> {
  const { config, repositoryRoot, nodeFlags, signal } = context;
  const { foreground, port, watch = false } = options;
  const { home } = config;
  let ready = false;
  // In the background all of it stays when it is ready, and goes when it never gets there.
  const stopAtEnd = () => foreground || !ready;
  const database = await prepareDatabase(context, { stopAtEnd });
  const secrets = config.environment === 'production' ? undefined : await readSecrets(home);
  const { appUrl, readonlyUrl } = database;
  const env = apiEnvironment(config, { appUrl, readonlyUrl, port, secrets });
  const logFile = foreground ? undefined : join(home, 'api.log');
  const api = await startApi({ repositoryRoot, nodeFlags, env, logFile, watch });
  const mark = await markOf(api.pid);
  context.defer(async () => {
    if (!stopAtEnd()) return;
    await endProcess(mark, API_GRACE_MS, context.hurry);
    await forgetRunning(home);
  });
  // Registered after the API's end, so that it ends before: no job is begun that the API would have to be there for.
  const worker = await startWorkerOf(context, database, { secrets, foreground, stopAtEnd });
  const running: Running = {
    api: mark,
    ...(worker && { worker: await markOf(worker.pid) }),
    supervisor: foreground ? await markOf(process.pid) : null,
    port,
    database: database.place,
  };
  await noteRunning(home, running);
  await waitUntilReady(api, { url: urlOf(port), timeoutMs: READY_TIMEOUT_MS, signal, logFile });
  if (worker) await waitUntilWorks(worker, READY_TIMEOUT_MS, signal);
  ready = true;
  sayRunning(context, running, true);
  return { api, worker, embedded: database.embedded };
}

async function startWorkerOf(
  context: CommandContext,
  { workerUrl, backupUrl, readonlyUrl }: Pick<PreparedDatabase, 'workerUrl' | 'backupUrl' | 'readonlyUrl'>,
  options: { secrets: Secrets | undefined; foreground: boolean; stopAtEnd: () => boolean },
): Promise<Child | undefined> {
  const { config, repositoryRoot, nodeFlags, output, hurry } = context;
  const { secrets, foreground, stopAtEnd } = options;
  if (workerUrl === undefined) {
    output.say('no worker: set WORKER_DATABASE_URL, or run `plinth worker` where it is set');
    return undefined;
  }
  const logFile = foreground ? undefined : join(config.home, 'worker.log');
  const worker = await startWorkerProcess({
    config,
    repositoryRoot,
    nodeFlags,
    workerUrl,
    backupUrl,
    readonlyUrl,
    secrets,
    logFile,
  });
  const mark = await markOf(worker.pid);
  context.defer(async () => {
    if (stopAtEnd()) await endProcess(mark, WORKER_GRACE_MS, hurry);
  });
  return worker;
}

/** Until Ctrl-C, or until something ends that cannot be started again: API and worker, whose supervisor is the caller's. */
async function stay(context: CommandContext, { api, worker, embedded }: Children): Promise<void> {
  const ends: Promise<unknown>[] = [api.ended.then((how) => endedByItself('api', how))];
  if (worker) ends.push(worker.ended.then((how) => endedByItself('worker', how)));
  if (embedded) ends.push(keepDatabase(context, embedded));
  const failure = await Promise.race(ends);
  context.signal.throwIfAborted();
  throw failure;
}

function endedByItself(name: 'api' | 'worker', how: string): PlinthError {
  return new PlinthError(`${name}_failed`, `the ${name} ended by itself with ${how}`, {
    fix: 'read its output above',
  });
}

async function withUpLock<T>(
  context: CommandContext,
  lock: Parameters<typeof withFileLock>[1],
  work: () => Promise<T>,
): Promise<T> {
  // The folder comes with the first secret.
  await readSecrets(context.config.home);
  return await withFileLock(join(context.config.home, 'up.lock'), lock, work);
}

function sayWaiting(context: CommandContext, pid: number): void {
  context.output.say(`waiting for process ${pid}, which is starting plinth too`);
}

/** The answer of `up`: what runs where. */
function sayRunning(context: CommandContext, running: Running, started: boolean): undefined {
  const { output, config } = context;
  const url = urlOf(running.port);
  const { pid } = running.api;
  const worker = running.worker ? { pid: running.worker.pid } : null;
  const user =
    config.environment === 'development' ? { email: 'test@example.com', password: 'password123' } : null;
  const stop = running.supervisor !== null && started ? 'Ctrl-C' : 'plinth down';
  const lines = [
    started ? 'plinth is running' : `plinth runs already (process ${pid})`,
    `  API       ${url}  (process ${pid})`,
    `  dashboard ${url}/dashboard`,
    `  docs      ${url}/docs`,
    ...(running.worker ? [`  worker    process ${running.worker.pid}`] : []),
    `  database  ${running.database}`,
    ...(user ? [`  user      ${user.email} / ${user.password}`] : []),
    `  stop      ${stop}`,
  ];
  output.answer(
    { started, api: { url, pid }, docs: `${url}/docs`, worker, database: running.database, user },
    '',
  );
  for (const line of lines) output.say(line);
  return undefined;
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;
