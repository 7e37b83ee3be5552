import {
  listenOnPostgres,
  listenOnRedis,
  openRedis,
  parseDatabaseConfig,
  relayInvalidations,
} from '@plinth/db';
import {
  runDueJobs,
  startWorker,
  type WorkerCounts,
  type WorkerLog,
  type WorkerOptions,
} from '@plinth/db/jobs';
import { type MonitorOptions, openMonitor } from '@plinth/db/monitor';
import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { readKeyRing } from '../field-keys.js';
import { readMonitorOptions, sayMonitorEvent } from '../monitor/monitor-options.js';
import { openTarget, type Target } from '../target.js';
import { scheduledBackups } from './backup/scheduled-run.js';
import { wholeNumber } from './option-values.js';

const HEALTH_MS = 60_000;

interface Options {
  once?: boolean;
  concurrency?: number;
  allowPrivateAddresses?: boolean;
}

const help = `
Delivers webhooks, deletes what has expired, makes the audit log's partitions, seals it, takes metric snapshots; the
crontab is in packages/db/src/jobs/registry.ts. Watches the database too, and tells alerts: here, to ALERT_WEBHOOK_URL
and in the table alerts; of several workers one tells. With BACKUP_SCHEDULE and BACKUP_DATABASE_URL it makes backups.
Any number of workers may run. It connects by WORKER_DATABASE_URL, and looks by READONLY_DATABASE_URL. On SIGTERM the
jobs that run are finished (after 5 s they are told to stop, and run again later). A line a minute says how
it fares.`;

/** `plinth worker`: runs background jobs until it is stopped. */
export function registerWorker(program: Command, context: CommandContext): void {
  program
    .command('worker')
    .description('run background jobs')
    .option('--once', 'run what is due now, then end')
    .option('--concurrency <jobs>', 'jobs at a time (4 unless told)', wholeNumber(1, 100))
    .option(
      '--allow-private-addresses',
      'let webhooks reach this machine and private networks (default outside production)',
    )
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const target = await openTarget(context);
      const worker = await workerOptions(context, target, options);
      if (options.once) {
        const counts = await runDueJobs(worker);
        return context.output.answer(counts, wordsOf(counts));
      }
      await stay(context, worker, await readMonitorOptions(context, target));
    });
}

async function workerOptions(
  context: CommandContext,
  target: Target,
  options: Options,
): Promise<WorkerOptions> {
  const { config, output } = context;
  const fieldKeys = await readKeyRing(context);
  const backups = scheduledBackups(context);
  const env = {
    DB_STATEMENT_TIMEOUT_MS: '60000',
    ...config.env,
    DATABASE_URL: await target.urlOf('worker'),
    DB_POOL_MIN: '0',
  };
  const chatty = config.env.LOG_LEVEL === 'debug' || config.env.LOG_LEVEL === 'trace';
  const log: WorkerLog = (level, message) => {
    // The library's errors come with a stack; the first line says it.
    if (level !== 'debug' || chatty)
      output.say(`${level}: ${chatty ? message : (message.split('\n')[0] ?? '')}`);
  };
  return {
    config: { ...parseDatabaseConfig(env), applicationName: 'plinth-worker' },
    fieldKeys,
    log,
    allowPrivateAddresses: options.allowPrivateAddresses ?? config.environment !== 'production',
    ...(backups === undefined ? {} : { ownTasks: [backups] }),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  };
}

async function stay(
  context: CommandContext,
  options: WorkerOptions,
  monitorOptions: MonitorOptions,
): Promise<void> {
  const { output, signal } = context;
  const worker = await startWorker(options);
  const stopRelay = startRelay(context, options);
  const monitor = openMonitor({ ...monitorOptions, onEvent: (event) => sayMonitorEvent(output, event) });
  const timer = setInterval(() => output.say(`worker: ${wordsOf(worker.counts())}`), HEALTH_MS);
  context.defer(async () => {
    clearInterval(timer);
    await stopRelay();
    await monitor.close();
    await worker.stop();
    output.answer(worker.counts(), '');
    output.say(`worker stopped: ${wordsOf(worker.counts())}`);
  });
  output.say(`worker runs (process ${process.pid})`);
  // `up` waits for this word.
  process.send?.('running');
  await worker.finished;
  signal.throwIfAborted();
}

/** With Redis the caches listen there: somebody has to pass on what the triggers in PostgreSQL announce. */
function startRelay(
  { config }: CommandContext,
  { config: database, log }: WorkerOptions,
): () => Promise<void> {
  const url = config.env.REDIS_URL;
  if (!url) return async () => {};
  const onError = () => log('warning', 'announcements do not get through from PostgreSQL to Redis');
  const client = openRedis(url, onError);
  const [from, to] = [listenOnPostgres(database, { onError }), listenOnRedis(client, { onError })];
  const stop = relayInvalidations(from, to, onError);
  return async () => {
    stop();
    await from.close();
    await to.close();
    client.disconnect();
  };
}

const wordsOf = ({ succeeded, failed, dead }: WorkerCounts): string =>
  `jobs done: ${succeeded}, tries failed: ${failed}, given up: ${dead}`;
