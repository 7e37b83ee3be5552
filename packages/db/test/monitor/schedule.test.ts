import { expect, test } from '@jest/globals';
import { createRing } from '../../src/monitor/history.js';
import { createSchedule } from '../../src/monitor/schedule.js';

test('tiers look at their intervals', () => {
  let at = 0;
  const schedule = createSchedule({ intervalMs: 30_000, budget: 0.01, now: () => at });
  expect(schedule.due()).toEqual([1, 2, 3]);
  for (const tier of schedule.due()) schedule.ran(tier, 5);
  expect(schedule.due()).toEqual([]);
  expect(schedule.waitMs()).toBe(30_000);
  at = 30_000;
  expect(schedule.due()).toEqual([1]);
  at = 60_000;
  expect(schedule.due()).toEqual([1, 2]);
  at = 900_000;
  expect(schedule.due()).toEqual([1, 2, 3]);
});

test('a first look with cold caches does not put off the second', () => {
  let at = 0;
  const schedule = createSchedule({ intervalMs: 4_000, budget: 0.01, now: () => at });
  schedule.ran(1, 234);
  expect(schedule.cost().everyMs[1]).toBe(4_000);
  at = 4_000;
  schedule.ran(1, 234);
  expect(schedule.cost().everyMs[1]).toBe(70_200);
});

test('whatever a look costs, the share of the time stays within the budget', () => {
  let at = 0;
  const schedule = createSchedule({ intervalMs: 1_000, budget: 0.01, now: () => at });
  while (at < 3_600_000) {
    for (const tier of schedule.due()) {
      at += 800;
      schedule.ran(tier, 800);
    }
    at += schedule.waitMs();
  }
  const { share, everyMs } = schedule.cost();
  expect(everyMs).toEqual({ 1: 240_000, 2: 240_000, 3: 900_000 });
  expect(share).toBeLessThan(0.01);
  expect(share).toBeGreaterThan(0.005);
});

test('the history keeps the newest', () => {
  const ring = createRing<number>(3);
  for (let value = 1; value <= 5; value++) ring.push(value);
  expect(ring.values()).toEqual([3, 4, 5]);
  expect(ring.last()).toBe(5);
});
