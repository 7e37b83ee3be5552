/** What the planner knows about one set. */
export interface RetainedSet {
  id: string;
  createdAt: Date;
  /** False for a set whose files failed a verification. */
  good: boolean;
  /** Highest level at which it was verified with success. */
  verifiedLevel: number;
  pinnedUntil: Date | undefined;
  storedBytes: number;
  rows: number;
}

export interface RetentionPolicy {
  /** Keep everything this many days back from the newest good set. */
  keepDays: number;
  keepLast: number;
  daily: number;
  weekly: number;
  monthly: number;
  yearly: number;
  /** Never leave fewer good sets than this. */
  minimum: number;
  /** Time zone of the days, weeks, months and years. */
  timeZone: string;
  /** The newest good set may be this old; when it is older nothing is deleted. */
  staleAfterMs: number;
  /** A person has looked: sets that suddenly are much smaller count like others. */
  acceptSmaller: boolean;
}

export interface RetentionDecision {
  id: string;
  keep: boolean;
  /** Why it is kept; or why it goes. */
  reasons: string[];
}

export interface RetentionPlan {
  /** Newest first. */
  decisions: RetentionDecision[];
  /** Why nothing may be deleted at all; undefined when the plan may be carried out. */
  blocked: string | undefined;
  /** More than half of the sets would go: carry it out only when told so again. */
  drastic: boolean;
}

export const DEFAULT_POLICY: RetentionPolicy = {
  keepDays: 7,
  keepLast: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  minimum: 3,
  timeZone: 'UTC',
  staleAfterMs: 2 * 86_400_000,
  acceptSmaller: false,
};

const DAY_MS = 86_400_000;
/** A set that shrank to less than this part of the one before it is suspect: it must not push out good ones. */
const SUSPECT_RATIO = 0.5;
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Decides which sets of one database to keep. Pure, and independent of the order of `sets`. Time counts from the newest
 * good set, not from now: when backups stop, nothing ages.
 */
export function planRetention(
  sets: readonly RetainedSet[],
  policy: RetentionPolicy,
  now: Date,
): RetentionPlan {
  const newestFirst = [...sets].sort(
    (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1),
  );
  const suspects = policy.acceptSmaller ? new Map<string, RetainedSet>() : findSuspects(newestFirst);
  const good = newestFirst.filter((set) => set.good && !suspects.has(set.id));
  const reasons = new Map<string, string[]>(newestFirst.map(({ id }) => [id, []]));
  const keep = (set: RetainedSet | undefined, reason: string) => set && reasons.get(set.id)?.push(reason);

  const newest = good[0];
  keep(newest, 'newest good set');
  keep(
    good.find((set) => set.verifiedLevel === 3),
    'newest set proven by a drill',
  );
  for (const set of good.slice(0, policy.minimum))
    keep(set, `one of the last ${policy.minimum} good sets (minimum)`);
  for (const set of good.slice(0, policy.keepLast)) keep(set, `one of the last ${policy.keepLast}`);
  for (const set of newestFirst) {
    if (set.pinnedUntil !== undefined && set.pinnedUntil > now)
      keep(set, `pinned until ${set.pinnedUntil.toISOString()}`);
    const reference = suspects.get(set.id);
    if (reference !== undefined) {
      keep(set, `suspect: much smaller than ${reference.id}; look at it, then prune with --accept-smaller`);
      keep(reference, `what ${set.id} is compared with`);
    }
    if (newest === undefined) keep(set, 'there is no good set');
    else if (set.createdAt.getTime() >= newest.createdAt.getTime() - policy.keepDays * DAY_MS) {
      keep(set, `within ${policy.keepDays} days of the newest good set`);
    }
  }
  const calendar = createCalendar(policy.timeZone);
  for (const tier of ['daily', 'weekly', 'monthly', 'yearly'] as const) {
    for (const set of newestOfEach(good, calendar[tier], policy[tier]))
      keep(set, `${tier}: ${calendar[tier](set.createdAt)}`);
  }

  const decisions = newestFirst.map(({ id }) => {
    const why = reasons.get(id) ?? [];
    return { id, keep: why.length > 0, reasons: why.length > 0 ? why : ['no rule keeps it'] };
  });
  const removed = decisions.filter((decision) => !decision.keep).length;
  return {
    decisions,
    blocked: findBlock(newestFirst, newest, policy, now),
    drastic: removed * 2 > decisions.length,
  };
}

/** Why deleting would be wrong now, whatever the rules say. */
function findBlock(
  sets: readonly RetainedSet[],
  newest: RetainedSet | undefined,
  policy: RetentionPolicy,
  now: Date,
): string | undefined {
  if (newest === undefined) return 'there is no good set';
  const future = sets.find((set) => set.createdAt.getTime() > now.getTime() + CLOCK_SKEW_MS);
  if (future !== undefined) return `${future.id} is dated in the future: the clock is or was wrong`;
  if (now.getTime() - newest.createdAt.getTime() > policy.staleAfterMs) {
    return `the newest good set, ${newest.id}, is older than ${Math.round(policy.staleAfterMs / 3_600_000)} hours: backups have stopped`;
  }
  return undefined;
}

/** Sets that hold less than half of the bytes or rows of the last good set that was beyond doubt, each with that set. */
function findSuspects(newestFirst: readonly RetainedSet[]): Map<string, RetainedSet> {
  const suspects = new Map<string, RetainedSet>();
  let before: RetainedSet | undefined;
  for (const set of newestFirst.toReversed()) {
    if (!set.good) continue;
    const shrunk =
      before !== undefined &&
      (set.storedBytes < before.storedBytes * SUSPECT_RATIO || set.rows < before.rows * SUSPECT_RATIO);
    if (shrunk) suspects.set(set.id, before as RetainedSet);
    else before = set;
  }
  return suspects;
}

/** The newest set of each of the last `count` buckets that have one. */
function newestOfEach(
  newestFirst: readonly RetainedSet[],
  bucketOf: (date: Date) => string,
  count: number,
): RetainedSet[] {
  const buckets = new Map<string, RetainedSet>();
  for (const set of newestFirst) {
    const bucket = bucketOf(set.createdAt);
    if (buckets.has(bucket)) continue;
    if (buckets.size === count) break;
    buckets.set(bucket, set);
  }
  return [...buckets.values()];
}

/** Making a formatter costs more than everything else here. */
const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formats.set(timeZone, known);
  return known;
}

/** Names of the day, ISO week, month and year of a moment in a time zone. */
export function createCalendar(
  timeZone: string,
): Record<'daily' | 'weekly' | 'monthly' | 'yearly', (date: Date) => string> {
  const format = formatOf(timeZone);
  const day = (date: Date) => format.format(date);
  return {
    daily: day,
    weekly: (date) => isoWeek(day(date)),
    monthly: (date) => day(date).slice(0, 7),
    yearly: (date) => day(date).slice(0, 4),
  };
}

/** The ISO 8601 week of a day: it belongs to the year of its Thursday. */
function isoWeek(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, '0')}`;
}
