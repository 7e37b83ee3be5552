/** A histogram as Prometheus keeps it: how many observations were at most `le`, cumulative. */
export interface Histogram {
  /** `Model.action`, a route, or whatever was timed. */
  name: string;
  buckets: readonly { le: number; count: number }[];
  count: number;
  /** Of all observations, in the unit of `le`. */
  sum: number;
}

export interface Latency {
  name: string;
  count: number;
  mean: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/**
 * The value below which the share `q` of the observations lies, straight between the bounds of its bucket (as
 * Prometheus's histogram_quantile()). Null without observations; the highest finite bound where it lies beyond.
 */
export function quantile({ buckets, count }: Pick<Histogram, 'buckets' | 'count'>, q: number): number | null {
  if (count === 0) return null;
  const rank = q * count;
  let below = { le: 0, count: 0 };
  for (const bucket of buckets.toSorted((a, b) => a.le - b.le)) {
    if (bucket.count >= rank && Number.isFinite(bucket.le)) {
      const within = bucket.count - below.count;
      return within === 0 ? bucket.le : below.le + ((bucket.le - below.le) * (rank - below.count)) / within;
    }
    if (Number.isFinite(bucket.le)) below = bucket;
  }
  return below.le;
}

/** Percentiles of each operation, the busiest first; they come from the application, which measures every call. */
export function summarizeLatency(histograms: readonly Histogram[]): Latency[] {
  return histograms
    .map((histogram) => ({
      name: histogram.name,
      count: histogram.count,
      mean: histogram.count === 0 ? null : histogram.sum / histogram.count,
      p50: quantile(histogram, 0.5),
      p95: quantile(histogram, 0.95),
      p99: quantile(histogram, 0.99),
    }))
    .sort((a, b) => b.count - a.count);
}
