import { describe, expect, test } from '@jest/globals';
import { DatabaseError } from '@plinth/db';
import { createPoolWatch } from '../src/probes/pool-watch.js';

const pool = (overflow: number) => ({ size: 3, checked_in: 0, checked_out: 3, overflow, invalid: 0 });
const acquire = { type: 'acquire', waitedMs: 0 } as const;
const failed = (code: 'auth_failed' | 'too_many_connections' | 'pool_exhausted' = 'auth_failed') =>
  ({ type: 'acquire_failed', error: new DatabaseError(code) }) as const;

/** A watch with a clock of its own, looked at once a second. */
function setUp() {
  let now = 0;
  const seen = { tries: 0, replacedAt: [] as number[] };
  const watch = createPoolWatch({
    tryOne: async () => void seen.tries++,
    replace: () => seen.replacedAt.push(now / 1_000),
    now: () => now,
  });
  return {
    watch,
    seen,
    /** Lets seconds pass; `overflow` callers wait all the while. */
    async pass(seconds: number, overflow = 0, databaseUp = true) {
      for (let second = 0; second < seconds; second++) {
        now += 1_000;
        watch.look(pool(overflow), databaseUp);
        // The try of the second before ends.
        await Promise.resolve().then(() => {});
      }
      return watch.health();
    },
  };
}
const well = { reason: undefined, wedged: false };

describe('a pool', () => {
  test('is stuck when somebody has been waiting for ten seconds and nobody was served', async () => {
    const { pass } = setUp();
    expect(await pass(10, 1)).toEqual(well);
    expect(await pass(1, 1)).toEqual({ reason: 'pool_stuck', wedged: false });
  });

  test('stays stuck when those who waited gave up, until a connection was handed out', async () => {
    const { watch, pass } = setUp();
    await pass(11, 1);
    expect((await pass(30, 0)).reason).toBe('pool_stuck');
    watch.onPoolEvent(acquire);
    expect(watch.health()).toEqual(well);
  });

  test('that is full but serves is well, however long', async () => {
    const { watch, seen, pass } = setUp();
    for (let round = 0; round < 100; round++) {
      expect(await pass(9, 5)).toEqual(well);
      watch.onPoolEvent(acquire);
    }
    expect(seen.replacedAt).toEqual([]);
  });

  test('that nobody wants anything of is well, and not tried', async () => {
    const { seen, pass } = setUp();
    expect(await pass(600)).toEqual(well);
    expect(seen.tries).toBe(0);
  });

  test('in doubt is tried by the watch itself, one try at a time', async () => {
    let tries = 0;
    let now = 0;
    const watch = createPoolWatch({
      tryOne: () => {
        tries++;
        return new Promise(() => {});
      },
      replace: () => {},
      now: () => now,
    });
    for (; now <= 5_000; now += 1_000) watch.look(pool(1), true);
    expect(tries).toBe(1);
  });

  test('that fails every checkout for a minute is replaced; a minute later the process is wedged', async () => {
    const { watch, seen, pass } = setUp();
    watch.onPoolEvent(failed());
    expect(await pass(59)).toEqual({ reason: 'pool_stuck', wedged: false });
    expect(seen.replacedAt).toEqual([]);
    await pass(1);
    expect(seen.replacedAt).toEqual([60]);
    expect((await pass(59)).wedged).toBe(false);
    expect(await pass(1)).toEqual({ reason: 'pool_stuck', wedged: true });
  });

  test('is replaced once in five minutes, also when it broke again meanwhile', async () => {
    const { watch, seen, pass } = setUp();
    watch.onPoolEvent(failed());
    await pass(60);
    watch.onPoolEvent(acquire);
    await pass(10);
    watch.onPoolEvent(failed());
    expect((await pass(60)).wedged).toBe(true);
    expect(seen.replacedAt).toEqual([60]);
    await pass(240);
    expect(seen.replacedAt).toEqual([60, 360]);
  });

  test('is no longer wedged once it hands out a connection', async () => {
    const { watch, pass } = setUp();
    watch.onPoolEvent(failed());
    await pass(120);
    watch.onPoolEvent(acquire);
    expect(watch.health()).toEqual(well);
  });

  test('is not blamed for a database that is away: nothing is replaced and nobody wedged', async () => {
    const { watch, seen, pass } = setUp();
    for (let second = 0; second < 600; second++) {
      watch.onPoolEvent(failed('pool_exhausted'));
      expect(await pass(1, 3, false)).toEqual(well);
    }
    expect(seen).toEqual({ tries: 0, replacedAt: [] });
  });

  test('is not blamed for a server without connections to give: a new process would get none either', async () => {
    const { watch, seen, pass } = setUp();
    watch.onPoolEvent(failed('too_many_connections'));
    expect(await pass(600)).toEqual({ reason: 'too_many_connections', wedged: false });
    expect(seen.replacedAt).toEqual([]);
  });

  test('is not judged before it is open', () => {
    const { watch } = setUp();
    watch.onPoolEvent(failed());
    watch.look(undefined, true);
    expect(watch.health()).toEqual(well);
  });
});
