import type { PoolStatus } from './pool.js';

/** Upper bounds of the latency buckets in milliseconds; the last bucket is everything above. */
export const LATENCY_BOUNDS_MS = [
  0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
] as const;

/** A distribution of durations: `counts[i]` are those up to `boundsMs[i]`, the last of `counts` those above all. */
export interface Histogram {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumMs: number;
}

/** What the data layer did since it was opened. */
export interface DatabaseMetrics {
  /** Per operation (`businesses.list`, or a statement's first word): how long, and the failures by our codes. */
  readonly operations: readonly {
    operation: string;
    latency: Histogram;
    errors: Readonly<Record<string, number>>;
  }[];
  /** How long callers waited for a connection. */
  readonly acquire: Histogram;
  readonly pool: PoolStatus;
  /** Callers refused because too many were waiting. */
  readonly shed: number;
  /** Callers that got no connection in time. */
  readonly timeouts: number;
  /** Times that all connections were replaced after a failover or a shutdown. */
  readonly recycled: number;
  /** Retries made by reason; `budget_spent` counts those that were due but not made. */
  readonly retries: Readonly<Record<string, number>>;
}

/** Counts durations into the buckets; plain numbers, so that noting one costs far less than a microsecond. */
export interface HistogramRecorder {
  observe(durationMs: number): void;
  read(): Histogram;
}

/** An empty distribution. */
export function createHistogram(): HistogramRecorder {
  const counts: number[] = LATENCY_BOUNDS_MS.map(() => 0).concat(0);
  let count = 0;
  let sumMs = 0;
  return {
    observe(durationMs) {
      let bucket = 0;
      while (bucket < LATENCY_BOUNDS_MS.length && durationMs > (LATENCY_BOUNDS_MS[bucket] as number))
        bucket++;
      (counts[bucket] as number)++;
      count++;
      sumMs += durationMs;
    },
    read: () => ({ boundsMs: LATENCY_BOUNDS_MS, counts: [...counts], count, sumMs }),
  };
}

/** Adds one to a counter in a record of counters. */
function count(record: Record<string, number>, key: string): void {
  record[key] = (record[key] ?? 0) + 1;
}

/** Where one Database keeps its counts; plain numbers, so that noting one costs less than a microsecond. */
export interface MetricsRecorder {
  statement(operation: string, durationMs: number, errorCode: string | undefined): void;
  acquired(waitedMs: number): void;
  shed(): void;
  timedOut(): void;
  recycled(): void;
  retried(reason: string): void;
  snapshot(pool: PoolStatus): DatabaseMetrics;
}

/** An empty record. */
export function createMetrics(): MetricsRecorder {
  const operations = new Map<string, { latency: HistogramRecorder; errors: Record<string, number> }>();
  const acquire = createHistogram();
  const retries: Record<string, number> = {};
  let shed = 0;
  let timeouts = 0;
  let recycled = 0;
  return {
    statement(operation, durationMs, errorCode) {
      let entry = operations.get(operation);
      if (entry === undefined) {
        entry = { latency: createHistogram(), errors: {} };
        operations.set(operation, entry);
      }
      entry.latency.observe(durationMs);
      if (errorCode !== undefined) count(entry.errors, errorCode);
    },
    acquired: acquire.observe,
    shed: () => void shed++,
    timedOut: () => void timeouts++,
    recycled: () => void recycled++,
    retried: (reason) => count(retries, reason),
    snapshot: (pool) => ({
      operations: [...operations].map(([operation, { latency, errors }]) => ({
        operation,
        latency: latency.read(),
        errors: { ...errors },
      })),
      acquire: acquire.read(),
      pool,
      shed,
      timeouts,
      recycled,
      retries: { ...retries },
    }),
  };
}
