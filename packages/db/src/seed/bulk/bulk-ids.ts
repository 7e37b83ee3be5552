/** Milliseconds in the ids of seed 0; each seed has a millisecond of its own, so ranges of two seeds never meet. */
const BASE_MS = Date.parse('2025-01-01T00:00:00Z');

/** Tells tables apart in ids that are made in the same millisecond. */
const TAGS = {
  users: '001',
  artists: '002',
  businesses: '003',
  user_artist_blocks: '004',
  risk_assessments: '005',
};

export type BulkTableName = keyof typeof TAGS;

const LOW_BITS = 12;
const LOW = Array.from({ length: 1 << LOW_BITS }, (_, low) => low.toString(16).padStart(3, '0'));

/**
 * The ids of one table and seed: a fixed prefix and a counter, with the layout of UUID version 7. Consecutive, so that
 * the rows of an interrupted run are a range, and computable, so that children need no list of their parents.
 */
export function createBulkIds(table: BulkTableName, seed: number): (index: number) => string {
  const time = (BASE_MS + seed).toString(16).padStart(12, '0');
  const prefix = `${time.slice(0, 8)}-${time.slice(8)}-7${TAGS[table]}-8000-`;
  let high = -1;
  let start = '';
  return (index) => {
    const above = Math.floor(index / (1 << LOW_BITS));
    if (above !== high) {
      high = above;
      start = prefix + above.toString(16).padStart(9, '0');
    }
    return start + LOW[index & ((1 << LOW_BITS) - 1)];
  };
}
