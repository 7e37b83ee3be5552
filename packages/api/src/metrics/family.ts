import type { DatabaseMetrics, Histogram } from '@plinth/db';
import type { FindingsReport, Snapshot, StatementCounter, TableFacts } from '@plinth/db/monitor';
import { cumulative } from '../monitoring/latency.js';
import type { Monitoring } from '../monitoring/monitoring.js';

/** Everything that one exposition is made of, read once, from memory. */
export interface Reading {
  readonly monitoring: Monitoring;
  readonly snapshot: Snapshot;
  readonly report: FindingsReport;
  readonly tables: readonly TableFacts[];
  readonly statements: readonly StatementCounter[];
  readonly client: DatabaseMetrics | undefined;
}

/** Reads it. */
export function readAll(monitoring: Monitoring): Reading {
  const { monitor, database } = monitoring;
  return {
    monitoring,
    snapshot: monitor.snapshot(),
    report: monitor.findings(),
    tables: monitor.tables().value,
    statements: monitor.statementCounters(),
    client: database()?.metrics(),
  };
}

/** One line of the exposition. */
export interface Sample {
  value: number;
  labels?: Readonly<Record<string, string>>;
  /** Of a histogram's parts: `_bucket`, `_sum`, `_count`. */
  suffix?: string;
}

/** One metric with everything that it says, read from memory. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  collect(reading: Reading): Sample[];
}

/** What a family has to say: one number, samples, or nothing known. */
type Answer = number | null | undefined | readonly Sample[];
type Collect = (reading: Reading) => Answer;

const samplesOf = (answer: Answer): Sample[] =>
  typeof answer === 'number' ? [{ value: answer }] : [...(answer ?? [])];

const family =
  (type: 'gauge' | 'counter') =>
  (name: string, help: string, collect: Collect): Family => ({
    name,
    help,
    type,
    collect: (reading) => samplesOf(collect(reading)),
  });

/** Something that goes up and down. */
export const gauge = family('gauge');
/** Something that only grows, until the process or its statistics begin anew. */
export const counter = family('counter');

/** Distributions of durations, in seconds. */
export function histogram(
  name: string,
  help: string,
  collect: (reading: Reading) => { labels: Record<string, string>; durations: Histogram }[],
): Family {
  return {
    name,
    help,
    type: 'histogram',
    collect: (reading) =>
      collect(reading).flatMap(({ labels, durations }) => [
        ...cumulative(durations).map(({ le, count }) => ({
          suffix: '_bucket',
          labels: { ...labels, le: Number.isFinite(le) ? String(le / 1_000) : '+Inf' },
          value: count,
        })),
        { suffix: '_sum', labels, value: durations.sumMs / 1_000 },
        { suffix: '_count', labels, value: durations.count },
      ]),
  };
}

/** One sample per entry of a record. */
export const byLabel = (
  label: string,
  record: Readonly<Record<string, number>> | null | undefined,
): Sample[] => Object.entries(record ?? {}).map(([name, value]) => ({ labels: { [label]: name }, value }));

/** Seconds since 1970. */
export const secondsOf = (moment: string | null | undefined): number | null =>
  moment ? Date.parse(moment) / 1_000 : null;
