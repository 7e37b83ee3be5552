import type { HistoryPoint } from '@plinth/db/monitor';
import { z } from 'zod';
import { moment, nameSchema, when } from '../../fields.js';
import { presentOverview } from '../../monitoring/present-overview.js';
import { defineRoute } from '../../route.js';
import { mayRead, number } from './access.js';
import { historyPoint, overviewFields } from './overview-schema.js';

const nullable = number.nullable();

/** Means and extremes of the history that is answered. */
const summary = z.strictObject({
  from: moment.nullable(),
  to: moment.nullable(),
  points: z.int(),
  connections: z.strictObject({ mean: nullable, max: nullable }),
  blocked: z.strictObject({ mean: nullable, max: nullable }),
  commitsPerSecond: z.strictObject({ mean: nullable, max: nullable }),
  cacheHitRatio: z.strictObject({ mean: nullable, min: nullable }),
  databaseGrowthBytes: nullable,
});

const metrics = nameSchema(
  'DatabaseMetrics',
  z.strictObject({ ...overviewFields, summary, history: z.array(historyPoint) }),
);

export const metricsRoute = defineRoute({
  method: 'GET',
  path: '/v1/database/metrics',
  summary: 'The database, the pool, HTTP and the data layer in numbers, from memory, with their history',
  access: mayRead,
  query: z.strictObject({ since: when.optional() }),
  response: metrics,
  handler: async ({ services: { monitoring }, query: { since } }) => {
    const all = monitoring.monitor.history();
    const history = since === undefined ? all : all.filter(({ at }) => Date.parse(at) > since.getTime());
    return {
      ...presentOverview(monitoring),
      summary: summarizeHistory(history),
      history: history.map((point) => ({ ...point, ...monitoring.latencies.of(point.at) })),
    };
  },
});

function summarizeHistory(history: readonly HistoryPoint[]): z.input<typeof summary> {
  const known = (name: keyof HistoryPoint) =>
    history.map((point) => point[name]).filter((value): value is number => typeof value === 'number');
  const mean = (values: readonly number[]) =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const extreme = (pick: (...values: number[]) => number, values: readonly number[]) =>
    values.length === 0 ? null : pick(...values);
  const highs = (name: keyof HistoryPoint) => ({
    mean: mean(known(name)),
    max: extreme(Math.max, known(name)),
  });
  const sizes = known('databaseBytes');
  return {
    from: history[0]?.at ?? null,
    to: history.at(-1)?.at ?? null,
    points: history.length,
    connections: highs('connections'),
    blocked: highs('blocked'),
    commitsPerSecond: highs('commitsPerSecond'),
    cacheHitRatio: { mean: mean(known('cacheHitRatio')), min: extreme(Math.min, known('cacheHitRatio')) },
    databaseGrowthBytes: sizes.length === 0 ? null : (sizes.at(-1) as number) - (sizes[0] as number),
  };
}
