import { describe, expect, test } from '@jest/globals';
import { createHysteresis } from '../src/probes/hysteresis.js';
import { createPoolWatch } from '../src/probes/pool-watch.js';
import type { Observation, Prober } from '../src/probes/prober.js';
import { createProbeState } from '../src/probes/state.js';

describe('the verdict on the database', () => {
  test('is up at the first good answer', () => {
    const hysteresis = createHysteresis();
    expect(hysteresis.verdict().state).toBe('unknown');
    hysteresis.succeed();
    expect(hysteresis.verdict()).toEqual({ state: 'up', reason: undefined });
  });

  test('turns at once on a refused connection, and needs two good answers to turn back', () => {
    const hysteresis = createHysteresis();
    hysteresis.succeed();
    hysteresis.fail('db_unreachable');
    expect(hysteresis.verdict()).toEqual({ state: 'down', reason: 'db_unreachable' });
    hysteresis.succeed();
    expect(hysteresis.verdict().state).toBe('down');
    hysteresis.succeed();
    expect(hysteresis.verdict().state).toBe('up');
  });

  test('turns at the third slow answer in a row, not before, and starts counting anew after a good one', () => {
    const hysteresis = createHysteresis();
    hysteresis.succeed();
    const states: string[] = [];
    for (const slow of [true, true, false, true, true, true]) {
      if (slow) hysteresis.fail('db_timeout');
      else hysteresis.succeed();
      states.push(hysteresis.verdict().state);
    }
    expect(states).toEqual(['up', 'up', 'up', 'up', 'up', 'down']);
  });

  test('tells the latest reason while it is down', () => {
    const hysteresis = createHysteresis();
    hysteresis.fail('db_unreachable');
    hysteresis.fail('db_starting');
    expect(hysteresis.verdict().reason).toBe('db_starting');
  });
});

const pool = (overflow: number) => ({ size: 3, checked_in: 0, checked_out: 3, overflow, invalid: 0 });

describe('the pool', () => {
  test('is stuck when somebody waits and nobody was served for ten seconds', () => {
    let now = 0;
    const watch = createPoolWatch(() => now);
    expect(watch.isStuck(pool(1))).toBe(false);
    now = 9_999;
    expect(watch.isStuck(pool(1))).toBe(false);
    now = 10_000;
    expect(watch.isStuck(pool(1))).toBe(true);
  });

  test('is not stuck while it serves, while nobody waits, or before it is open', () => {
    let now = 0;
    const watch = createPoolWatch(() => now);
    for (const step of [
      () => watch.onPoolEvent({ type: 'acquire', waitedMs: 0 }),
      () => watch.isStuck(pool(0)),
      () => watch.isStuck(undefined),
    ]) {
      now += 60_000;
      step();
      now += 9_000;
      expect(watch.isStuck(pool(5))).toBe(false);
    }
  });
});

describe('readiness', () => {
  const migrations = { applied: 1, pending: [] as string[], failed: [] as string[] };
  const well: Observation = {
    verdict: { state: 'up', reason: undefined },
    stale: false,
    simpleMs: 1,
    complexMs: 1,
    writeMs: 1,
    migrations,
  };

  function reasonOf(change: {
    observation?: Partial<Observation>;
    draining?: boolean;
    stuck?: boolean;
    opened?: boolean;
  }) {
    const prober = { observe: () => ({ ...well, ...change.observation }) } as Prober;
    const database = () => (change.opened === false ? undefined : { poolStatus: () => pool(0) }) as never;
    const lifecycle = { startedAt: new Date(), draining: change.draining ?? false };
    return createProbeState({ lifecycle, prober, database, isPoolStuck: () => change.stuck ?? false })()
      .reason;
  }

  test.each([
    ['nothing, when all is well', {}, undefined],
    ['draining', { draining: true }, 'draining'],
    ['stale, when the prober is silent', { observation: { stale: true } }, 'stale'],
    [
      'what the prober saw',
      { observation: { verdict: { state: 'down', reason: 'db_auth_failed' } } },
      'db_auth_failed',
    ],
    [
      'schema_mismatch, with a pending migration',
      { observation: { migrations: { ...migrations, pending: ['m'] } } },
      'schema_mismatch',
    ],
    [
      'schema_mismatch, with a failed migration',
      { observation: { migrations: { ...migrations, failed: ['m'] } } },
      'schema_mismatch',
    ],
    [
      'starting, before the first word',
      { observation: { verdict: { state: 'unknown', reason: undefined } } },
      'starting',
    ],
    ['starting, before the pool is open', { opened: false }, 'starting'],
    ['pool_stuck', { stuck: true }, 'pool_stuck'],
  ] as const)('is refused for %s', (_what, change, reason) => {
    expect(reasonOf(change as Parameters<typeof reasonOf>[0])).toBe(reason);
  });
});
