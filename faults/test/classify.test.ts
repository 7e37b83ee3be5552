import { expect, test } from '@jest/globals';
import { classify } from '../ledger/classify.js';
import { outcomeOf } from '../ledger/operation.js';
import { createSeededRandom } from '../seeded-random.js';
import { tried } from './planted.js';

const answered = (status: number, code?: string) => ({ status, headers: {}, body: { code } });

test.each([
  [answered(201), 'acknowledged'],
  [answered(412, 'precondition_failed'), 'failed'],
  [answered(503, 'unavailable'), 'failed'],
  [answered(504, 'timeout'), 'failed'],
  [answered(503, 'outcome_unknown'), 'unknown'],
  [answered(500, 'internal'), 'unknown'],
  [answered(502), 'unknown'],
  [{ error: 'ECONNREFUSED' }, 'failed'],
  [{ error: 'ECONNRESET' }, 'unknown'],
  [{ error: 'timeout' }, 'unknown'],
] as const)('%j is %s', (heard, outcome) => {
  expect(classify(heard)).toBe(outcome);
});

test('an operation failed only when every one of its tries surely did nothing', () => {
  const of = (...outcomes: ('acknowledged' | 'failed' | 'unknown')[]) =>
    outcomeOf({ seen: false, attempts: outcomes.map((outcome, n) => tried('r1.u0.c0.o1', n, outcome)) });
  expect([of('failed', 'failed'), of('unknown', 'failed'), of('unknown', 'acknowledged')]).toEqual([
    'failed',
    'unknown',
    'acknowledged',
  ]);
  expect(outcomeOf({ seen: true, attempts: [tried('r1.u0.c0.o1', 0, 'unknown')] })).toBe('acknowledged');
});

test('the same seed draws the same, another one does not', () => {
  const draw = (seed: number) => {
    const random = createSeededRandom(seed);
    return [random.next(), random.shuffled([1, 2, 3, 4, 5, 6, 7]), random.fork().next()];
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});
