import { quantile } from './statistics.js';

/** What became of the requests to one endpoint; times in milliseconds, of those that succeeded. */
export interface EndpointTally {
  endpoint: string;
  requests: number;
  p50: number | null;
  p99: number | null;
  max: number | null;
  /** How often what went wrong, by status or reason. */
  errors: Record<string, number>;
}

/** Counts requests by endpoint. */
export interface Tally {
  /** `error`: the status or reason of a failure, undefined for success. */
  record(endpoint: string, latencyMs: number, error?: string): void;
  /** In the order of the endpoints' names given at the start; those never asked included. */
  endpoints(): EndpointTally[];
}

export function createTally(names: readonly string[]): Tally {
  const counts = new Map(
    names.map((name) => [name, { latencies: [] as number[], errors: new Map<string, number>() }]),
  );
  return {
    record(endpoint, latencyMs, error) {
      const count = counts.get(endpoint);
      if (count === undefined) throw new RangeError(`no endpoint ${endpoint}`);
      if (error === undefined) count.latencies.push(latencyMs);
      else count.errors.set(error, (count.errors.get(error) ?? 0) + 1);
    },
    endpoints: () =>
      [...counts].map(([endpoint, { latencies, errors }]) => {
        const at = (p: number) => (latencies.length === 0 ? null : round(quantile(latencies, p)));
        const failed = [...errors.values()].reduce((sum, times) => sum + times, 0);
        return {
          endpoint,
          requests: latencies.length + failed,
          p50: at(0.5),
          p99: at(0.99),
          max: at(1),
          errors: Object.fromEntries(errors),
        };
      }),
  };
}

/** To a hundredth of a millisecond. */
const round = (ms: number): number => Math.round(ms * 100) / 100;
