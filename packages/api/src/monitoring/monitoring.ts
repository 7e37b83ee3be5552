import type { Database, PoolStatus } from '@plinth/db';
import type { Monitor } from '@plinth/db/monitor';
import type { ProbeState } from '../probes/state.js';
import type { EventStreams } from './event-streams.js';
import type { HttpMetrics } from './http-metrics.js';
import type { LatencyHistory } from './latency-history.js';

/** Everything that the API can say of itself and its database without asking the database. */
export interface Monitoring {
  readonly monitor: Monitor;
  readonly http: HttpMetrics;
  /** Of the looks of `monitor`, by their moments. */
  readonly latencies: LatencyHistory;
  readonly streams: EventStreams;
  /** Name of the database, for labels. */
  readonly databaseName: string;
  /** The API's own; undefined while it cannot be reached since the start. */
  readonly database: () => Database | undefined;
  readonly pool: () => PoolStatus | undefined;
  /** What the probes answer with; undefined where nothing probes. */
  readonly probes: () => ProbeState | undefined;
  /** The most connections that the API's pool opens. */
  readonly poolMax: number;
  close(): Promise<void>;
}
