import { createBulkIds } from './bulk-ids.js';
import type { BulkTable } from './bulk-table.js';
import { rowHash, weighted } from './row-hash.js';
import { rowSeconds, timeText } from './row-times.js';

const first = 'Ada Bilal Chiara Diego Elif Finn Grace Hiro Ines Jakub Keiko Liam Mina Noor Otis Petra'.split(
  ' ',
);
const last =
  'Novak Osei Pereira Quinn Rossi Sato Tran Ueda Varga Weber Xu Yilmaz Zhou Adeyemi Berg Costa'.split(' ');
const tiers = weighted(6, { free: 51, pro: 9, business: 3, enterprise: 1 });

/** People without a password: they are there to be counted and joined, nobody signs in as one. */
export const bulkUsers: BulkTable = {
  table: 'users',
  count: 'users',
  dependsOn: [],
  columns: [
    'id',
    'email',
    'full_name',
    'email_verified_at',
    'subscription_tier',
    'settings',
    'tokens_valid_after',
    'last_login_at',
    'created_at',
    'updated_at',
  ],
  createWriter({ seed }) {
    const id = createBulkIds('users', seed);
    return (index) => {
      const a = rowHash(seed, 3, index);
      const seconds = rowSeconds(index);
      const time = timeText(seconds);
      const verified = (a & 15) === 0 ? '\\N' : timeText(seconds + 60 + ((a >>> 4) & 1023));
      // Most people have not come back for long; a few were here lately.
      const login = timeText(seconds + ((a >>> 8) & 0x7f_ffff) * 2);
      return (
        `${id(index)}\tu${index}.s${seed}@bulk.example\t${first[(a >>> 4) & 15]} ${last[(a >>> 8) & 15]}\t${verified}\t` +
        `${tiers[a >>> 26]}\t{}\t${time}\t${login}\t${time}\t${time}\n`
      );
    };
  },
};
