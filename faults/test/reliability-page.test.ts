import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FAULTS } from '../cases/all.js';
import { reliabilityPage } from '../report/reliability-page.js';
import type { RoundResult, SuiteResult } from '../report/result.js';
import { linesOf } from '../report/table.js';

const root = join(import.meta.dirname, '../..');
const round = (
  faults: string[],
  recoveryMs: number | undefined,
  more: Partial<RoundResult> = {},
): RoundResult => ({
  round: 1,
  faults,
  struck: 2,
  operations: 10,
  reads: 5,
  acknowledged: 8,
  failed: 1,
  unknown: 1,
  ambiguous: 3,
  recoveryMs,
  boundMs: 15_000,
  violations: [],
  durationMs: 1_000,
  ...more,
});

describe('docs/reliability.md', () => {
  test('is what the committed run and the faults of now say, and the run broke no promise', async () => {
    const text = await readFile(join(root, 'faults/results/latest.json'), 'utf8');
    const result: SuiteResult = JSON.parse(text);
    expect(await readFile(join(root, 'docs/reliability.md'), 'utf8')).toBe(reliabilityPage(result, FAULTS));
    expect(result.rounds.flatMap(({ violations }) => violations).concat(result.violations)).toEqual([]);
    const ran = new Set(result.rounds.flatMap(({ faults }) => faults));
    expect(FAULTS.filter(({ name }) => !ran.has(name)).map(({ name }) => name)).toEqual([]);
  });
});

describe('the table', () => {
  test('sums the rounds of a fault, in the order of the faults, those of two together last', () => {
    const rounds = [
      round(['b', 'a'], 1_000),
      round(['b'], 3_000),
      round(['a'], 500),
      round(['a', 'b'], 2_000),
      round(['b'], 1_000),
    ];
    const lines = linesOf(rounds, ['b', 'a']);
    expect(
      lines.map(({ fault, struck, operations, recoveryP50, recoveryMax }) => [
        fault,
        struck,
        operations,
        recoveryP50,
        recoveryMax,
      ]),
    ).toEqual([
      ['b', 4, 20, 1, 3],
      ['a', 2, 10, 0.5, 0.5],
      ['a + b', 4, 20, 1, 2],
    ]);
  });

  test('counts what was lost, duplicated, and broken otherwise; a round without recovery has none', () => {
    const violations = [
      { kind: 'lost', detail: '' },
      { kind: 'duplicated', detail: '' },
      { kind: 'phantom', detail: '' },
      { kind: 'readiness', detail: '' },
    ] as const;
    const [line] = linesOf([round(['a'], undefined, { violations })], ['a']);
    expect(line).toMatchObject({
      lost: 1,
      duplicated: 1,
      other: 2,
      recoveryP50: undefined,
      recoveryMax: undefined,
    });
  });
});
