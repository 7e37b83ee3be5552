import { expect, test } from '@jest/globals';
import { createStatementCounters } from '../../src/monitor/statement-counters.js';

const grown = (queryid: string, calls: number) => ({ queryid, calls, totalMs: calls * 10, rows: calls * 2 });

test('the top has counters of its own, all others one, and nothing is counted twice or lost', () => {
  const counters = createStatementCounters(2);
  counters.add([grown('a', 5), grown('b', 3), grown('c', 1)], ['a', 'b', 'c']);
  expect(counters.read(() => null).map(({ queryid, calls }) => [queryid, calls])).toEqual([
    ['other', 1],
    ['a', 5],
    ['b', 3],
  ]);
  counters.add([grown('a', 1), grown('c', 1)], ['a', 'b', 'c']);
  const [other, a] = counters.read((id) => (id === 'a' ? 'User.findMany' : null));
  expect(other).toEqual({ queryid: 'other', operation: null, calls: 2, totalMs: 20, rows: 4 });
  expect(a).toEqual({ queryid: 'a', operation: 'User.findMany', calls: 6, totalMs: 60, rows: 12 });
});

test('no counter ever falls: who leaves the top counts as other from then on, who comes back begins anew', () => {
  const counters = createStatementCounters(1);
  counters.add([grown('a', 5)], ['a']);
  counters.add([grown('a', 1), grown('b', 9)], ['b', 'a']);
  expect(counters.read(() => null).map(({ queryid, calls }) => [queryid, calls])).toEqual([
    ['other', 1],
    ['b', 9],
  ]);
  counters.add([grown('a', 7)], ['a', 'b']);
  expect(counters.read(() => null).map(({ queryid, calls }) => [queryid, calls])).toEqual([
    ['other', 1],
    ['a', 7],
  ]);
});
