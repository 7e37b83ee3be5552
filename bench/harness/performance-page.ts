import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkGoals, type Goal, type GoalReport, reportOn } from './goals.js';
import { growthSection } from './growth.js';
import type { describeMachine } from './machine.js';
import { ratioChart } from './ratio-chart.js';
import type { CaseResult } from './result.js';
import { cellsOf } from './table.js';

/** A result as it lies in bench/results. */
export type StoredResult = CaseResult & { machine: ReturnType<typeof describeMachine> };

/** The page and the chart that it shows. */
export interface PerformancePage {
  page: string;
  chart: string;
}

const INTRO = `# Performance

Written by \`pnpm bench\` from the raw samples in bench/results; do not edit. \`pnpm bench --report\` writes it again without measuring.

Every case first asserts that all sides answer the same rows, columns and bytes with pools of the same size; then the sides are timed in alternating order, so that what disturbs the machine for a while disturbs all of them. A ratio is the rival's time (or memory) over ours, round by round: above 1 Plinth needs less. Given are the median and, in brackets, the quartiles. The goals are those of bench/goals.json.

![Plinth against its rivals](performance.svg)
`;

/** Reads the full results under `root`, by the goals' order of cases, and those of other numbers of rows. Quick runs are not part of it. */
export async function readResults(root: string) {
  const folder = join(root, 'bench/results');
  const stored = await readFolder(folder);
  const goals: Record<string, Goal[]> = JSON.parse(await readFile(join(root, 'bench/goals.json'), 'utf8'));
  const order = Object.keys(goals);
  // A case without goals comes last.
  const place = ({ case: name }: StoredResult) => (name in goals ? order.indexOf(name) : order.length);
  const byOrder = (results: StoredResult[]) => results.sort((a, b) => place(a) - place(b));
  const others = (await readdir(folder)).filter((name) => name.startsWith('rows-'));
  const elsewhere = (await Promise.all(others.map((name) => readFolder(join(folder, name))))).flat();
  return { results: byOrder(stored), elsewhere: byOrder(elsewhere), goals };
}

async function readFolder(folder: string): Promise<StoredResult[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  return await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as StoredResult),
  );
}

/** docs/performance.md and its chart, from what was measured. */
export function performancePage(
  results: readonly StoredResult[],
  goals: Readonly<Record<string, readonly Goal[]>>,
  elsewhere: readonly StoredResult[] = [],
): PerformancePage {
  const reported = results.map((result) => ({
    result,
    reports: checkGoals(goals[result.case] ?? [], result),
  }));
  return {
    page: [
      INTRO,
      ...reported.map(({ result, reports }) => sectionOf(result, reports)),
      ...growthSection([...results, ...elsewhere]),
    ].join('\n'),
    chart: ratioChart(reported),
  };
}

/** Writes both files under docs/. */
export async function writePerformancePage(root: string): Promise<void> {
  const { results, elsewhere, goals } = await readResults(root);
  const { page, chart } = performancePage(results, goals, elsewhere);
  await writeFile(join(root, 'docs/performance.md'), page);
  await writeFile(join(root, 'docs/performance.svg'), chart);
}

function sectionOf(result: StoredResult, reports: readonly GoalReport[]): string {
  const rows = cellsOf(result).map(({ size, side, median, perSecond, ratio }) => {
    const report = reportOn(reports, size, side);
    return [size, side, median, perSecond, ratio, report === undefined ? '' : goalText(report)];
  });
  const table = [
    ['size', 'side', `median ${result.unit}`, 'per second', 'ratio', 'goal'],
    Array(6).fill('---'),
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  // What a case says of its run in words.
  const { summary = [] } = result.facts as { summary?: string[] };
  const words = summary.length === 0 ? [] : ['', summary.join(' ')];
  return [
    `## ${result.case}`,
    '',
    sentence(result.question),
    '',
    ...table,
    ...words,
    '',
    placeOf(result),
    '',
  ].join('\n');
}

function goalText({ goal, met }: GoalReport): string {
  const text = 'rival' in goal ? `at least ${goal.minRatio}` : `at most ${goal.maxMs} ms`;
  return `${text}: ${met ? 'met' : 'missed'}`;
}

/** What a reader has to know to run it again. */
function placeOf({ machine, facts }: StoredResult): string {
  const size = typeof facts.rows === 'number' ? `${facts.rows.toLocaleString('en')} rows, ` : '';
  const { version } = (facts.server ?? {}) as { version?: string };
  const server = version === undefined ? '' : `PostgreSQL ${version}, `;
  return `${size}${server}Node ${machine.node.slice(1)}, ${machine.cores} cores (${machine.cpu}), ${machine.date.slice(0, 10)}.`;
}

const sentence = (question: string): string => `${question.slice(0, 1).toUpperCase()}${question.slice(1)}`;
