import { withClient } from '@plinth/db';

/** What the server has answered 2xx to, by id; all of it has to be in the database afterwards, and nothing else. */
export interface Acknowledged {
  blocks: Map<string, { userId: string; artistId: string }>;
  deletedBlocks: Set<string>;
  businesses: Map<string, { registrationNumber: string }>;
  changedBusinesses: Map<string, { version: number; city: string }>;
  changedUsers: Map<string, { version: number; fullName: string }>;
}

export const createAcknowledged = (): Acknowledged => ({
  blocks: new Map(),
  deletedBlocks: new Set(),
  businesses: new Map(),
  changedBusinesses: new Map(),
  changedUsers: new Map(),
});

/** How many writes there were: changes of one row count once. */
export const sizesOf = (acknowledged: Acknowledged) =>
  Object.fromEntries(Object.entries(acknowledged).map(([what, { size }]) => [what, size as number]));

/** Compares with the database; one sentence for each kind of write of which not all are there as they were answered. */
export async function missingWrites(url: string, acknowledged: Acknowledged): Promise<string[]> {
  const { blocks, deletedBlocks, businesses, changedBusinesses, changedUsers } = acknowledged;
  const checks: { what: string; wanted: number; text: string; values: unknown[] }[] = [
    {
      what: 'blocks made',
      wanted: blocks.size,
      text: `select count(*)::int as found from user_artist_blocks
              join unnest($1::uuid[], $2::uuid[], $3::uuid[]) as made (id, user_id, artist_id) using (id, user_id, artist_id)`,
      values: columnsOf(blocks, ['userId', 'artistId']),
    },
    {
      what: 'blocks there that a request made',
      wanted: blocks.size,
      text: 'select count(*)::int as found from user_artist_blocks where created_by is not null',
      values: [],
    },
    {
      what: 'blocks there that were deleted',
      wanted: 0,
      text: 'select count(*)::int as found from user_artist_blocks where id = any($1::uuid[])',
      values: [[...deletedBlocks]],
    },
    {
      what: 'businesses made',
      wanted: businesses.size,
      text: `select count(*)::int as found from businesses
              join unnest($1::uuid[], $2::text[]) as made (id, registration_number) using (id, registration_number)`,
      values: columnsOf(businesses, ['registrationNumber']),
    },
    {
      what: 'businesses there that a request made',
      wanted: businesses.size,
      text: 'select count(*)::int as found from businesses where created_by is not null',
      values: [],
    },
    {
      what: 'businesses changed',
      wanted: changedBusinesses.size,
      text: `select count(*)::int as found from businesses
              join unnest($1::uuid[], $2::int[], $3::text[]) as changed (id, version, city) using (id, version, city)`,
      values: columnsOf(changedBusinesses, ['version', 'city']),
    },
    {
      what: 'users changed',
      wanted: changedUsers.size,
      text: `select count(*)::int as found from users
              join unnest($1::uuid[], $2::int[], $3::text[]) as changed (id, version, full_name) using (id, version, full_name)`,
      values: columnsOf(changedUsers, ['version', 'fullName']),
    },
  ];
  return await withClient(url, async (client) => {
    const missing: string[] = [];
    for (const { what, wanted, text, values } of checks) {
      const { rows } = await client.query<{ found: number }>(text, values);
      if (rows[0]?.found !== wanted) missing.push(`${what}: ${rows[0]?.found} instead of ${wanted}`);
    }
    return missing;
  });
}

/** Takes away what the run made, so that the generated rows can serve again. */
export async function removeMade(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('set session_replication_role = replica');
    for (const table of ['user_artist_blocks', 'businesses'])
      await client.query(`delete from ${table} where created_by is not null`);
    await client.query('delete from idempotency_keys');
  });
}

/** Arrays for unnest: the ids, then each named property. */
function columnsOf<T>(rows: ReadonlyMap<string, T>, names: readonly (keyof T)[]): unknown[] {
  return [[...rows.keys()], ...names.map((name) => [...rows.values()].map((row) => row[name]))];
}
