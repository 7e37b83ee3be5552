import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Writes the run's counts, skipped tests and file durations to the file named by PLINTH_TEST_SUMMARY. */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.PLINTH_TEST_SUMMARY;
    if (!file) return;
    writeFileSync(file, JSON.stringify(summarize(results, process.cwd())));
  }
}

/**
 * Reduces Jest's aggregated result to what tools/test.mjs reports. A file that could not run at all counts as one
 * failure; a run that was cut short never counts as complete.
 */
export function summarize(results, root) {
  const skipped = [];
  for (const file of results.testResults) {
    for (const test of file.testResults) {
      if (test.status === 'pending' || test.status === 'todo' || test.status === 'disabled')
        skipped.push(test.fullName);
    }
  }
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped,
    interrupted: results.wasInterrupted === true,
    files: results.testResults
      .filter((file) => file.perfStats.end > 0)
      .map((file) => ({
        file: relative(root, file.testFilePath),
        durationMs: file.perfStats.end - file.perfStats.start,
      })),
  };
}
