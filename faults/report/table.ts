import { groupBy } from '../ledger/group-by.js';
import type { RoundResult, SuiteResult } from './result.js';

/** One line of the table: a fault and what all of its rounds came to. */
export interface FaultLine {
  readonly fault: string;
  readonly struck: number;
  readonly operations: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly ambiguous: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly other: number;
  /** Seconds, of the rounds that recovered. */
  readonly recoveryP50: number | undefined;
  readonly recoveryMax: number | undefined;
  readonly boundS: number;
}

const HEADINGS = [
  'fault',
  'injected',
  'operations',
  'acknowledged',
  'failed',
  'unclear',
  'lost',
  'duplicated',
  'other',
  'recovery p50 s',
  'max s',
  'bound s',
] as const;

/** The lines, in the order of `names`; rounds of two faults together come last. */
export function linesOf(rounds: readonly RoundResult[], names: readonly string[]): FaultLine[] {
  const groups = groupBy(rounds, ({ faults }) => [...faults].sort().join(' + '));
  const place = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
    .map(([fault, group]) => {
      const sum = (of: (round: RoundResult) => number) =>
        group.reduce((total, round) => total + of(round), 0);
      const broken = (kinds: readonly string[]) => (round: RoundResult) =>
        round.violations.filter(({ kind }) => kinds.includes(kind)).length;
      const took = group.flatMap(({ recoveryMs }) => (recoveryMs === undefined ? [] : [recoveryMs / 1_000]));
      took.sort((a, b) => a - b);
      return {
        fault,
        struck: sum(({ struck }) => struck),
        operations: sum(({ operations }) => operations),
        acknowledged: sum(({ acknowledged }) => acknowledged),
        failed: sum(({ failed }) => failed),
        ambiguous: sum(({ ambiguous }) => ambiguous),
        lost: sum(broken(['lost'])),
        duplicated: sum(broken(['duplicated'])),
        other: sum(({ violations }) => violations.length) - sum(broken(['lost', 'duplicated'])),
        recoveryP50: took[Math.floor((took.length - 1) / 2)],
        recoveryMax: took.at(-1),
        boundS: Math.max(...group.map(({ boundMs }) => boundMs)) / 1_000,
      };
    });
}

const seconds = (value: number | undefined) => (value === undefined ? 'never' : value.toFixed(1));

/** Headings and cells, as text. */
export function cellsOf({ rounds }: Pick<SuiteResult, 'rounds'>, names: readonly string[]): string[][] {
  const lines = linesOf(rounds, names).map((line) => [
    line.fault,
    ...[line.struck, line.operations, line.acknowledged, line.failed, line.ambiguous].map(String),
    ...[line.lost, line.duplicated, line.other].map(String),
    seconds(line.recoveryP50),
    seconds(line.recoveryMax),
    line.boundS.toFixed(0),
  ]);
  return [[...HEADINGS], ...lines];
}

/** The table for a terminal. */
export function textTable(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
