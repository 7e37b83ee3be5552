import { describe, expect, test } from '@jest/globals';
import { checkAttempts } from '../ledger/check-attempts.js';
import { change, creation, logged, tried } from './planted.js';

const [one, two] = ['r1.u0.c0.o1', 'r1.u0.c0.o2'];
const kinds = (found: { kind: string }[]) => found.map(({ kind }) => kind);

describe('what clients were told against the audit log', () => {
  test('everything done once as told is right, whichever try did it', () => {
    const operations = [
      creation(one, 'a', ['acknowledged']),
      creation(two, 'b', ['unknown', 'failed', 'acknowledged']),
    ];
    (operations[1]?.attempts as unknown[])[2] = tried(two, 2, 'acknowledged', true);
    expect(checkAttempts(operations, [[logged(`${one}.a0`, 'a'), logged(`${two}.a0`, 'b')]])).toEqual([]);
  });

  test('an acknowledged write that nobody did is lost', () => {
    expect(kinds(checkAttempts([creation(one, 'a', ['acknowledged'])], [[]]))).toEqual(['lost']);
  });

  test('a write done by two of its tries is duplicated', () => {
    const twice = [logged(`${one}.a0`, 'a'), logged(`${one}.a1`, 'b')];
    expect(kinds(checkAttempts([creation(one, 'a', ['unknown', 'acknowledged'])], [twice]))).toContain(
      'duplicated',
    );
  });

  test('a write that surely failed and was done is a phantom', () => {
    expect(kinds(checkAttempts([creation(one, 'a', ['failed'])], [[logged(`${one}.a0`, 'a')]]))).toEqual([
      'phantom',
    ]);
  });

  test('a try that surely failed and was done is a phantom, though the operation was acknowledged', () => {
    const found = checkAttempts(
      [creation(one, 'a', ['failed', 'acknowledged'])],
      [[logged(`${one}.a0`, 'a')]],
    );
    expect(kinds(found)).toEqual(['phantom', 'audit']);
  });

  test.each([
    ['done', [logged(`${one}.a0`, 'a')]],
    ['not done', []],
  ])('a write without an answer may be %s', (_what, log) => {
    expect(checkAttempts([creation(one, 'a', ['unknown'])], [log])).toEqual([]);
  });

  test('a change in the log that nobody asked for is named', () => {
    const [found, ...more] = checkAttempts([], [[logged('r1.u0.c9.o9.a0', 'a')]]);
    expect([found?.kind, found?.detail, more]).toEqual([
      'audit',
      expect.stringContaining('r1.u0.c9.o9.a0'),
      [],
    ]);
  });

  test('a change in the log under another user, of another kind or of another row is found', () => {
    const operations = [change(one, 'update', 'a', 2)];
    const right = logged(`${one}.a0`, 'a', 'update');
    expect(kinds(checkAttempts(operations, [[{ ...right, userId: 'user-1' }]]))).toEqual(['foreign']);
    expect(kinds(checkAttempts(operations, [[{ ...right, action: 'delete' }]]))).toEqual(['audit']);
    expect(kinds(checkAttempts(operations, [[{ ...right, rowId: 'b' }]]))).toEqual(['audit']);
    expect(checkAttempts(operations, [[right]])).toEqual([]);
  });

  test('with a restore in between a write may be in either database, and in both, but not in none and not twice in one', () => {
    const operations = [creation(one, 'a', ['unknown', 'acknowledged'])];
    const [first, second] = [logged(`${one}.a0`, 'a'), logged(`${one}.a1`, 'a')];
    expect(checkAttempts(operations, [[], [second]])).toEqual([]);
    expect(checkAttempts(operations, [[first], [second]])).toEqual([]);
    expect(kinds(checkAttempts(operations, [[], []]))).toEqual(['lost']);
    expect(kinds(checkAttempts(operations, [[first, second], []]))).toContain('duplicated');
  });
});
