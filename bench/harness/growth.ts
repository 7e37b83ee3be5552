import type { CaseResult } from './result.js';

/** What one operation of ours costs at each number of rows, in milliseconds; or the megabytes that a case measures. */
export interface Growth {
  case: string;
  size: string;
  side: string;
  /** By number of rows, ascending. */
  costs: { rows: number; cost: number }[];
  /** What ten times as many rows multiply the cost by: 1 is constant, 10 is linear. */
  perTenfold: number;
}

/** How our side's cost grows, for every case and size that was measured at several numbers of rows. */
export function growthOf(results: readonly CaseResult[]): Growth[] {
  const grown: Growth[] = [];
  for (const name of new Set(results.map((result) => result.case))) {
    const same = results
      .filter((result) => result.case === name && typeof result.facts.rows === 'number')
      .sort((a, b) => rowsOf(a) - rowsOf(b));
    for (const { size } of same[0]?.results ?? []) {
      const costs = same.flatMap((result) => {
        const cost = costOf(result, size.name);
        return cost === undefined ? [] : [{ rows: rowsOf(result), cost }];
      });
      const [first, last] = [costs[0], costs.at(-1)];
      if (first === undefined || last === undefined || first.rows === last.rows) continue;
      grown.push({
        case: name,
        size: size.name,
        side: same[0]?.subject ?? '',
        costs,
        perTenfold: (last.cost / first.cost) ** (1 / Math.log10(last.rows / first.rows)),
      });
    }
  }
  return grown;
}

const rowsOf = (result: CaseResult): number => result.facts.rows as number;

function costOf({ results, subject, unit }: CaseResult, sizeName: string): number | undefined {
  const at = results.find(({ size }) => size.name === sizeName);
  const ours = at?.sides.find(({ name }) => name === subject);
  return ours && at && ours.median / (unit === 'ms' ? at.size.operations : 1);
}

/** The section of docs/performance.md; nothing where no case was measured at several numbers of rows. */
export function growthSection(results: readonly CaseResult[]): string[] {
  const grown = growthOf(results);
  if (grown.length === 0) return [];
  const sizes = [...new Set(grown.flatMap(({ costs }) => costs.map(({ rows }) => rows)))].sort(
    (a, b) => a - b,
  );
  const heads = [
    'case',
    'size',
    ...sizes.map((rows) => `${rows.toLocaleString('en')} rows`),
    'ten times the rows',
  ];
  const lines = grown.map((one) => [
    one.case,
    one.size,
    ...sizes.map((rows) => {
      const at = one.costs.find((each) => each.rows === rows);
      return at === undefined ? '' : at.cost.toPrecision(3);
    }),
    `× ${one.perTenfold.toFixed(2)}`,
  ]);
  return [
    [
      '## Growth',
      '',
      'What one operation of ours costs, in milliseconds (memory: megabytes in all), where there are more rows. `pnpm bench --growth` measures it. Reads by key should stay where they are; what touches every row may grow ten times with ten times the rows.',
      '',
      ...[heads, Array(heads.length).fill('---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`),
      '',
    ].join('\n'),
  ];
}
