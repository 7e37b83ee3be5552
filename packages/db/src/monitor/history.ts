/** The last values, at most `limit` of them; older ones make room. */
export interface Ring<T> {
  push(value: T): void;
  /** Oldest first. */
  values(): T[];
  last(): T | undefined;
}

/** Makes an empty ring. */
export function createRing<T>(limit: number): Ring<T> {
  const kept: T[] = [];
  return {
    push(value) {
      kept.push(value);
      if (kept.length > limit) kept.shift();
    },
    values: () => [...kept],
    last: () => kept.at(-1),
  };
}
