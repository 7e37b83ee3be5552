import { createBulkIds } from './bulk-ids.js';
import type { BulkTable } from './bulk-table.js';
import { rowHash, weighted } from './row-hash.js';
import { rowTime } from './row-times.js';

const first =
  'Velvet Paper Neon Silver Hollow Crystal Golden Midnight Electric Broken Silent Wild Lost Burning Distant Little'.split(
    ' ',
  );
const second =
  'Harbour Lanterns Orchard Engines Meridian Parade Static Sparrow Cassette Avenue Choir Monsoon Signal Garden Arcade Tides'.split(
    ' ',
  );
const genres = weighted(6, {
  '{pop}': 16,
  '{hip hop}': 12,
  '{rock}': 10,
  '{electronic}': 8,
  '{rock,indie}': 6,
  '{r&b,soul}': 5,
  '{jazz}': 3,
  '{classical}': 2,
  '{folk}': 1,
  '{metal}': 1,
}).map((text) => text.replace(/[a-z&]+ [a-z&]+/g, '"$&"'));

export const bulkArtists: BulkTable = {
  table: 'artists',
  count: 'artists',
  dependsOn: [],
  columns: ['id', 'name', 'external_ids', 'metadata', 'genres', 'created_at', 'updated_at'],
  createWriter({ seed }) {
    const id = createBulkIds('artists', seed);
    return (index) => {
      const a = rowHash(seed, 4, index);
      const b = rowHash(seed, 5, index);
      const time = rowTime(index);
      const spotify = `${a.toString(36).padStart(7, '0')}${b.toString(36).padStart(7, '0')}${index.toString(36).padStart(8, '0')}`;
      return (
        `${id(index)}\t${first[a & 15]} ${second[(a >>> 4) & 15]} ${index}\t{"spotify": "${spotify}"}\t` +
        `{"popularity": ${Math.floor(((b & 0xffff) / 65_536) ** 3 * 100)}}\t${genres[b >>> 26]}\t${time}\t${time}\n`
      );
    };
  },
};
