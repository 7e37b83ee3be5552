import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const { judge, probeMissing } = await import(join(import.meta.dirname, '../../suite/verdict.mjs'));
const { summarize } = await import(join(import.meta.dirname, '../../jest/summary-reporter.mjs'));

const row = {
  test: 'backup restores a dump',
  probe: '! command -v pg_dump',
  reason: 'no PostgreSQL client tools',
};
const passing = { passed: 3, failed: 0, skipped: [], interrupted: false, files: [] };
const run = (changes: object) =>
  judge({
    summary: passing,
    jestCode: 0,
    failedStages: [],
    skipRows: [row],
    isMissing: () => true,
    ...changes,
  });

describe('verdict of npm test', () => {
  test('a clean run ends with the plain counts and 0', () => {
    expect(run({})).toEqual({ lines: ['3 passed, 0 failed'], exitCode: 0 });
  });

  test('failed tests and failed stages are counted together', () => {
    const result = run({ summary: { ...passing, failed: 2 }, jestCode: 1, failedStages: ['types', 'build'] });
    expect(result).toEqual({
      lines: ['failed stage: types', 'failed stage: build', '3 passed, 4 failed'],
      exitCode: 1,
    });
  });

  test('Jest failing without a failed test, without a summary or halfway is a failure', () => {
    expect(run({ jestCode: 1 }).lines).toEqual([
      'failed stage: tests (Jest ended with 1 though no test failed)',
      '3 passed, 1 failed',
    ]);
    expect(run({ summary: undefined, jestCode: 1 })).toEqual({
      lines: [
        'failed stage: tests (Jest ended with 1 and left no summary)',
        'no test ran',
        '0 passed, 1 failed',
      ],
      exitCode: 1,
    });
    expect(run({ summary: { ...passing, interrupted: true } }).exitCode).toBe(1);
  });

  test('a run without any test fails', () => {
    const result = run({ summary: { ...passing, passed: 0 } });
    expect(result).toEqual({ lines: ['no test ran', '0 passed, 0 failed'], exitCode: 1 });
  });

  test('a listed skip is printed and accepted only where its probe proves the part missing', () => {
    const summary = { ...passing, skipped: ['backup restores a dump'] };
    expect(run({ summary })).toEqual({
      lines: ['skipped: backup restores a dump', '3 passed, 0 failed, 1 skipped'],
      exitCode: 0,
    });
    expect(run({ summary, isMissing: () => false })).toEqual({
      lines: [
        'skipped: backup restores a dump - not allowed: the machine has the part (! command -v pg_dump)',
        '3 passed, 1 failed',
      ],
      exitCode: 1,
    });
  });

  test('a skip that is not listed, or listed for a reason that is none, fails', () => {
    expect(run({ summary: { ...passing, skipped: ['other'] } })).toEqual({
      lines: ['skipped: other - not allowed: docs/skips.md does not list it', '3 passed, 1 failed'],
      exitCode: 1,
    });
    const skipRows = [{ ...row, reason: 'too slow here' }];
    expect(run({ summary: { ...passing, skipped: [row.test] }, skipRows }).lines[0]).toBe(
      'skipped: backup restores a dump - not allowed: "slow" is not a reason to skip a test',
    );
  });

  test('the ten slowest files are named, slowest first', () => {
    const files = Array.from({ length: 12 }, (_, index) => ({
      file: `${index}.test.ts`,
      durationMs: index * 1000,
    }));
    const { lines } = run({ summary: { ...passing, files } });
    expect(lines).toHaveLength(12);
    expect(lines[1]).toBe('    11.0 s  11.test.ts');
    expect(lines[10]).toBe('     2.0 s  2.test.ts');
  });

  test('a probe counts as proof only when it ends with 0', () => {
    expect(probeMissing('! command -v no-such-program-here')).toBe(true);
    expect(probeMissing('! command -v sh')).toBe(false);
    expect(probeMissing('no-such-program-here')).toBe(false);
  });
});

test('the summary counts a file that could not run as one failure and names skipped and todo tests', () => {
  const perfStats = { start: 1000, end: 3500 };
  const testResults = [
    {
      testFilePath: '/repo/a.test.ts',
      perfStats,
      testResults: [
        { status: 'passed', fullName: 'a works' },
        { status: 'pending', fullName: 'a waits' },
        { status: 'todo', fullName: 'a later' },
      ],
    },
    { testFilePath: '/repo/b.test.ts', perfStats: { start: 0, end: 0 }, testResults: [] },
  ];
  const results = {
    numPassedTests: 1,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 1,
    wasInterrupted: false,
    testResults,
  };
  expect(summarize(results, '/repo')).toEqual({
    passed: 1,
    failed: 1,
    skipped: ['a waits', 'a later'],
    interrupted: false,
    files: [{ file: 'a.test.ts', durationMs: 2500 }],
  });
});
