import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { BenchCase, PreparedCase } from '../harness/bench-case.js';
import { checkGoals, describeGoal, type Goal } from '../harness/goals.js';
import { runCase, writeResult } from '../harness/result.js';
import { tableOf } from '../harness/table.js';

/** A case of two sides on a clock of its own: ours takes 10 ms, the rival 25 ms. */
async function fakeResult(quick: boolean, rivalAnswer: unknown = 1) {
  let clock = 0;
  const side = (name: string, durationMs: number, answer: unknown) => ({
    name,
    answer: async () => answer,
    run: async () => {
      clock += durationMs;
      return undefined;
    },
  });
  const prepared: PreparedCase = {
    sides: [side('ours', 10, 1), side('rival', 25, rivalAnswer)],
    facts: { rows: 100 },
    close: async () => {},
  };
  const bench: BenchCase = {
    name: 'fake',
    question: 'how fast is a fake?',
    subject: 'ours',
    sizes: () => [{ name: '4 callers', callers: 4, operations: 50, warmups: 1, rounds: 3 }],
    prepare: async () => prepared,
  };
  return {
    result: await runCase(bench, prepared, { quick, log: () => {}, now: () => clock }),
    clock: () => clock,
  };
}

describe('a result', () => {
  test('keeps raw samples, medians, rates and the ratio to the rival of the same run', async () => {
    const { result } = await fakeResult(false);
    const spread = (value: number) => ({ median: value, q1: value, q3: value, min: value, max: value });
    expect(result.results).toEqual([
      {
        size: { name: '4 callers', callers: 4, operations: 50, warmups: 1, rounds: 3 },
        sides: [
          { name: 'ours', ...spread(10), perSecond: 5000, samples: [10, 10, 10] },
          { name: 'rival', ...spread(25), perSecond: 2000, samples: [25, 25, 25] },
        ],
        ratios: [{ rival: 'rival', ratio: spread(2.5) }],
      },
    ]);
  });

  /** A case of one side whose samples are no times of all operations. */
  async function sampled(sample: 'latency' | 'memory', side: string, value: number) {
    const prepared: PreparedCase = {
      sides: [{ name: side, answer: async () => 200, run: async () => value }],
      facts: {},
      close: async () => {},
    };
    const bench: BenchCase = {
      name: 'fake',
      question: 'how much?',
      sample,
      sizes: () => [{ name: '10 users', callers: 10, operations: 50, warmups: 0, rounds: 1 }],
      prepare: async () => prepared,
    };
    return await runCase(bench, prepared, { quick: false, log: () => {} });
  }

  test('of latencies has no rate: one request in a hundred tells nothing of how many there were', async () => {
    const result = await sampled('latency', 'GET /a p99', 12);
    expect(result.results[0]?.sides[0]).toMatchObject({ median: 12, perSecond: null, samples: [12] });
    expect(tableOf(result)).toMatch(
      /^10 users {2}GET \/a p99 {2}12\.0 {7}12\.0\.\.12\.0 {2}12\.0\.\.12\.0$/m,
    );
  });

  test('of memory is in megabytes, and has no rate', async () => {
    const result = await sampled('memory', 'a server', 64);
    expect(result).toMatchObject({ unit: 'MB', results: [{ sides: [{ median: 64, perSecond: null }] }] });
    expect(tableOf(result)).toMatch(/side +median MB/);
  });

  test('is refused, before anything is timed, when the sides differ', async () => {
    await expect(fakeResult(false, 2)).rejects.toThrow(
      'rival does not answer what ours answers: 2 instead of 1',
    );
  });

  test('prints as a table', async () => {
    expect(tableOf((await fakeResult(false)).result).split('\n')).toEqual([
      'how fast is a fake?',
      'size       side   median ms  q1..q3      min..max    per second  ratio',
      '4 callers  ours   10.0       10.0..10.0  10.0..10.0  5000',
      '4 callers  rival  25.0       25.0..25.0  25.0..25.0  2000        2.50 (2.50..2.50)',
      'ratio: what that side needs, over what ours needs',
    ]);
  });

  test('of a quick run never replaces that of a full run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-bench-results-'));
    try {
      await writeResult(folder, (await fakeResult(false)).result, { cores: 2 });
      await writeResult(folder, (await fakeResult(true)).result, { cores: 2 });
      expect((await readdir(folder, { recursive: true })).sort()).toEqual([
        'fake.json',
        'quick',
        'quick/fake.json',
      ]);
      const written = JSON.parse(await readFile(join(folder, 'fake.json'), 'utf8'));
      expect(written).toMatchObject({
        case: 'fake',
        quick: false,
        machine: { cores: 2 },
        facts: { rows: 100 },
      });
      expect(written.results[0].sides[1].samples).toEqual([25, 25, 25]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('goals', () => {
  const check = async (goal: Goal) => checkGoals([goal], (await fakeResult(false)).result).map(describeGoal);

  test('a ratio is met at the bound and missed below it', async () => {
    expect(await check({ size: '4 callers', rival: 'rival', minRatio: 2.5 })).toEqual([
      'met    fake, 4 callers: 2.50 times as fast as rival (goal 2.5)',
    ]);
    expect(await check({ size: '4 callers', rival: 'rival', minRatio: 2.6 })).toEqual([
      'MISSED fake, 4 callers: 2.50 times as fast as rival (goal 2.6)',
    ]);
  });

  test('a time is met at the bound and missed above it', async () => {
    expect(await check({ size: '4 callers', side: 'ours', maxMs: 10 })).toEqual([
      'met    fake, 4 callers: ours takes 10 ms (goal 10 ms)',
    ]);
    expect(await check({ size: '4 callers', side: 'ours', maxMs: 9 })).toEqual([
      'MISSED fake, 4 callers: ours takes 10 ms (goal 9 ms)',
    ]);
  });

  test('what was not measured is missed', async () => {
    expect(await check({ size: '64 callers', rival: 'rival', minRatio: 0 })).toEqual([
      'MISSED fake, 64 callers: not measured, to be times as fast as rival (goal 0)',
    ]);
    expect(await check({ size: '4 callers', side: 'nobody', maxMs: 99 })).toEqual([
      'MISSED fake, 4 callers: nobody takes not measured (goal 99 ms)',
    ]);
  });
});
