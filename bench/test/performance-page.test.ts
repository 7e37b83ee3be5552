import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { performancePage, readResults, type StoredResult } from '../harness/performance-page.js';

const root = join(import.meta.dirname, '../..');
const spread = (value: number) => ({ median: value, q1: value, q3: value, min: value, max: value });

/** Ours takes 10 ms, the rival 25. */
const result: StoredResult = {
  case: 'fake',
  question: 'how fast is a fake?',
  quick: false,
  unit: 'ms',
  subject: 'ours',
  facts: { rows: 1_000, server: { version: '15.18' } },
  results: [
    {
      size: { name: '1 <caller>', callers: 1, operations: 50, warmups: 1, rounds: 3 },
      sides: [
        { name: 'ours', ...spread(10), perSecond: 5_000, samples: [10, 10, 10] },
        { name: 'rival', ...spread(25), perSecond: 2_000, samples: [25, 25, 25] },
      ],
      ratios: [{ rival: 'rival', ratio: spread(2.5) }],
    },
  ],
  machine: {
    date: '2026-11-21T00:00:00.000Z',
    cpu: 'a processor',
    cores: 2,
    memoryGb: 24,
    system: 'Linux',
    node: 'v24.0.0',
    versions: {},
    commit: '',
    treeChanged: false,
  },
};
const goal = (minRatio: number) => ({ fake: [{ size: '1 <caller>', rival: 'rival', minRatio }] });

describe('docs/performance.md', () => {
  test('and its chart are what the committed results and goals say', async () => {
    const { results, elsewhere, goals } = await readResults(root);
    const { page, chart } = performancePage(results, goals, elsewhere);
    expect(await readFile(join(root, 'docs/performance.md'), 'utf8')).toBe(page);
    expect(await readFile(join(root, 'docs/performance.svg'), 'utf8')).toBe(chart);
  });

  test('gives every side, the ratio to its rival, and whether the goal holds', () => {
    const { page } = performancePage([result], goal(2));
    expect(page).toContain('How fast is a fake?');
    expect(page).toContain('| 1 <caller> | ours | 10.0 | 5000 |  |  |');
    expect(page).toContain('| 1 <caller> | rival | 25.0 | 2000 | 2.50 (2.50..2.50) | at least 2: met |');
    expect(performancePage([result], goal(3)).page).toContain('at least 3: missed');
    expect(page).toContain('1,000 rows, PostgreSQL 15.18, Node 24.0.0');
  });

  test('tells how the cost grows with the rows, and nothing of it where only one number of rows was measured', () => {
    const rows = (count: number, factor: number): StoredResult => ({
      ...result,
      facts: { rows: count },
      results: result.results.map((one) => ({
        ...one,
        sides: one.sides.map((side) => ({ ...side, median: side.median * factor })),
      })),
    });
    const { page } = performancePage([rows(1_000_000, 4)], goal(2), [rows(100_000, 3), rows(10_000, 1)]);
    expect(page).toContain('| fake | 1 <caller> | 0.200 | 0.600 | 0.800 | × 2.00 |');
    expect(performancePage([result], goal(2)).page).not.toContain('Growth');
    // Megabytes are not per operation.
    const memory = [rows(1_000, 1), rows(10_000, 1.5)].map((one) => ({ ...one, unit: 'MB' as const }));
    expect(performancePage(memory, {}).page).toContain('| fake | 1 <caller> | 10.0 | 15.0 | × 1.50 |');
  });

  test('gives what a case says of its run in words', () => {
    const facts = { ...result.facts, summary: ['180,000 requests, 0 errors.', 'No deadlock.'] };
    const { page } = performancePage([{ ...result, facts }], goal(2));
    expect(page).toContain('\n\n180,000 requests, 0 errors. No deadlock.\n\n1,000 rows, PostgreSQL');
  });

  test('shows a missed goal in another colour, and no name as markup', () => {
    const met = performancePage([result], goal(2)).chart;
    const missed = performancePage([result], goal(3)).chart;
    expect(met).toContain('fake, 1 &lt;caller&gt;: rival');
    expect(missed.match(/fill="#c2410c"/g)).toHaveLength(1);
    expect(met).not.toContain('#c2410c');
  });
});
