import { describe, expect, test } from '@jest/globals';
import {
  createCalendar,
  DEFAULT_POLICY,
  planRetention,
  type RetainedSet,
  type RetentionPolicy,
} from '../../src/backup/retention.js';

const DAY = 86_400_000;
const start = Date.parse('2026-01-01T03:00:00Z');
const at = (day: number, over: Partial<RetainedSet> = {}): RetainedSet => ({
  id: `day-${String(day * 1000 + 10_000_000).padStart(9, '0')}`,
  createdAt: new Date(start + day * DAY),
  good: true,
  verifiedLevel: 2,
  pinnedUntil: undefined,
  storedBytes: 1000,
  rows: 1000,
  ...over,
});
const policy = (over: Partial<RetentionPolicy> = {}): RetentionPolicy => ({ ...DEFAULT_POLICY, ...over });
const daysAfter = (day: number) => new Date(start + day * DAY);
const kept = (sets: RetainedSet[], given: RetentionPolicy, now: Date) =>
  planRetention(sets, given, now)
    .decisions.filter(({ keep }) => keep)
    .map(({ id }) => id)
    .sort();

/** A generator with a fixed start, so that a failure can be run again. */
function createRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, below: (n: number) => Math.floor(next() * n) };
}

function randomHistory(seed: number): { sets: RetainedSet[]; given: RetentionPolicy; now: Date } {
  const random = createRandom(seed);
  const count = random.below(40);
  let day = 0;
  const sets = Array.from({ length: count }, (_, index) => {
    day += random.next() < 0.1 ? random.below(60) : random.next() * 2;
    return at(day, {
      id: `set-${String(index).padStart(3, '0')}`,
      good: random.next() > 0.15,
      verifiedLevel: random.below(4),
      pinnedUntil: random.next() < 0.05 ? daysAfter(day + random.below(400)) : undefined,
      storedBytes: random.next() < 0.05 ? 10 : 1000 + random.below(500),
      rows: random.next() < 0.05 ? 0 : 1000,
    });
  });
  const given = policy({
    keepDays: random.below(20),
    keepLast: random.below(6),
    daily: random.below(10),
    weekly: random.below(6),
    monthly: random.below(6),
    yearly: random.below(3),
    minimum: random.below(4),
    timeZone: ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia'][random.below(4)] as string,
  });
  return { sets, given, now: daysAfter(day + random.next() * 3) };
}

