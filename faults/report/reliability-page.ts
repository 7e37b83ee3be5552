import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allViolations, type SuiteResult } from './result.js';
import { cellsOf } from './table.js';

const INTRO = `# Reliability
`;

/** docs/reliability.md, from one run. */
export function reliabilityPage(result: SuiteResult, names: readonly string[]): string {
  const rows = cellsOf(result, names);
  return `${INTRO}${rows.length}${allViolations(result).length}\n`;
}

/** Keeps the run and writes its page. */
export async function writeReport(
  root: string,
  result: SuiteResult,
  names: readonly string[],
): Promise<void> {
  await writeFile(join(root, 'faults/results/latest.json'), `${JSON.stringify(result, null, 1)}\n`);
  await writeFile(join(root, 'docs/reliability.md'), reliabilityPage(result, names));
}
