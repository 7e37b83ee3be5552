import { describe, expect, test } from '@jest/globals';
import { judgeReadiness, type ReadySample } from '../watch/readiness.js';
import { recoveryMs } from '../watch/recovery.js';

const bounds = { noticeMs: 3_000, recoverMs: 3_000 };
/** Every 100 ms from one moment to another. */
const every = (fromMs: number, toMs: number) =>
  Array.from({ length: (toMs - fromMs) / 100 }, (_, n) => fromMs + n * 100);
const said = (fromMs: number, toMs: number, what: ReadySample['said'], reason?: string) =>
  every(fromMs, toMs).map((atMs): ReadySample => ({ atMs, said: what, reason }));
const writes = (fromMs: number, toMs: number, acknowledged: boolean) =>
  every(fromMs, toMs).map((sentMs) => ({ sentMs, endedMs: sentMs + 50, acknowledged }));

describe('/ready', () => {
  const outage = [
    ...writes(0, 5_000, true),
    ...writes(5_000, 15_000, false),
    ...writes(15_000, 25_000, true),
  ];

  test('tells the truth when it says "not ready" soon after the outage, and "ready" soon after its end', () => {
    const samples = [
      ...said(0, 7_000, 'ready'),
      ...said(7_000, 16_000, 'not ready', 'db_unreachable'),
      ...said(16_000, 25_000, 'ready'),
    ];
    expect(judgeReadiness(samples, outage, bounds)).toEqual([]);
  });

  test('lies when it goes on saying "ready"', () => {
    const found = judgeReadiness(said(0, 25_000, 'ready'), outage, bounds);
    expect(found[0]).toEqual({ kind: 'readiness', detail: expect.stringContaining('no write worked') });
  });

  test('lies when nobody is answered at all, and it says "ready"', () => {
    const hanging = [...writes(0, 5_000, true), { sentMs: 5_000, endedMs: 20_000, acknowledged: false }];
    expect(judgeReadiness(said(0, 15_000, 'ready'), hanging, bounds)).not.toEqual([]);
  });

  test('lies when it goes on saying "not ready" while every write works', () => {
    const samples = [...said(5_000, 25_000, 'not ready', 'stale')];
    const found = judgeReadiness(samples, outage, bounds);
    expect(found[0]).toEqual({
      kind: 'readiness',
      detail: expect.stringContaining('every write worked'),
    });
  });

  test('is judged by what it says itself: a process that has just started was not ready before', () => {
    const samples = [...said(5_000, 15_000, 'none'), ...said(15_000, 17_000, 'ready')];
    expect(judgeReadiness(samples, writes(5_000, 17_000, false), bounds)).toEqual([]);
  });

  test('may say "draining" while it still serves, and nothing while the process is gone', () => {
    expect(judgeReadiness(said(0, 5_000, 'not ready', 'draining'), writes(0, 5_000, true), bounds)).toEqual(
      [],
    );
    expect(judgeReadiness(said(0, 5_000, 'none'), writes(0, 5_000, true), bounds)).toEqual([]);
  });
});

describe('the recovery', () => {
  const aftermath = {
    healedMs: 1_000,
    clients: 2,
    acknowledged: [
      { client: 0, sentMs: 1_100, endedMs: 1_200 },
      { client: 1, sentMs: 1_300, endedMs: 1_400 },
    ],
    troubles: [{ sentMs: 900, endedMs: 3_000 }],
    samples: said(1_000, 2_000, 'ready'),
  };

  test('is over when every client has had a write acknowledged; what was sent before the end of the fault does not count', () => {
    expect(recoveryMs(aftermath)).toBe(400);
  });

  test('lasts until the last trouble of what was sent since, and the last "not ready"', () => {
    expect(recoveryMs({ ...aftermath, troubles: [{ sentMs: 1_500, endedMs: 1_700 }] })).toBe(700);
    const samples = [...said(1_000, 1_900, 'not ready'), ...said(1_900, 2_000, 'ready')];
    expect(recoveryMs({ ...aftermath, samples })).toBe(800);
  });

  test('is not over while one client waits, or /ready does', () => {
    expect(recoveryMs({ ...aftermath, clients: 3 })).toBeUndefined();
    expect(recoveryMs({ ...aftermath, samples: said(1_000, 2_000, 'not ready') })).toBeUndefined();
  });
});
