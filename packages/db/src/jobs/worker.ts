import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CronItem,
  Logger,
  parseCronItems,
  type Runner,
  type RunnerOptions,
  run,
  runOnce,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import type { DatabaseConfig } from '../config.js';
import { createFieldCipher } from '../crypto/field-cipher.js';
import type { KeyRing } from '../crypto/key-ring.js';
import { type Database, openDatabase } from '../database.js';
import { PlinthError, translateError } from '../errors.js';
import { createOutbound } from '../outbound/outbound.js';
import { recordCalls } from '../outbound/record-calls.js';
import { retry } from '../retry.js';
import { freeJobsOfDeadWorkers, hasStrandedJobs, holdLease, type Lease } from './live-workers.js';
import { CRONTAB, TASKS } from './registry.js';
import type { Task, TaskContext } from './task.js';

export type WorkerLog = (level: 'error' | 'warning' | 'info' | 'debug', message: string) => void;

export interface WorkerOptions {
  /** How to connect: as plinth_worker. */
  config: DatabaseConfig;
  fieldKeys: KeyRing;
  log: WorkerLog;
  /** Jobs at a time; 4 unless told. */
  concurrency?: number;
  /** Lets webhooks reach this machine and private networks; never in production. */
  allowPrivateAddresses?: boolean;
  /** Runs the crontab too; true unless told. */
  cron?: boolean;
  /** How often to look for jobs that are due without having been announced (retries); 2 s unless told. */
  pollMs?: number;
  /** How often to look for workers that died; 5 s unless told. */
  deadCheckMs?: number;
  /** The tasks instead of ours, for tests of the worker itself. */
  tasks?: readonly Task[];
  /**
   * Tasks of the program that starts the worker, with when they run (cron, UTC): each once, however many workers bring
   * it, and never two of the same at a time. Workers that do not bring it leave its jobs alone.
   */
  ownTasks?: readonly { task: Task; at: string }[];
}

/** What a worker has done since its start, and what waits in the queue. */
export interface WorkerCounts {
  succeeded: number;
  /** Tries that failed; most of them are tried again. */
  failed: number;
  /** Failed for good. */
  dead: number;
}

export interface Worker {
  counts(): WorkerCounts;
  /** Takes no new jobs, lets the running ones finish (after 5 s they are told to), lets go of everything. */
  stop(): Promise<void>;
  /** Settles when stop() has ended it. */
  finished: Promise<void>;
}

const REJOIN_AT_LEAST_EVERY_MS = 5_000;

/**
 * Starts a worker that runs until it is stopped, whatever becomes of the database meanwhile. Throws `migrations_pending`
 * without the jobs' schema, DatabaseError.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { deadCheckMs = 5_000, log } = options;
  /** As a new worker, with a new id: what lies locked by the old one is freed as that of any dead worker. */
  const rejoin = (reason: string) => {
    log('warning', `${reason}: leaving the queue and joining again, as a new worker`);
    runner.stop().catch(() => {});
  };
  const { database, runnerOptions, counts, releaseLeases, ownIds, running, close } = await prepare(
    options,
    // In it lie jobs that we ran when the backup was taken, locked by our id, which lives: nobody would ever free them.
    () => rejoin('the database was replaced'),
  );
  const suspects = new Set<string>();
  const strandedSuspects = new Set<string>();
  let looking: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  /** Each look waits for the one before it: of two that a database in trouble held up together, the second would be no second look. */
  const look = () => {
    const lookAll = async () => {
      for (const id of await freeJobsOfDeadWorkers(database, suspects))
        log('warning', `freed the jobs of ${id}, which is no more`);
      if (stopping.signal.aborted) return;
      if (await hasStrandedJobs(database, ownIds(), running, strandedSuspects))
        rejoin('a job is locked by this worker, which does not run it');
    };
    looking = lookAll()
      .catch((error: unknown) => log('warning', `looking for dead workers failed: ${wordsOf(error)}`))
      .finally(() => {
        if (!stopping.signal.aborted) timer = setTimeout(look, deadCheckMs);
      });
  };
  const stopping = new AbortController();
  const end = async () => {
    clearTimeout(timer);
    await looking;
    await close();
  };
  let runner: Runner;
  try {
    runner = await run(runnerOptions);
  } catch (error) {
    await end();
    throw translateError(error);
  }
  look();
  const finished = stayInQueue().finally(end);
  finished.catch(() => {});

  /** The library leaves the queue when it cannot note the end of a job: then the database is away, and will be back. */
  async function stayInQueue(): Promise<void> {
    while (!stopping.signal.aborted) {
      await runner.promise.catch((error) => log('warning', `the queue was left: ${wordsOf(error)}`));
      if (stopping.signal.aborted) return;
      // Its jobs are another's now, at the latest when this proof of life is missed.
      await releaseLeases();
      const joined = await retry(() => run(runnerOptions), {
        retries: Number.POSITIVE_INFINITY,
        baseMs: 200,
        capMs: REJOIN_AT_LEAST_EVERY_MS,
        shouldRetry: () => !stopping.signal.aborted,
        sleep: (ms) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {}),
        onRetry: (error) => log('warning', `the queue cannot be joined yet: ${wordsOf(error)}`),
      }).catch(() => undefined);
      if (joined === undefined) return;
      runner = joined;
      if (stopping.signal.aborted) await runner.stop();
      else log('info', 'joined the queue again');
    }
  }
  return {
    counts,
    finished,
    stop() {
      if (!stopping.signal.aborted) {
        stopping.abort();
        // It may have left by itself just now.
        runner.stop().catch(() => {});
      }
      return finished;
    },
  };
}

