import { spawnSync } from 'node:child_process';
import { skipProblem } from '../lint/skips.mjs';

const slowestShown = 10;

/**
 * What a run amounts to: the lines to print, the last of them the counts, and the exit code. A failed stage, a Jest run
 * that ended badly and a skip that is not allowed count as one failure each; a run without any test fails too.
 * `summary` comes from tools/jest/summary-reporter.mjs, undefined where Jest ended without one.
 */
export function judge({ summary, jestCode, failedStages, skipRows, isMissing }) {
  const lines = [];
  let failed = failedStages.length;
  for (const name of failedStages) lines.push(`failed stage: ${name}`);

  const { passed = 0, failed: failedTests = 0, skipped = [], files = [] } = summary ?? {};
  failed += failedTests;
  const reason = jestProblem(summary, jestCode);
  if (reason !== undefined) {
    lines.push(`failed stage: tests (${reason})`);
    failed += 1;
  }

  lines.push(...slowestFiles(files));
  let accepted = 0;
  for (const name of skipped) {
    const refusal = refuseSkip(name, skipRows, isMissing);
    if (refusal === undefined) accepted += 1;
    else failed += 1;
    lines.push(`skipped: ${name}${refusal === undefined ? '' : ` - not allowed: ${refusal}`}`);
  }

  const nothingRan = passed + failedTests === 0;
  if (nothingRan) lines.push('no test ran');
  lines.push(`${passed} passed, ${failed} failed${accepted > 0 ? `, ${accepted} skipped` : ''}`);
  return { lines, exitCode: failed > 0 || nothingRan ? 1 : 0 };
}

/** True where the probe of docs/skips.md ends with 0: the machine lacks the part. */
export function probeMissing(probe) {
  return spawnSync('sh', ['-c', probe], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

function jestProblem(summary, jestCode) {
  if (summary === undefined) return `Jest ended with ${jestCode} and left no summary`;
  if (summary.interrupted) return 'Jest was interrupted';
  if (jestCode !== 0 && summary.failed === 0) return `Jest ended with ${jestCode} though no test failed`;
  return undefined;
}

function refuseSkip(name, skipRows, isMissing) {
  // `backup create *` stands for every test of that group: they all need the same part.
  const row = skipRows.find(
    ({ test }) => test === name || (test.endsWith(' *') && name.startsWith(test.slice(0, -1))),
  );
  if (row === undefined) return 'docs/skips.md does not list it';
  const problem = skipProblem(row);
  if (problem !== undefined) return problem;
  return isMissing(row.probe) ? undefined : `the machine has the part (${row.probe})`;
}

function slowestFiles(files) {
  if (files.length === 0) return [];
  const slowest = [...files].sort((a, b) => b.durationMs - a.durationMs).slice(0, slowestShown);
  return [
    'slowest test files:',
    ...slowest.map(({ file, durationMs }) => `${(durationMs / 1000).toFixed(1).padStart(8)} s  ${file}`),
  ];
}
