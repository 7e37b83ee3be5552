import { expect, test } from '@jest/globals';
import { operationOf } from '../../src/monitor/operation-of.js';
import { quantile, summarizeLatency } from '../../src/monitor.js';

const histogram = {
  name: 'User.findMany',
  buckets: [
    { le: 0.01, count: 50 },
    { le: 0.1, count: 90 },
    { le: 1, count: 99 },
    { le: Number.POSITIVE_INFINITY, count: 100 },
  ],
  count: 100,
  sum: 12,
};

test('quantiles lie between the bounds of their bucket, as Prometheus computes them', () => {
  expect(quantile(histogram, 0.5)).toBeCloseTo(0.01);
  expect(quantile(histogram, 0.7)).toBeCloseTo(0.055);
  expect(quantile(histogram, 0.95)).toBeCloseTo(0.6);
  // Beyond the last finite bound nothing more is known.
  expect(quantile(histogram, 0.999)).toBe(1);
  expect(quantile({ buckets: [], count: 0 }, 0.95)).toBeNull();
});

test('operations are listed with their percentiles, the busiest first', () => {
  const quiet = { name: 'User.create', buckets: [{ le: 1, count: 1 }], count: 1, sum: 0.5 };
  expect(summarizeLatency([quiet, histogram])).toMatchObject([
    { name: 'User.findMany', count: 100, mean: 0.12 },
    { name: 'User.create', count: 1, mean: 0.5 },
  ]);
});

test.each([
  ["select 1 /*action='findMany',model='User'*/", 'User.findMany'],
  ["select 1 /*model='User',action='create',traceparent='00-ab-cd-01'*/;", 'User.create'],
  ["select 1 /*prismaQuery='User.findFirst%3Aabc'*/", 'User.findFirst'],
  ["select 1 /*action='queryRaw'*/", 'queryRaw'],
  ["/*action='no',model='No'*/ select 1", null],
  ['select 1', null],
  ["select 1 /*action='%E0%A4%A'*/", null],
])('%s comes from %s', (text, operation) => {
  expect(operationOf(text)).toBe(operation);
});