/** Runs what is due now and returns. Frees nothing and schedules nothing. */
export async function runDueJobs(options: WorkerOptions): Promise<WorkerCounts> {
  const { runnerOptions, counts, close } = await prepare(options);
  try {
    await runOnce(runnerOptions);
    return counts();
  } catch (error) {
    throw translateError(error);
  } finally {
    await close();
  }
}

async function prepare(
  options: WorkerOptions,
  onReplaced: () => void = () => {},
): Promise<{
  database: Database;
  runnerOptions: RunnerOptions;
  counts: () => WorkerCounts;
  releaseLeases: () => Promise<void>;
  /** Under which jobs are locked for this process now. */
  ownIds: () => string[];
  /** The jobs that it runs now. */
  running: ReadonlySet<string>;
  close: () => Promise<void>;
}> {
  const { config, log, concurrency = 4, cron = true, pollMs = 2_000, ownTasks = [] } = options;
  // For each job its own statements and the queue's; and the listener and the proof of life.
  const poolMax = 2 * concurrency + 3;
  const database = await openDatabase({ ...config, poolMax, poolMin: Math.min(config.poolMin, poolMax) });
  const counts: WorkerCounts = { succeeded: 0, failed: 0, dead: 0 };
  const events = new EventEmitter() as WorkerEvents;
  /** By the id under which jobs are locked. */
  const leases = new Map<string, Lease>();
  const running = new Set<string>();
  const releaseLeases = async () => {
    const held = [...leases.values()];
    leases.clear();
    for (const lease of held) await lease.release();
  };
  try {
    await requireSchema(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  events.on('pool:create', ({ workerPool }) => {
    const onError = (error: unknown) => log('warning', `the proof of life is lost: ${wordsOf(error)}`);
    leases.set(workerPool.id, holdLease(database, workerPool.id, { onError, onReplaced }));
  });
  events.on('job:start', ({ job }) => void running.add(job.id));
  events.on('job:complete', ({ job }) => void running.delete(job.id));
  events.on('job:success', () => void counts.succeeded++);
  events.on('job:error', () => void counts.failed++);
  events.on('job:failed', () => void counts.dead++);
  const crontab: CronItem[] = cron
    ? [
        ...CRONTAB.map(({ task, at }) => ({
          task,
          match: at,
          identifier: task,
          options: { jobKey: `cron ${task}`, maxAttempts: 3 },
        })),
        // By a queue and not by a key: with a key, a tick would take the running job's further tries away.
        ...ownTasks.map(({ task: { name }, at }) => ({
          task: name,
          match: at,
          identifier: name,
          options: { queueName: name, maxAttempts: 3 },
        })),
      ]
    : [];
  return {
    database,
    counts: () => ({ ...counts }),
    runnerOptions: {
      pgPool: database.pool,
      concurrency,
      noHandleSignals: true,
      // Without batches the library does not wait for these writes when it stops, and nobody catches their failure.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      pollInterval: pollMs,
      events,
      // A job that succeeded is counted; a line for each is for whoever looks closely.
      logger: new Logger(
        () => (level, message, meta) => log(meta?.success === true ? 'debug' : level, message),
      ),
      taskList: toTaskList(options, database),
      parsedCronItems: parseCronItems(crontab),
    },
    releaseLeases,
    ownIds: () => [...leases.keys()],
    running,
    async close() {
      await releaseLeases();
      await database.close();
    },
  };
}

function toTaskList(options: WorkerOptions, database: Database): TaskList {
  const { log, fieldKeys, allowPrivateAddresses = false, tasks = TASKS, ownTasks = [] } = options;
  const cipher = createFieldCipher(fieldKeys);
  const outbound = createOutbound({
    record: recordCalls(database),
    onRecordError: (error) => log('warning', `a call was not recorded: ${wordsOf(error)}`),
    allowPrivate: allowPrivateAddresses,
  });
  const list: TaskList = {};
  for (const task of [...tasks, ...ownTasks.map((own) => own.task)]) {
    list[task.name] = async (payload, { job, abortSignal }) => {
      const context: TaskContext = {
        database,
        cipher,
        outbound,
        signal: abortSignal,
        log: (message) => log('info', message),
        job: { id: job.id, attempts: job.attempts },
      };
      await task.run(payload, context);
    };
  }
  return list;
}

/** The queue's schema comes with the migrations; its own would need rights the worker does not have. */
async function requireSchema(database: Database): Promise<void> {
  const { present } = await database.one<{ present: boolean }>(
    `select to_regclass('graphile_worker.migrations') is not null as present`,
  );
  if (!present) {
    throw new PlinthError('migrations_pending', 'the schema of the job queue is missing', {
      fix: 'run: plinth migrate up',
    });
  }
}

const wordsOf = (error: unknown): string => {
  const translated = translateError(error);
  return translated instanceof PlinthError ? translated.code : 'unexpected error';
};
