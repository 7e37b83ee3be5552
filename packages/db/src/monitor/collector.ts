import { readBloat, type TableBloat } from './bloat.js';
import { readDisk } from './disk.js';
import type { Check } from './findings/check.js';
import { checks } from './findings/registry.js';
import { type CheckOutcome, runChecks } from './findings/run-checks.js';
import { createRing } from './history.js';
import { type Horizon, readHorizon } from './horizon.js';
import { type IndexState, readIndexes } from './indexes.js';
import { type LockTree, readLockTree } from './lock-tree.js';
import { type Counters, type Observed, readCounters } from './observed.js';
import {
  type Jobs,
  type Operations,
  type Overview,
  readDatabaseBytes,
  readJobs,
  readOperations,
  readOverview,
} from './overview.js';
import { readSequences } from './sequences.js';
import { readServerFiles, type ServerFiles } from './server-files.js';
import type { MonitorSession } from './session.js';
import { readSessions, type SessionState } from './sessions.js';
import { createPoint, type HistoryPoint } from './snapshot.js';
import { createStatements } from './statements.js';
import { readTableBytes, readTables, type TableState } from './tables.js';
import type { Thresholds } from './thresholds.js';

export type Tier = Check['tier'];

/** Something with the moment at which it was read; undefined before the first look. */
export interface Dated<T> {
  at: Date;
  value: T;
}

/** The window that rates are taken over in findings. */
const COUNTER_WINDOW_MS = 3_600_000;
const COUNTERS_EVERY_MS = 60_000;
const TABLE_WINDOW_MS = 86_400_000;
/** Less empty space than this is not worth a number. */
const BLOAT_SHOWN_BYTES = 1_048_576;

/** What the looks have gathered; kept while the database is away. */
export interface Collected {
  overview: Dated<Overview> | undefined;
  counters: Dated<Counters> | undefined;
  lockTree: Dated<LockTree> | undefined;
  sessions: Dated<SessionState[]> | undefined;
  tables: Dated<TableState[]> | undefined;
  indexes: Dated<IndexState[]> | undefined;
  bloat: ReadonlyMap<string, TableBloat>;
  databaseBytes: number | null;
  operations: Operations | null;
  jobs: Jobs | null;
  horizon: Horizon | null;
  files: ServerFiles | null;
  /** Share of its values that the fullest sequence used; null where there is none to read. */
  fullestSequence: number | null;
  disk: { freeBytes: number; totalBytes: number } | undefined;
}

/** Makes the part that looks: one tier at a time through the session it is given. */
export function createCollector(options: {
  readonlyUrl: string;
  thresholds: Thresholds;
  slowQueryMs: number;
  maxMetrics: number;
  migrationsDir?: string;
  now: () => Date;
}) {
  const { now, thresholds } = options;
  const statements = createStatements(options.slowQueryMs);
  const history = createRing<HistoryPoint>(options.maxMetrics);
  const outcomes = new Map<string, CheckOutcome>();
  const collected: Collected = {
    overview: undefined,
    counters: undefined,
    lockTree: undefined,
    sessions: undefined,
    tables: undefined,
    indexes: undefined,
    bloat: new Map(),
    databaseBytes: null,
    operations: null,
    jobs: null,
    horizon: null,
    files: null,
    fullestSequence: null,
    disk: undefined,
  };
  const firstSeenAt = now();
  const earlierCounters = createRing<Dated<Counters>>(COUNTER_WINDOW_MS / COUNTERS_EVERY_MS);
  const earlierTables = createRing<Dated<Map<string, number>>>(TABLE_WINDOW_MS / 900_000);

  function observe(): Observed {
    const [counters] = earlierCounters.values();
    const [tables] = earlierTables.values();
    return {
      firstSeenAt,
      ...(counters ? { earlier: { at: counters.at, counters: counters.value } } : {}),
      ...(tables ? { earlierTables: { at: tables.at, bytes: tables.value } } : {}),
      ...(collected.disk ? { disk: collected.disk } : {}),
      ...(options.migrationsDir === undefined ? {} : { migrationsDir: options.migrationsDir }),
    };
  }

  const looks: Record<Tier, (session: MonitorSession) => Promise<void>> = {
    async 1({ sql }) {
      const at = now();
      const earlier = collected.counters;
      collected.overview = { at, value: await readOverview(sql) };
      collected.counters = { at, value: await readCounters(sql) };
      collected.lockTree = { at, value: await readLockTree(sql) };
      collected.sessions = { at, value: await readSessions(sql) };
      const kept = earlierCounters.last();
      if (kept === undefined || at.getTime() - kept.at.getTime() >= COUNTERS_EVERY_MS)
        earlierCounters.push(collected.counters);
      history.push(
        createPoint({
          at,
          overview: collected.overview.value,
          counters: collected.counters.value,
          blocked: collected.lockTree.value.blocked,
          databaseBytes: collected.databaseBytes,
          earlier: earlier && { at: earlier.at, counters: earlier.value },
        }),
      );
    },
    async 2({ sql }) {
      const at = now();
      collected.databaseBytes = await readDatabaseBytes(sql);
      collected.tables = { at, value: await readTables(sql) };
      collected.operations = (await readOperations(sql)) ?? collected.operations;
      collected.jobs = (await readJobs(sql)) ?? collected.jobs;
      collected.horizon = await readHorizon(sql);
      collected.files = await readServerFiles(sql);
      collected.disk = await readDisk(sql, options.readonlyUrl);
      await statements.collect(sql, at.getTime());
    },
    async 3({ sql }) {
      const at = now();
      earlierTables.push({ at, value: await readTableBytes(sql) });
      collected.indexes = { at, value: await readIndexes(sql) };
      const used = (await readSequences(sql, 0)).map(({ ratio }) => ratio ?? 0);
      collected.fullestSequence = used.length === 0 ? null : Math.max(...used);
      const bloated = await readBloat(sql, BLOAT_SHOWN_BYTES, 0);
      collected.bloat = new Map(bloated.map((one) => [one.table, one]));
    },
  };

  return {
    collected,
    outcomes,
    history,
    statements,
    /** Sizes of the tables at the looks of the last day, oldest first. */
    earlierTables: (): Dated<Map<string, number>>[] => earlierTables.values(),
    /** Looks at one tier and asks its checks. Throws DatabaseError where the connection is lost; answers the outcomes. */
    async look(tier: Tier, session: MonitorSession): Promise<CheckOutcome[]> {
      await looks[tier](session);
      const asked = await runChecks(
        checks.filter((check) => check.tier === tier),
        session.sql,
        thresholds,
        observe(),
      );
      for (const outcome of asked) {
        // What could not be looked at keeps what was last known of it.
        const before = outcome.status === 'skipped' ? outcomes.get(outcome.id)?.findings : undefined;
        outcomes.set(outcome.id, before ? { ...outcome, findings: before } : outcome);
      }
      return asked;
    },
  };
}
