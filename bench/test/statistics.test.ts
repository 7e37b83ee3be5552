import { expect, test } from '@jest/globals';
import { quantile, ratioTo, spreadOf } from '../harness/statistics.js';

test('median and quartiles are interpolated, whatever the order of the samples', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, q1: 1.75, q3: 3.25, min: 1, max: 4 });
  expect(spreadOf([10, 2, 9])).toEqual({ median: 9, q1: 5.5, q3: 9.5, min: 2, max: 10 });
  expect(spreadOf([7])).toEqual({ median: 7, q1: 7, q3: 7, min: 7, max: 7 });
});

test('no samples are an error, never NaN', () => {
  expect(() => quantile([], 0.5)).toThrow('no samples');
});

test('a ratio is taken round by round: a disturbed round changes it less than the medians would', () => {
  // The machine was three times slower in the second and third round; the rival needs twice our time in each.
  expect(ratioTo([10, 30, 30, 10], [20, 60, 60, 20])).toEqual({ median: 2, q1: 2, q3: 2, min: 2, max: 2 });
  expect(ratioTo([10, 10, 10], [5, 20, 40]).median).toBe(2);
  expect(() => ratioTo([1], [1, 2])).toThrow('1 rounds against 2');
});
