/** Answers are kept this long at most: a revocation is visible within a second, in every process. */
const TTL_MS = 800;
const MAX_KEPT = 10_000;

/** Looks something up by `key`, or answers what was found a moment ago. */
export type ShortMemory<T> = (key: string, read: () => Promise<T>) => Promise<T>;

/** One look-up per key and second, however many requests ask; concurrent ones share it. Failures are not kept. */
export function createShortMemory<T>(now: () => number = () => performance.now()): ShortMemory<T> {
  const kept = new Map<string, { at: number; found: Promise<T> }>();
  return (key, read) => {
    const known = kept.get(key);
    if (known !== undefined && now() - known.at < TTL_MS) return known.found;
    kept.delete(key);
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value as string);
    const entry = { at: now(), found: read() };
    entry.found.catch(() => {
      if (kept.get(key) === entry) kept.delete(key);
    });
    kept.set(key, entry);
    return entry.found;
  };
}
