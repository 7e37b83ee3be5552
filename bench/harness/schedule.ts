/** Numbers from 0 up to, but not including, `below`. */
export type Random = (below: number) => number;

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

/**
 * What is done in which order: each hundred holds every kind exactly as often as its `share` says, shuffled. Throws
 * RangeError unless the shares make a hundred.
 */
export function scheduleOf<Kind extends { share: number }>(
  kinds: readonly Kind[],
  operations: number,
  random: Random,
): Kind[] {
  const hundred = kinds.flatMap((kind) => Array<Kind>(kind.share).fill(kind));
  if (hundred.length !== 100) throw new RangeError(`the shares make ${hundred.length}, not 100`);
  const schedule: Kind[] = [];
  while (schedule.length < operations) {
    // Fisher and Yates.
    for (let last = hundred.length - 1; last > 0; last--) {
      const other = random(last + 1);
      [hundred[last], hundred[other]] = [hundred[other] as Kind, hundred[last] as Kind];
    }
    schedule.push(...hundred);
  }
  return schedule.slice(0, operations);
}
