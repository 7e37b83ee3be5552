import { describe, expect, test } from '@jest/globals';
import { createHysteresis } from '../src/probes/hysteresis.js';
import type { PoolHealth } from '../src/probes/pool-watch.js';
import { createProber, type Observation, type Prober } from '../src/probes/prober.js';
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

  test('is doubtful after a slow answer, until a good one or until it is down', () => {
    const hysteresis = createHysteresis();
    const doubts: boolean[] = [];
    for (const slow of [false, true, false, true, true, true]) {
      if (slow) hysteresis.fail('db_timeout');
      else hysteresis.succeed();
      doubts.push(hysteresis.doubtful());
    }
    expect(doubts).toEqual([false, true, false, true, true, false]);
  });

  test('tells the latest reason while it is down', () => {
    const hysteresis = createHysteresis();
    hysteresis.fail('db_unreachable');
    hysteresis.fail('db_starting');
    expect(hysteresis.verdict().reason).toBe('db_starting');
  });
});

const pool = (overflow: number) => ({ size: 3, checked_in: 0, checked_out: 3, overflow, invalid: 0 });

test('a prober that has been silent for three periods is not believed any more', () => {
  let now = 0;
  const prober = createProber({
    open: () => new Promise(() => {}),
    expectedMigrations: [],
    onFailure: () => {},
    now: () => now,
  });
  now = 7_200;
  expect(prober.observe().stale).toBe(false);
  now = 7_201;
  expect(prober.observe().stale).toBe(true);
});

describe('readiness', () => {
  const migrations = { applied: 1, pending: [] as string[], failed: [] as string[] };
  const well: Observation = {
    verdict: { state: 'up', reason: undefined },
    stale: false,
    doubtful: false,
    simpleMs: 1,
    complexMs: 1,
    writeMs: 1,
    migrations,
  };

  function reasonOf(change: {
    observation?: Partial<Observation>;
    draining?: boolean;
    poolHealth?: PoolHealth;
    opened?: boolean;
  }) {
    const prober = { observe: () => ({ ...well, ...change.observation }) } as Prober;
    const database = () => (change.opened === false ? undefined : { poolStatus: () => pool(0) }) as never;
    const lifecycle = { startedAt: new Date(), draining: change.draining ?? false };
    const poolHealth = () => change.poolHealth ?? { reason: undefined, wedged: false };
    return createProbeState({ lifecycle, prober, database, poolHealth })().reason;
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
    ['pool_stuck', { poolHealth: { reason: 'pool_stuck', wedged: false } }, 'pool_stuck'],
    [
      'the database rather than the pool, when both are in trouble',
      {
        observation: { verdict: { state: 'down', reason: 'db_starting' } },
        poolHealth: { reason: 'pool_stuck', wedged: false },
      },
      'db_starting',
    ],
  ] as const)('is refused for %s', (_what, change, reason) => {
    expect(reasonOf(change as Parameters<typeof reasonOf>[0])).toBe(reason);
  });
});
