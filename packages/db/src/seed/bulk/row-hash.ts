/** 32 bits that depend on seed, stream and row alone: any row can be made without those before it (murmur3's finalizer). */
export function rowHash(seed: number, stream: number, index: number): number {
  let h =
    Math.imul(index ^ (index / 4_294_967_296), 0x9e3779b1) ^
    Math.imul(seed + 0x7f4a7c15, 0x85ebca6b) ^
    stream;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The same as a number from 0 up to, not including, 1. */
export function rowFraction(seed: number, stream: number, index: number): number {
  return rowHash(seed, stream, index) / 4_294_967_296;
}

/** A table of 2^bits texts in which a text appears as often as its weight says; indexed by bits of a hash. */
export function weighted(bits: number, weights: Readonly<Record<string, number>>): readonly string[] {
  const entries = Object.entries(weights);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  const slots: string[] = [];
  let upTo = 0;
  for (const [text, weight] of entries) {
    upTo += weight;
    while (slots.length < Math.round((upTo / total) * (1 << bits))) slots.push(text);
  }
  return slots;
}
