import { describe, expect, test } from '@jest/globals';
import { type Condition, conditionsOf, createAlertBook } from '../../src/monitor/alerts.js';
import type { Finding } from '../../src/monitor/findings/check.js';

const condition = (more: Partial<Condition> = {}): Condition => ({
  rule: 'connections',
  object: 'server',
  severity: 'warning',
  message: 'm',
  evidence: {},
  ...more,
});
const timing = { forMs: 60, recoveryMs: 120 };

describe('an alert', () => {
  test('begins once its condition has lasted, is told once, and ends once it stayed away', () => {
    const book = createAlertBook(timing);
    expect(book.evaluate([condition()], 0)).toEqual([]);
    expect(book.evaluate([condition()], 59)).toEqual([]);
    expect(book.evaluate([condition()], 60)).toMatchObject([
      { rule: 'connections', state: 'firing', startedAt: new Date(0) },
    ]);
    expect(book.evaluate([condition()], 90)).toEqual([]);
    expect(book.firing()).toHaveLength(1);
    expect(book.evaluate([], 100)).toEqual([]);
    expect(book.evaluate([], 209)).toEqual([]);
    expect(book.evaluate([], 210)).toMatchObject([
      { state: 'resolved', startedAt: new Date(0), resolvedAt: new Date(210) },
    ]);
    expect(book.firing()).toEqual([]);
  });

  test('does not begin for a condition that comes and goes, nor end for one that flickers', () => {
    const book = createAlertBook(timing);
    for (let at = 0; at < 600; at += 50)
      expect(book.evaluate(at % 100 === 0 ? [condition()] : [], at)).toEqual([]);
    book.evaluate([condition()], 600);
    expect(book.evaluate([condition()], 660)).toHaveLength(1);
    for (let at = 700; at < 1200; at += 100)
      expect(book.evaluate(at % 200 === 0 ? [condition()] : [], at)).toEqual([]);
  });

  test('is told again when it gets worse', () => {
    const book = createAlertBook({ ...timing, forMs: 0 });
    expect(book.evaluate([condition()], 0)).toHaveLength(1);
    expect(book.evaluate([condition({ severity: 'critical' })], 10)).toMatchObject([
      { severity: 'critical', state: 'firing' },
    ]);
    expect(book.evaluate([condition({ severity: 'critical' })], 20)).toEqual([]);
  });

  test('stays while its rule cannot be judged', () => {
    const book = createAlertBook({ ...timing, forMs: 0 });
    book.evaluate([condition()], 0);
    for (let at = 100; at < 1000; at += 100)
      expect(book.evaluate([], at, new Set(['connections']))).toEqual([]);
    expect(book.firing()).toHaveLength(1);
    expect(book.evaluate([], 1100)).toHaveLength(1);
  });

  test('that another process told is not told again, and ends', () => {
    const book = createAlertBook(timing);
    book.adopt([{ ...condition(), state: 'firing', startedAt: new Date(5), resolvedAt: null }], 1000);
    expect(book.evaluate([condition()], 1010)).toEqual([]);
    expect(book.evaluate([], 1200)).toMatchObject([{ state: 'resolved', startedAt: new Date(5) }]);
  });

  test('is kept per object', () => {
    const book = createAlertBook({ ...timing, forMs: 0 });
    expect(book.evaluate([condition({ object: 'a' }), condition({ object: 'b' })], 0)).toHaveLength(2);
  });
});

test('remarks alert nobody, warnings only when asked for', () => {
  const findings = (['info', 'warning', 'critical'] as const).map(
    (severity) => ({ check: 'x', object: severity, severity, summary: 's', evidence: {} }) as Finding,
  );
  expect(conditionsOf(findings, 'warning').map(({ object }) => object)).toEqual(['warning', 'critical']);
  expect(conditionsOf(findings, 'critical').map(({ object }) => object)).toEqual(['critical']);
});
