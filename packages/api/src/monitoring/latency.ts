import type { Histogram } from '@plinth/db';
import { summarizeLatency } from '@plinth/db/monitor';

/** How long something took, in milliseconds; null where nothing was counted. */
export interface LatencySummary {
  count: number;
  meanMs: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** Bounds with how many were at most that, as Prometheus counts; the last bound is infinite. */
export function cumulative({ boundsMs, counts }: Histogram): { le: number; count: number }[] {
  let sum = 0;
  return [...boundsMs, Number.POSITIVE_INFINITY].map((le, index) => {
    sum += counts[index] ?? 0;
    return { le, count: sum };
  });
}

/** Percentiles of what was counted, straight between the bounds of its buckets. */
export function summarize(histogram: Histogram): LatencySummary {
  const [latency] = summarizeLatency([
    { name: '', buckets: cumulative(histogram), count: histogram.count, sum: histogram.sumMs },
  ]);
  const { count = 0, mean = null, p50 = null, p95 = null, p99 = null } = latency ?? {};
  return { count, meanMs: mean, p50Ms: p50, p95Ms: p95, p99Ms: p99 };
}

/** One distribution out of several with the same bounds. */
export function merge(histograms: readonly Histogram[]): Histogram {
  const [first] = histograms;
  if (first === undefined) return { boundsMs: [], counts: [], count: 0, sumMs: 0 };
  return {
    boundsMs: first.boundsMs,
    counts: first.counts.map((_count, index) =>
      histograms.reduce((sum, one) => sum + (one.counts[index] ?? 0), 0),
    ),
    count: histograms.reduce((sum, { count }) => sum + count, 0),
    sumMs: histograms.reduce((sum, { sumMs }) => sum + sumMs, 0),
  };
}
