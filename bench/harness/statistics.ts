/** Middle and spread of samples; quartiles are interpolated linearly (the R-7 method, as in spreadsheets). */
export interface Spread {
  median: number;
  q1: number;
  q3: number;
  min: number;
  max: number;
}

/** The value below which the share `p` (0 to 1) of the samples lies. Throws RangeError for no samples. */
export function quantile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError('no samples');
  return below + (above - below) * (position - Math.floor(position));
}

/** Median, quartiles and extremes of samples, in their unit. Throws RangeError for no samples. */
export function spreadOf(samples: readonly number[]): Spread {
  return {
    median: quantile(samples, 0.5),
    q1: quantile(samples, 0.25),
    q3: quantile(samples, 0.75),
    min: quantile(samples, 0),
    max: quantile(samples, 1),
  };
}

/**
 * How many times as fast as a rival: the rival's time over ours, round by round, because what disturbs the machine for
 * a while disturbs both sides of a round. Above 1 we are faster.
 */
export function ratioTo(ours: readonly number[], rival: readonly number[]): Spread {
  if (ours.length !== rival.length) throw new RangeError(`${ours.length} rounds against ${rival.length}`);
  return spreadOf(ours.map((sample, round) => (rival[round] as number) / sample));
}
