import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Monitoring } from '../monitoring/monitoring.js';
import { type Family, type Reading, readAll } from './family.js';
import { clientFamilies, httpFamilies } from './http-families.js';
import { monitorFamilies } from './monitor-families.js';
import { serverFamilies } from './server-families.js';

const FAMILIES: readonly Family[] = [
  ...httpFamilies,
  ...clientFamilies,
  ...serverFamilies,
  ...monitorFamilies,
];

/** The text of /metrics, and what it is called. */
export interface Metrics {
  readonly contentType: string;
  /** From memory alone. Whoever asks while a text is made gets the same. */
  text(): Promise<string>;
}

/** How long a text serves everybody who asks: several scrapers of one process cost as much as one. */
const KEPT_MS = 500;

/** Makes the exposition in a registry of its own, with Node's own metrics. */
export function createMetrics(monitoring: Monitoring): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  let reading: Reading | undefined;
  for (const family of FAMILIES)
    registry.registerMetric(toMetric(family, () => reading ?? readAll(monitoring)));
  let kept: { at: number; text: Promise<string> } | undefined;
  return {
    contentType: registry.contentType,
    text() {
      const now = performance.now();
      if (kept === undefined || now - kept.at >= KEPT_MS) {
        // All families tell of one moment.
        reading = readAll(monitoring);
        kept = { at: now, text: registry.metrics() };
      }
      return kept.text;
    },
  };
}

/** As the registry reads it: prom-client's own counters cannot take over a count that somebody else keeps. */
function toMetric({ name, help, type, collect }: Family, reading: () => Reading): Metric<string> {
  return {
    name,
    help,
    type,
    async get() {
      const values = collect(reading()).map(({ value, labels = {}, suffix = '' }) => ({
        value,
        labels,
        metricName: `${name}${suffix}`,
      }));
      return { name, help, type, values, aggregator: 'sum' };
    },
  } as unknown as Metric<string>;
}
