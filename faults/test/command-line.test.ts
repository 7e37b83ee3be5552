import { expect, test } from '@jest/globals';
import { FAULTS } from '../cases/all.js';
import { parseOptions } from '../options.js';

const names = FAULTS.map(({ name }) => name);

test('every fault has a name of its own', () => {
  expect(new Set(names).size).toBe(names.length);
});

test('without arguments all faults run, with a seed that was drawn', () => {
  expect(parseOptions([], names, 42)).toEqual({
    help: false,
    only: [],
    seed: 42,
    minutes: 4,
    worlds: 1,
    json: false,
    report: false,
  });
});

test('names may be given together or one by one', () => {
  const { only } = parseOptions(['--only', 'reset,latency', '--only', 'api-kill'], names, 1);
  expect(only).toEqual(['reset', 'latency', 'api-kill']);
});

test.each([
  [['--only', 'resett'], 'no fault "resett"'],
  [['--seed=-1'], '--seed -1 is not a whole number'],
  [['--seed', 'x'], '--seed x is not a whole number'],
  [['--minutes', 'soon'], '--minutes soon is not a number'],
  [['--worlds', '0'], '--worlds 0 is not a whole number'],
  [['--report', '--only', 'reset'], '--report wants a run of all faults'],
  [['--report', '--worlds', '2'], '--report wants one world'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args, names, 1)).toThrow(message);
});
