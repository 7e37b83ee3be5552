import { isDeepStrictEqual } from 'node:util';
import type { Side, Size } from './bench-case.js';

/** Throws unless all sides answer the same, so that nobody is timed for doing less. Answers what they agree on. */
export async function assertEqualSides(sides: readonly Pick<Side, 'name' | 'answer'>[]): Promise<unknown> {
  const [first, ...others] = sides;
  if (first === undefined) throw new Error('a case needs a side');
  const expected = await first.answer();
  for (const side of others) {
    const answer = await side.answer();
    if (!isDeepStrictEqual(answer, expected)) {
      const [theirs, ours] = [answer, expected].map(excerpt);
      throw new Error(
        `${side.name} does not answer what ${first.name} answers: ${theirs} instead of ${ours}`,
      );
    }
  }
  return expected;
}

/**
 * Times all sides in turns and answers the raw samples of each in milliseconds. The order rotates from round to round,
 * so that every side is timed in every place: caches, thermal limits and neighbours favour nobody. `now` is in milliseconds.
 */
export async function measure(
  sides: readonly Pick<Side, 'name' | 'run'>[],
  size: Size,
  now: () => number = () => performance.now(),
): Promise<Map<string, number[]>> {
  for (let round = 0; round < size.warmups; round++) for (const side of sides) await side.run(size);
  const samples = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < size.rounds; round++) {
    const shift = round % sides.length;
    for (const side of [...sides.slice(shift), ...sides.slice(0, shift)]) {
      const startedAt = now();
      const ownMs = await side.run(size);
      samples.get(side.name)?.push(ownMs ?? now() - startedAt);
    }
  }
  return samples;
}

/** Runs `operation(0)` to `operation(operations - 1)`, `callers` of them at any time. The first failure ends it. */
export async function withCallers(
  { callers, operations }: Pick<Size, 'callers' | 'operations'>,
  operation: (index: number) => Promise<unknown>,
): Promise<undefined> {
  let next = 0;
  const caller = async () => {
    while (next < operations) await operation(next++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return undefined;
}

function excerpt(value: unknown): string {
  const text =
    JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
