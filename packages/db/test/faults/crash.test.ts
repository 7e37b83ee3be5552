import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { healthChecks, initializeDatabase, openDatabase, parseDatabaseConfig } from '@plinth/db';
import { embeddedUrl, readSecrets, startEmbedded } from '@plinth/db/embedded';
import { withHome } from '../embedded/home.js';
import { many } from '../support/people.js';

/** Durable, as in production: what was acknowledged must be on disk. */
const durable = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };

test('PostgreSQL killed with -9 under six writers keeps every acknowledged write, and work goes on by itself', async () => {
  await withHome(async (home) => {
    await startEmbedded({ home, settings: durable });
    const url = await embeddedUrl({ home, role: 'app', database: 'plinth' });
    const config = parseDatabaseConfig({
      NODE_ENV: 'test',
      DATABASE_URL: url,
      DB_POOL_MAX: '6',
      DB_POOL_MIN: '0',
      DB_POOL_ACQUIRE_TIMEOUT_MS: '1000',
    });
    await initializeDatabase({
      config,
      adminUrl: await embeddedUrl({ home, role: 'admin', database: 'postgres' }),
      migrateUrl: await embeddedUrl({ home, role: 'migrator', database: 'plinth' }),
      passwords: (await readSecrets(home)).passwords,
      log: () => {},
    });
    const db = await openDatabase(config);
    try {
      const acknowledged = new Set<string>();
      let stopped = false;
      let failures = 0;
      let restartedAt = Number.POSITIVE_INFINITY;
      let firstAckMs = Number.NaN;
      const writer = async (n: number) => {
        for (let k = 0; !stopped; k++) {
          const source = `${n}-${k}`;
          try {
            if (n % 2 === 0) await healthChecks.create(db, { source });
            else await db.withTransaction((tx) => tx.healthCheck.create({ data: { source } }));
            acknowledged.add(source);
            if (Number.isNaN(firstAckMs) && performance.now() > restartedAt)
              firstAckMs = performance.now() - restartedAt;
          } catch {
            failures++;
            await sleep(20);
          }
        }
      };
      const writers = Promise.all([0, 1, 2, 3, 4, 5].map(writer));
      for (let round = 0; round < many(2, 5); round++) {
        await sleep(700);
        const { pid } = await startEmbedded({ home, settings: durable });
        process.kill(pid, 'SIGKILL');
        await sleep(200);
        await startEmbedded({ home, settings: durable });
        restartedAt = performance.now();
        firstAckMs = Number.NaN;
        await sleep(1_000);
        expect(firstAckMs).toBeLessThan(5_000);
      }
      stopped = true;
      await writers;
      const rows = await db.query<{ source: string }>('select source from health_check');
      const stored = new Set(rows.map(({ source }) => source));
      const missing = [...acknowledged].filter((source) => !stored.has(source));
      expect(acknowledged.size).toBeGreaterThan(100);
      expect(failures).toBeGreaterThan(0);
      expect(missing).toEqual([]);
    } finally {
      await db.close();
    }
  });
}, 120_000);
