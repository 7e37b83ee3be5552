// Another process with a cache, for cache.test.ts: answers what it believes of a user.
import { createCache, listenOnPostgres, openDatabase, parseDatabaseConfig } from '@plinth/db';

const config = parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: process.argv[2], DB_POOL_MIN: '0' });
const database = await openDatabase(config);
const invalidations = listenOnPostgres(config);
const cache = createCache({
  name: 'users',
  maxEntries: 10,
  ttlMs: 600_000,
  load: async (id: string) =>
    (await database.oneOrNone<{ isActive: boolean }>(
      'select is_active as "isActive" from users where id = $1',
      [id],
    )) ?? undefined,
  invalidations,
  drops: { users: 'key' },
});
while (!invalidations.isLive()) await new Promise((resolve) => setTimeout(resolve, 10));
process.on('message', async (id: string) => {
  process.send?.({ value: await cache.get(id), hits: cache.status().hits });
});
process.once('disconnect', async () => {
  cache.close();
  await invalidations.close();
  await database.close();
});
process.send?.('ready');
