import type { CaseResult } from './result.js';

/** A side at a size, as text. */
export interface SideCells {
  size: string;
  side: string;
  median: string;
  quartiles: string;
  extremes: string;
  perSecond: string;
  /** Of the subject to this side; empty for the subject itself. */
  ratio: string;
}

/** What a result says of every side at every size, for the terminal and for docs/performance.md. */
export function cellsOf(result: CaseResult): SideCells[] {
  return result.results.flatMap(({ size, sides, ratios }) =>
    sides.map((side) => {
      const ratio = ratios.find(({ rival }) => rival === side.name)?.ratio;
      return {
        size: size.name,
        side: side.name,
        median: side.median.toFixed(1),
        quartiles: `${side.q1.toFixed(1)}..${side.q3.toFixed(1)}`,
        extremes: `${side.min.toFixed(1)}..${side.max.toFixed(1)}`,
        perSecond: side.perSecond === null ? '' : side.perSecond.toFixed(side.perSecond >= 10 ? 0 : 3),
        ratio:
          ratio === undefined
            ? ''
            : `${ratio.median.toFixed(2)} (${ratio.q1.toFixed(2)}..${ratio.q3.toFixed(2)})`,
      };
    }),
  );
}

/** The table of a result for people: one row per side and size, with the ratio of the subject to each rival. */
export function tableOf(result: CaseResult): string {
  const rows = [
    ['size', 'side', `median ${result.unit}`, 'q1..q3', 'min..max', 'per second', 'ratio'],
    ...cellsOf(result).map((cells) => [
      cells.size,
      cells.side,
      cells.median,
      cells.quartiles,
      cells.extremes,
      cells.perSecond,
      cells.ratio,
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const note =
    result.subject === null ? [] : [`ratio: what that side needs, over what ${result.subject} needs`];
  return [result.question, ...lines, ...note].join('\n');
}
