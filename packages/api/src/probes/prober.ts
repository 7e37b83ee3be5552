import { type Database, PlinthError } from '@plinth/db';
import { createHysteresis, type Verdict } from './hysteresis.js';
import { measureComplex, measureSimple, measureWrite } from './measure.js';
import { type MigrationState, readMigrations } from './migrations.js';
import { type Reason, reasonOf } from './reason.js';
import { within } from './within.js';

/** What the prober last saw. */
export interface Observation {
  verdict: Verdict;
  /** The last probe ended too long ago to be believed. */
  stale: boolean;
  /** Up, although the last answer was slow. */
  doubtful: boolean;
  simpleMs: number | undefined;
  complexMs: number | undefined;
  writeMs: number | undefined;
  migrations: MigrationState | undefined;
}

/** Watches the database on a connection of its own, so that a busy pool is not taken for a dead server. */
export interface Prober {
  start(): void;
  observe(): Observation;
  /** Its connection, for the detailed probe; undefined while there is none. */
  connection(): Database | undefined;
  /** Probes now: the pool has just lost a connection. */
  hurry(): void;
  stop(): Promise<void>;
}

/** What the prober is made of; time and chance are given, for tests. */
export interface ProberOptions {
  /** Opens its connection (one, with short timeouts). */
  open: () => Promise<Database>;
  expectedMigrations: readonly string[];
  /** Told of every failed probe. */
  onFailure: (error: unknown, reason: Reason) => void;
  now?: () => number;
  random?: () => number;
}

/** A probe that takes longer is a slow answer, however it ends. */
const CAP_MS = 1_000;
const PERIOD_MS = 2_000;
/** First pause after a failure; doubled up to PERIOD_MS, so that recovery is seen at once. */
const RETRY_MS = 250;
/** How often writes, the complex query and migrations are looked at while all is well. */
const DEEP_EVERY_MS = 5_000;
/** Three periods, each as long as chance makes it. */
const STALE_AFTER_MS = 3.6 * PERIOD_MS;

export function createProber({
  open,
  expectedMigrations,
  onFailure,
  now = () => performance.now(),
  random = Math.random,
}: ProberOptions): Prober {
  const hysteresis = createHysteresis();
  const seen: Omit<Observation, 'verdict' | 'stale' | 'doubtful'> = {
    simpleMs: undefined,
    complexMs: undefined,
    writeMs: undefined,
    migrations: undefined,
  };
  let opening: Promise<Database> | undefined;
  let database: Database | undefined;
  let endedAt = now();
  let deepAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let stopping = false;
  let wake: (() => void) | undefined;
  let hurried = false;
  let loop: Promise<void> | undefined;

  /** One attempt at a time, also when the probe that began it was given up. */
  async function connect(): Promise<Database> {
    opening ??= open();
    try {
      database = await opening;
      return database;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  async function probe(): Promise<void> {
    const database = await connect();
    const { ms, readOnly } = await measureSimple(database);
    seen.simpleMs = ms;
    if (readOnly) throw new ReadOnly();
    const schemaAgrees =
      seen.migrations !== undefined && seen.migrations.pending.length + seen.migrations.failed.length === 0;
    const due = now() - deepAt >= DEEP_EVERY_MS || failures > 0;
    if (due || !schemaAgrees) seen.migrations = await readMigrations(database, expectedMigrations);
    // Before its table exists a write can only fail.
    if (due && seen.migrations?.pending.length === 0) {
      seen.complexMs = await measureComplex(database);
      seen.writeMs = await measureWrite(database);
      deepAt = now();
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        await within(CAP_MS, probe());
        hysteresis.succeed();
        failures = 0;
      } catch (error) {
        const reason = error instanceof ReadOnly ? 'db_read_only' : reasonOf(error);
        hysteresis.fail(reason);
        failures++;
        onFailure(error, reason);
      }
      endedAt = now();
      if (stopping) break;
      await pause(pauseMs());
    }
    await opening?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }

  /** Shorter while the verdict is not "up", so that the second good answer follows soon. */
  function pauseMs(): number {
    if (failures === 0 && hysteresis.verdict().state === 'up') return PERIOD_MS * (0.8 + 0.4 * random());
    return Math.min(PERIOD_MS, RETRY_MS * 2 ** Math.max(0, failures - 1));
  }

  async function pause(ms: number): Promise<void> {
    if (!hurried) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    wake = undefined;
    hurried = false;
  }

  return {
    start() {
      loop ??= run();
    },
    observe: () => ({
      ...seen,
      verdict: hysteresis.verdict(),
      doubtful: hysteresis.doubtful(),
      stale: now() - endedAt > STALE_AFTER_MS,
    }),
    connection: () => database,
    hurry() {
      // While it is failing it is in a hurry already, and lost connections come in crowds.
      if (failures > 0) return;
      hurried = true;
      wake?.();
    },
    async stop() {
      stopping = true;
      wake?.();
      await loop;
    },
  };
}

class ReadOnly extends PlinthError {
  constructor() {
    super('read_only', 'the database accepts no writes');
  }
}
