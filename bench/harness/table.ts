import type { CaseResult } from './result.js';

/** The table of a result for people: one row per side and size, with the ratio of the subject to each rival. */
export function tableOf(result: CaseResult): string {
  const rows = [['size', 'side', 'median ms', 'q1..q3', 'min..max', 'per second', 'ratio']];
  for (const { size, sides, ratios } of result.results) {
    for (const side of sides) {
      const ratio = ratios.find(({ rival }) => rival === side.name)?.ratio;
      rows.push([
        size.name,
        side.name,
        side.median.toFixed(1),
        `${side.q1.toFixed(1)}..${side.q3.toFixed(1)}`,
        `${side.min.toFixed(1)}..${side.max.toFixed(1)}`,
        side.perSecond >= 10 ? side.perSecond.toFixed(0) : side.perSecond.toFixed(3),
        ratio === undefined
          ? ''
          : `${ratio.median.toFixed(2)} (${ratio.q1.toFixed(2)}..${ratio.q3.toFixed(2)})`,
      ]);
    }
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const note =
    result.subject === null ? [] : [`ratio: ${result.subject} is so many times as fast as that side`];
  return [result.question, ...lines, ...note].join('\n');
}