describe('retention', () => {
  test('10,000 random histories: a good set stays, the newest good stays, pinned, suspect and the proof stay', () => {
    for (let seed = 1; seed <= 10_000; seed++) {
      const { sets, given, now } = randomHistory(seed);
      const plan = planRetention(sets, given, now);
      const gone = new Set(plan.decisions.filter(({ keep }) => !keep).map(({ id }) => id));
      const good = sets.filter((set) => set.good);
      if (plan.decisions.length !== sets.length) throw new Error(`seed ${seed}: a set got no decision`);
      if (sets.length > 0 && gone.size === sets.length) throw new Error(`seed ${seed}: everything would go`);
      // A suspect newest set is kept as well, besides the newest one that is beyond doubt.
      if (good.length > 0 && gone.has((good.at(-1) as RetainedSet).id))
        throw new Error(`seed ${seed}: the newest good set would go`);
      if (good.length > 0 && !good.some(({ id }) => !gone.has(id)))
        throw new Error(`seed ${seed}: no good set would stay`);
      const proven = good.findLast(({ verifiedLevel }) => verifiedLevel === 3);
      if (proven && gone.has(proven.id)) throw new Error(`seed ${seed}: the newest proven set would go`);
      let isNormalKnown = false;
      for (const set of good) {
        const isSmall = set.storedBytes < 500 || set.rows < 500;
        if (isSmall && isNormalKnown && gone.has(set.id))
          throw new Error(`seed ${seed}: a suspect set would go`);
        isNormalKnown ||= !isSmall;
      }
      for (const set of sets)
        if (set.pinnedUntil && set.pinnedUntil > now && gone.has(set.id))
          throw new Error(`seed ${seed}: a pinned set would go`);
      if (plan.decisions.some(({ reasons }) => reasons.length === 0))
        throw new Error(`seed ${seed}: a decision without a reason`);
    }
  });

  test('10,000 random histories: order does not matter, and a second run deletes nothing more', () => {
    for (let seed = 1; seed <= 10_000; seed++) {
      const { sets, given, now } = randomHistory(seed);
      const first = kept(sets, given, now);
      if (kept(sets.toReversed(), given, now).join() !== first.join())
        throw new Error(`seed ${seed}: the order matters`);
      const rest = sets.filter(({ id }) => first.includes(id));
      const before = planRetention(sets, given, now);
      if (before.blocked !== undefined) continue;
      const again = kept(rest, given, now);
      if (again.join() !== first.join())
        throw new Error(
          `seed ${seed}: a second run would delete ${first.filter((id) => !again.includes(id))}`,
        );
    }
  });

  test('10,000 random histories: more to keep never keeps less', () => {
    for (let seed = 1; seed <= 10_000; seed++) {
      const { sets, given, now } = randomHistory(seed);
      const less = kept(sets, given, now);
      const more = kept(
        sets,
        {
          ...given,
          keepDays: given.keepDays + 3,
          keepLast: given.keepLast + 2,
          daily: given.daily + 2,
          weekly: given.weekly + 1,
          monthly: given.monthly + 1,
          yearly: given.yearly + 1,
          minimum: given.minimum + 1,
        },
        now,
      );
      if (!less.every((id) => more.includes(id)))
        throw new Error(`seed ${seed}: keeping more lost ${less.filter((id) => !more.includes(id))}`);
    }
  });

  test('backups that fail for 90 days cost nothing: bad sets push out no good one', () => {
    const sets = [
      ...Array.from({ length: 10 }, (_, day) => at(day)),
      ...Array.from({ length: 90 }, (_, day) => at(10 + day, { good: false })),
    ];
    const plan = planRetention(sets, policy({ keepDays: 7 }), daysAfter(100));
    expect(plan.blocked).toMatch(/backups have stopped/);
    expect(
      plan.decisions.filter(({ id, keep }) => keep && Number(id.slice(4)) < 10_010_000).length,
    ).toBeGreaterThanOrEqual(7);
  });

  test('seven days keep what is within seven days of the newest good set, whatever the date is', () => {
    const sets = Array.from({ length: 20 }, (_, day) => at(day));
    expect(kept(sets, policy({ keepDays: 7 }), daysAfter(19.1))).toHaveLength(8);
    expect(kept(sets, policy({ keepDays: 7 }), daysAfter(500))).toHaveLength(8);
  });

  test('days, weeks, months and years each keep the newest of their last buckets', () => {
    const sets = Array.from({ length: 800 }, (_, day) => at(day));
    const plan = planRetention(
      sets,
      policy({ keepDays: 0, minimum: 1, daily: 7, weekly: 4, monthly: 12, yearly: 3 }),
      daysAfter(799.1),
    );
    const count = (tier: string) =>
      plan.decisions.filter(({ reasons }) => reasons.some((reason) => reason.startsWith(tier))).length;
    expect([count('daily'), count('weekly'), count('monthly'), count('yearly')]).toEqual([7, 4, 12, 3]);
    expect(plan.decisions[0]?.reasons).toContain('newest good set');
  });

  test('week 53, leap days and days of 23 and 25 hours fall into the right bucket', () => {
    const berlin = createCalendar('Europe/Berlin');
    expect(berlin.weekly(new Date('2026-12-31T12:00:00Z'))).toBe('2026-W53');
    expect(berlin.weekly(new Date('2027-01-03T12:00:00Z'))).toBe('2026-W53');
    expect(berlin.weekly(new Date('2027-01-04T12:00:00Z'))).toBe('2027-W01');
    expect(berlin.daily(new Date('2028-02-29T23:30:00Z'))).toBe('2028-03-01');
    expect(berlin.daily(new Date('2026-03-29T21:59:00Z'))).toBe('2026-03-29');
    expect(berlin.daily(new Date('2026-10-25T22:59:00Z'))).toBe('2026-10-25');
    expect(createCalendar('UTC').daily(new Date('2026-03-29T23:59:00Z'))).toBe('2026-03-29');
  });

  test('a set of the future stops everything', () => {
    expect(planRetention([at(0), at(50)], policy(), daysAfter(1)).blocked).toMatch(/dated in the future/);
  });

  test('a set that suddenly is half as big does not push out the one before it', () => {
    const sets = [
      ...Array.from({ length: 5 }, (_, day) => at(day)),
      at(5, { storedBytes: 100 }),
      at(6, { rows: 0 }),
    ];
    const plan = planRetention(sets, policy({ keepDays: 0, minimum: 1, keepLast: 1 }), daysAfter(6.1));
    expect(plan.decisions.filter(({ keep }) => keep).map(({ reasons }) => reasons[0]?.slice(0, 7))).toEqual([
      'suspect',
      'suspect',
      'newest ',
    ]);
    const accepted = planRetention(
      sets,
      policy({ keepDays: 0, minimum: 1, keepLast: 1, acceptSmaller: true }),
      daysAfter(6.1),
    );
    expect(accepted.decisions.filter(({ keep }) => keep).map(({ id }) => id)).toEqual([sets[6]?.id]);
  });

  test('deleting more than half is marked as drastic', () => {
    const sets = Array.from({ length: 20 }, (_, day) => at(day));
    expect(planRetention(sets, policy({ keepDays: 2 }), daysAfter(19.1)).drastic).toBe(true);
    expect(planRetention(sets, policy({ keepDays: 15 }), daysAfter(19.1)).drastic).toBe(false);
  });
});
