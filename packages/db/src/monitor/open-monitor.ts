import { DatabaseError, PlinthError, translateError } from '../errors.js';
import { type Alert, conditionsOf, createAlertBook } from './alerts.js';
import { createCollector, type Dated, type Tier } from './collector.js';
import type { MonitorConfig } from './config.js';
import { explainStatement, type GenericPlan } from './explain.js';
import type { Ignore } from './findings/ignores.js';
import type { LockTree } from './lock-tree.js';
import { type FindingsReport, reportFindings } from './report.js';
import { createSchedule } from './schedule.js';
import { type MonitorSession, openMonitorSession, type Tls } from './session.js';
import type { SessionState } from './sessions.js';
import type { HistoryPoint, Snapshot } from './snapshot.js';
import type { StatementCounter } from './statement-counters.js';
import type { StatementWindow } from './statements.js';
import { createStore } from './store.js';
import { describeIndexes, describeTables, type IndexFacts, type TableFacts } from './table-facts.js';
import { createWebhook, type Fetch } from './webhook.js';

/** What the monitor has to tell; for logs. */
export type MonitorEvent =
  | { type: 'up' | 'collected' }
  | { type: 'down'; code: string }
  | { type: 'alert'; alert: Alert }
  | { type: 'webhook_failed'; reason: string }
  | { type: 'store_failed'; code: string };

export interface MonitorOptions extends MonitorConfig {
  /** A role with pg_monitor; without it sessions of others and some settings are hidden. */
  readonlyUrl: string;
  /** Writes metric_snapshots and alerts. Without it nothing is written, and alerts go to log and webhook alone. */
  workerUrl?: string;
  tls?: Tls;
  ignores?: readonly Ignore[];
  /** Compared with what is applied; without it nothing is said of migrations. */
  migrationsDir?: string;
  onEvent?: (event: MonitorEvent) => void;
  /** Look by itself at every interval; true unless told. */
  continuous?: boolean;
  /** Share of one core's time that looking may take; 0.01 unless told. */
  budget?: number;
  now?: () => Date;
  fetch?: Fetch;
}

/** A value with the age it has when it is asked for. */
export interface Aged<T> {
  /** ISO 8601; null before the first look. */
  at: string | null;
  ageMs: number | null;
  value: T;
}

/** Everything is answered from memory, also while the database is down; only collect() and explain() ask the database. */
export interface Monitor {
  snapshot(): Snapshot;
  /** Oldest first, at most MAX_METRICS_STORED points. */
  history(): HistoryPoint[];
  findings(): FindingsReport;
  statements(limit?: number): StatementWindow;
  slowQueries(limit?: number): StatementWindow;
  lockTree(): Aged<LockTree>;
  sessions(): Aged<SessionState[]>;
  tables(): Aged<TableFacts[]>;
  indexes(): Aged<IndexFacts[]>;
  /** Counters for a time series database. */
  statementCounters(): StatementCounter[];
  /** Alerts that fire now. */
  alerts(): Alert[];
  /** Generic plan of a statement among statements(); on a connection of its own. Throws `explain_unavailable`, `not_found`. */
  explain(queryid: string): Promise<GenericPlan>;
  /** Looks now: at the given tiers, or at those that are due. A look under way is joined, not doubled. Never throws: see snapshot().state. */
  collect(tiers?: readonly Tier[]): Promise<void>;
  /** Waits for a look under way, then ends its connections. */
  close(): Promise<void>;
}

const SAVE_EVERY_MS = 60_000;
/** While the database is away, looks come at least this often: they cost it nothing. */
const RETRY_MS = 5_000;

