/**
 * Shares `total` rows among `owners` by a power law (owner n gets about 1/(n+1)^0.8 of the first's share), nobody more
 * than `most`. Answers where each owner's rows end: 4 bytes an owner. Throws RangeError when there is not room enough.
 */
export function shareOut(total: number, owners: number, most: number): Uint32Array {
  if (total > owners * most)
    throw new RangeError(`${total} rows do not fit ${owners} owners of ${most} at most`);
  const shares = new Uint32Array(owners);
  let left = total;
  // The cap cuts the largest shares; what they could not take is shared out again among the rest.
  while (left > 0) {
    let weights = 0;
    for (let owner = 0; owner < owners; owner++)
      if ((shares[owner] ?? 0) < most) weights += (owner + 1) ** -0.8;
    const perWeight = left / weights;
    let given = 0;
    for (let owner = 0; owner < owners && given < left; owner++) {
      const room = most - (shares[owner] ?? 0);
      if (room === 0) continue;
      const share = Math.min(room, left - given, Math.floor(perWeight * (owner + 1) ** -0.8));
      shares[owner] = (shares[owner] ?? 0) + share;
      given += share;
    }
    // Less than one each: one more for the first who have room.
    for (let owner = 0; given === 0 && owner < owners && left > 0; owner++) {
      if ((shares[owner] ?? 0) >= most) continue;
      shares[owner] = (shares[owner] ?? 0) + 1;
      left--;
    }
    left -= given;
  }
  for (let owner = 1; owner < owners; owner++)
    shares[owner] = (shares[owner] ?? 0) + (shares[owner - 1] ?? 0);
  return shares;
}

/** The owner of row `index`: the first whose rows end beyond it. */
export function ownerOf(ends: Uint32Array, index: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] ?? 0) > index) high = middle;
    else low = middle + 1;
  }
  return low;
}
