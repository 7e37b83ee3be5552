import { isDeepStrictEqual } from 'node:util';
import { withClient } from '@plinth/db';
import { businessId } from './business-rows.js';

/** How many users there are, and how many blocks each of them has. */
export interface Blocks {
  users: number;
  perUser: number;
}

/** Each user has this many blocks, where a case does not say otherwise. */
export const blocksPerUser = 100;
/** All of them, to whom the users' blocks refer. */
export const artists = 20_000;

/** The id of user `index`, and of artist `index`: the same computed ids, in tables of their own. */
export const userId = businessId;

/** The id of block `index`. */
export const blockId = businessId;

/** The id of the artist of the `nth` block of any user (from 0): no artist twice, whoever has fewer blocks than there are artists. */
export const artistIdOf = (nth: number): string => businessId((nth * 7) % artists);

/** Makes `users` and `user_artist_blocks` hold exactly these generated rows; leaves them alone where they do already. */
export async function loadBlocks(
  url: string,
  { users, perUser }: Blocks,
  log: (line: string) => void,
): Promise<void> {
  const rows = users * perUser;
  await withClient(url, async (client) => {
    const found = await client.query<{ rows: number; users: number; artists: number }>(
      `SELECT (SELECT count(*)::int FROM user_artist_blocks) AS rows, (SELECT count(*)::int FROM users) AS users,
              (SELECT count(*)::int FROM artists) AS artists`,
    );
    if (isDeepStrictEqual({ ...found.rows[0] }, { rows, users, artists })) return;
    log(`loading ${rows} blocks of ${users} users`);
    // No audit rows and no foreign-key checks for generated rows.
    await client.query('SET session_replication_role = replica');
    await client.query('TRUNCATE user_artist_blocks, artists, users CASCADE');
    const id = (expression: string) =>
      `('00000000-0000-7000-8000-' || lpad(to_hex(${expression}), 12, '0'))::uuid`;
    await client.query(
      `INSERT INTO users (id, email, full_name) SELECT ${id('i')}, 'user' || i || '@example.com', 'User ' || i
       FROM generate_series(0, $1::int - 1) AS i`,
      [users],
    );
    await client.query(
      `INSERT INTO artists (id, name) SELECT ${id('i')}, 'Artist ' || md5(i::text) FROM generate_series(0, $1::int - 1) AS i`,
      [artists],
    );
    // Neighbouring rows belong to different users, as they would in life.
    await client.query(
      `INSERT INTO user_artist_blocks (id, user_id, artist_id, tags, note, created_at, updated_at)
       SELECT ${id('i')}, ${id('i % $2::int')}, ${id(`i / $2::int * 7 % ${artists}`)}, ARRAY['loud', 'tag' || i % 10],
              CASE WHEN i % 4 = 0 THEN 'note ' || md5(i::text) END,
              timestamptz '2026-01-01 00:00:00Z' + i * interval '1 second',
              timestamptz '2026-01-01 00:00:00Z' + i * interval '1 second'
       FROM generate_series(0, $1::int - 1) AS i`,
      [rows, users],
    );
    await client.query('VACUUM (ANALYZE) users, artists, user_artist_blocks');
  });
}