/** Starts watching a database. Returns at once; the first look begins immediately. */
export function openMonitor(options: MonitorOptions): Monitor {
  const { onEvent = () => {}, now = () => new Date(), intervalMs } = options;
  const collector = createCollector({ ...options, now });
  const { collected, outcomes, history, statements } = collector;
  const schedule = createSchedule({ intervalMs, budget: options.budget ?? 0.01, now: () => now().getTime() });
  const store = options.workerUrl === undefined ? undefined : createStore(options.workerUrl, options.tls);
  const book = createAlertBook(options.alerts);
  const webhook =
    options.alerts.webhookUrl === undefined
      ? undefined
      : createWebhook(options.alerts.webhookUrl, options.fetch ?? fetch);

  let status: Pick<Snapshot, 'state' | 'error' | 'since'> = {
    state: 'down',
    error: 'not_connected',
    since: now().toISOString(),
  };
  let session: MonitorSession | undefined;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let leading = store === undefined;
  let savedAt = 0;
  const unsaved = new Map<string, Alert>();

  function become(state: Snapshot['state'], error: string | null): void {
    const changed = status.state !== state || status.error !== error;
    if (changed)
      status = { state, error, since: status.state === state ? status.since : now().toISOString() };
    if (changed) onEvent(state === 'up' ? { type: 'up' } : { type: 'down', code: error ?? 'internal' });
  }

  async function look(tiers: readonly Tier[]): Promise<void> {
    try {
      if (session?.isLost()) {
        await session.close();
        session = undefined;
      }
      session ??= await openMonitorSession(options.readonlyUrl, options.tls, hurry);
      for (const tier of tiers) {
        const startedMs = session.spentMs();
        try {
          schedule.countSkips(await collector.look(tier, session));
        } finally {
          schedule.ran(tier, session.spentMs() - startedMs);
        }
      }
      become('up', null);
    } catch (thrown) {
      const error = translateError(thrown);
      become('down', error instanceof PlinthError ? error.code : 'internal');
      await session?.close();
      session = undefined;
    }
    await tell();
    await save();
    onEvent({ type: 'collected' });
  }

  /** Alerts: what begins and what ends. While the database is away, only that is known. */
  async function tell(): Promise<void> {
    const down = status.state === 'down';
    try {
      if (store && !down) {
        const leads = await store.lead();
        // Before it counts as leading: where they cannot be read, they are read with the next look.
        if (leads && !leading) book.adopt(await store.readFiring(), now().getTime());
        leading = leads;
      }
    } catch (error) {
      onEvent({ type: 'store_failed', code: codeOf(error) });
    }
    const { findings } = reportFindings(outcomes, options.ignores ?? [], now());
    const conditions = down
      ? [
          {
            rule: 'database-down',
            object: '',
            severity: 'critical' as const,
            message: `the database is down (${status.error})`,
            evidence: { code: status.error, since: status.since },
          },
        ]
      : conditionsOf(findings, options.alerts.minSeverity);
    const unknown = new Set(
      [...outcomes.values()].filter(({ status: one }) => down || one === 'skipped').map(({ id }) => id),
    );
    for (const check of down ? book.firing() : [])
      if (check.rule !== 'database-down') unknown.add(check.rule);
    for (const alert of book.evaluate(conditions, now().getTime(), unknown)) {
      if (!leading) continue;
      onEvent({ type: 'alert', alert });
      webhook?.add(alert);
      if (store) unsaved.set(`${alert.rule}\n${alert.object}\n${alert.state}`, alert);
    }
    const failure = await webhook?.flush();
    if (failure !== undefined) onEvent({ type: 'webhook_failed', reason: failure });
  }

  /** Writes alerts and, once a minute, a point. What fails is written the next time. */
  async function save(): Promise<void> {
    if (!store || !leading || status.state === 'down') return;
    try {
      for (const [key, alert] of unsaved) {
        await store.saveAlert(alert);
        unsaved.delete(key);
      }
      const point = history.last();
      if (point === undefined || now().getTime() - savedAt < SAVE_EVERY_MS) return;
      await store.savePoint(new Date(point.at), 2, point);
      savedAt = now().getTime();
    } catch (error) {
      onEvent({ type: 'store_failed', code: codeOf(error) });
    }
  }

  function collect(tiers?: readonly Tier[]): Promise<void> {
    if (running) {
      schedule.overlapped();
      return running;
    }
    if (closed) return Promise.resolve();
    running = look(tiers ?? schedule.due()).finally(() => {
      running = undefined;
    });
    return running;
  }

  function plan(delayMs: number): void {
    timer = setTimeout(() => {
      if (closed) return;
      const done = () => plan(status.state === 'down' ? Math.min(RETRY_MS, intervalMs) : schedule.waitMs());
      collect().then(done, done);
    }, delayMs);
    timer.unref();
  }
  /** The connection broke: look at once, so that `down` is known within moments and not with the next interval. */
  function hurry(): void {
    if (closed || running || timer === undefined) return;
    clearTimeout(timer);
    plan(0);
  }
  if (options.continuous ?? true) plan(0);

  const age = <T>(dated: Dated<T> | undefined, empty: T): Aged<T> => ({
    at: dated?.at.toISOString() ?? null,
    ageMs: dated ? now().getTime() - dated.at.getTime() : null,
    value: dated?.value ?? empty,
  });

  return {
    snapshot() {
      const { at, ageMs } = age(collected.overview, null as never);
      const { blocked, oldestWaitMs } = collected.lockTree?.value ?? { blocked: 0, oldestWaitMs: 0 };
      return {
        ...status,
        at,
        ageMs,
        overview: collected.overview?.value ?? null,
        counters: collected.counters?.value ?? null,
        databaseBytes: collected.databaseBytes,
        disk: collected.disk ?? null,
        operations: collected.operations,
        jobs: collected.jobs,
        horizon: collected.horizon,
        files: collected.files,
        fullestSequence: collected.fullestSequence,
        locks: { blocked, oldestWaitMs },
        statements: statements.sum(),
        point: history.last() ?? null,
        own: schedule.cost(),
      };
    },
    history: () => history.values(),
    findings: () => reportFindings(outcomes, options.ignores ?? [], now()),
    statements: (limit) => statements.top(limit),
    slowQueries: (limit) => statements.slow(limit),
    lockTree: () => age(collected.lockTree, { roots: [], blocked: 0, oldestWaitMs: 0 }),
    sessions: () => age(collected.sessions, []),
    tables: () => ({
      ...age(collected.tables, []),
      value: describeTables(collected, collector.earlierTables()),
    }),
    indexes: () => ({
      ...age(collected.indexes, []),
      value: describeIndexes(collected.indexes?.value ?? [], outcomes),
    }),
    statementCounters: () => statements.counters(),
    alerts: () => book.firing(),
    async explain(queryid) {
      const text = statements.textOf(queryid);
      if (text === undefined)
        throw new DatabaseError('not_found', { fix: 'name a query id of the statements shown' });
      const own = await openMonitorSession(options.readonlyUrl, options.tls);
      try {
        return await explainStatement(own, queryid, text);
      } finally {
        await own.close();
      }
    },
    collect,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
      await session?.close();
      await store?.close();
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof PlinthError ? error.code : 'internal';
}
