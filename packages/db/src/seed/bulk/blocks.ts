import { createBulkIds } from './bulk-ids.js';
import type { BulkTable } from './bulk-table.js';
import { rowHash, weighted } from './row-hash.js';
import { rowTime } from './row-times.js';
import { ownerOf, shareOut } from './share-out.js';

const tags = weighted(4, {
  '{}': 7,
  '{overplayed}': 4,
  '{work}': 2,
  '{too-loud,night}': 1,
  '{family}': 1,
  '{gym}': 1,
});
const notes = weighted(4, { '\\N': 13, 'Heard it once too often': 2, 'Not before coffee': 1 });

/** Rows of user_artist_blocks: a few users block thousands of artists, most block a handful; known artists more often. */
export const bulkBlocks: BulkTable = {
  table: 'user_artist_blocks',
  count: 'blocks',
  dependsOn: ['users', 'artists'],
  columns: [
    'id',
    'user_id',
    'artist_id',
    'tags',
    'note',
    'created_at',
    'updated_at',
    'created_by',
    'updated_by',
  ],
  createWriter({ seed, counts, first }) {
    const id = createBulkIds('user_artist_blocks', seed);
    const userId = createBulkIds('users', seed);
    const artistId = createBulkIds('artists', seed);
    const ends = shareOut(counts.blocks, counts.users, counts.artists);
    let user = ownerOf(ends, first);
    let begin = user === 0 ? 0 : (ends[user - 1] ?? 0);
    let choose = artistsOf(user, (ends[user] ?? 0) - begin, { seed, artists: counts.artists });
    let userText = userId(user);
    return (index) => {
      if (index >= (ends[user] ?? 0)) {
        while (index >= (ends[user] ?? 0)) user++;
        begin = ends[user - 1] ?? 0;
        choose = artistsOf(user, (ends[user] ?? 0) - begin, { seed, artists: counts.artists });
        userText = userId(user);
      }
      const a = rowHash(seed, 6, index);
      const time = rowTime(index);
      return (
        `${id(index)}\t${userText}\t${artistId(choose(index - begin))}\t${tags[a >>> 28]}\t${notes[(a >>> 24) & 15]}\t` +
        `${time}\t${time}\t${userText}\t${userText}\n`
      );
    };
  },
};

/**
 * `count` different artists of one user: more than half of them from the best-known tenth. Within each part a step
 * that shares no factor with the part's size visits every artist once before the first comes again.
 */
function artistsOf(
  user: number,
  count: number,
  plan: { seed: number; artists: number },
): (nth: number) => number {
  const { seed, artists } = plan;
  const known = artists < 10 ? artists : Math.floor(artists / 10);
  const other = artists - known;
  const fromKnown = Math.max(Math.min(known, Math.ceil(count * 0.6)), count - other);
  const a = rowHash(seed, 7, user);
  const b = rowHash(seed, 8, user);
  const knownStep = coprime(b, known);
  const otherStep = coprime(b >>> 8, other);
  return (nth) =>
    nth < fromKnown
      ? ((a % known) + nth * knownStep) % known
      : known + (((a % other) + (nth - fromKnown) * otherStep) % other);
}

/** The first number from `from` on, modulo `size`, that shares no factor with it. */
function coprime(from: number, size: number): number {
  if (size <= 2) return 1;
  let step = (from % (size - 1)) + 1;
  while (greatestCommonDivisor(step, size) !== 1) step = (step % (size - 1)) + 1;
  return step;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
