import { artists, type Cache, createCache, type Database, type Invalidations, type Row } from '@plinth/db';

/** Longer than any announcement takes; bounds what is seen where one is lost. */
const TTL_MS = 5_000;

/** Artists by id, as long as nobody says that they have changed. */
export function createArtistCache(options: {
  database: () => Database;
  invalidations: Invalidations;
}): Cache<Row<'Artist'>> {
  const { database, invalidations } = options;
  return createCache<Row<'Artist'>>({
    name: 'artists',
    maxEntries: 10_000,
    ttlMs: TTL_MS,
    invalidations,
    load: async (id) => (await artists.get(database(), id)) ?? undefined,
    drops: { artists: 'key' },
  });
}
