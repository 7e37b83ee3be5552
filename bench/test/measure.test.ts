import { describe, expect, test } from '@jest/globals';
import type { Size } from '../harness/bench-case.js';
import { assertEqualSides, measure, withCallers } from '../harness/measure.js';

const size: Size = { name: 'one', callers: 1, operations: 10, warmups: 1, rounds: 3 };

/** Sides that take a known time on a clock of their own. */
function fakeSides(durationsMs: Record<string, number>) {
  let clock = 0;
  const order: string[] = [];
  const sides = Object.entries(durationsMs).map(([name, durationMs]) => ({
    name,
    run: async () => {
      order.push(name);
      clock += durationMs;
      return undefined;
    },
  }));
  return { sides, order, now: () => clock };
}

describe('measuring', () => {
  test('every side is timed in every place; warm-ups leave no sample', async () => {
    const { sides, order, now } = fakeSides({ a: 5, b: 7, c: 11 });
    const samples = await measure(sides, size, now);
    expect(order.join(' ')).toBe('a b c  a b c  b c a  c a b'.replaceAll('  ', ' '));
    expect([...samples]).toEqual([
      ['a', [5, 5, 5]],
      ['b', [7, 7, 7]],
      ['c', [11, 11, 11]],
    ]);
  });

  test('a side that times itself is believed', async () => {
    const { now } = fakeSides({});
    const samples = await measure([{ name: 'self', run: async () => 42 }], size, now);
    expect(samples.get('self')).toEqual([42, 42, 42]);
  });

  test('a side that fails ends the measurement', async () => {
    const broken = { name: 'broken', run: async () => Promise.reject(new Error('connection lost')) };
    await expect(measure([broken], size)).rejects.toThrow('connection lost');
  });
});

describe('equality', () => {
  const side = (name: string, answer: unknown) => ({ name, answer: async () => answer });

  test('equal answers pass and are handed back', async () => {
    const answer = () => ({ rows: [{ id: 1, at: new Date(5) }], poolSize: 20 });
    expect(await assertEqualSides([side('a', answer()), side('b', answer())])).toEqual(answer());
  });

  test.each([
    ['a value', { rows: [{ id: 2 }], poolSize: 20 }],
    ['a type', { rows: [{ id: '1' }], poolSize: 20 }],
    ['a missing column', { rows: [{}], poolSize: 20 }],
    ['a further row', { rows: [{ id: 1 }, { id: 1 }], poolSize: 20 }],
    ['the size of the pool', { rows: [{ id: 1 }], poolSize: 10 }],
    ['a big integer', { rows: [{ id: 1n }], poolSize: 20 }],
  ])('%s that differs stops the run before anything is timed', async (_what, other) => {
    const ours = side('ours', { rows: [{ id: 1 }], poolSize: 20 });
    await expect(assertEqualSides([ours, side('theirs', other)])).rejects.toThrow(
      /^theirs does not answer what ours answers: /,
    );
  });
});

describe('callers', () => {
  test('do every operation once, never more at a time than asked for', async () => {
    const done: number[] = [];
    let active = 0;
    let most = 0;
    await withCallers({ callers: 4, operations: 25 }, async (index) => {
      active++;
      most = Math.max(most, active);
      await new Promise((resolve) => setImmediate(resolve));
      active--;
      done.push(index);
    });
    expect(most).toBe(4);
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, index) => index));
  });
});
