import {
  type Database,
  type Invalidations,
  type LimitStore,
  listenOnPostgres,
  listenOnRedis,
  openRedis,
} from '@plinth/db';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { codeOf } from './logger.js';

/** What all processes of the API share besides rows: what changed, and the counters of limits. */
export interface SharedState {
  readonly invalidations: Invalidations;
  readonly limitStore: LimitStore;
  close(): Promise<void>;
}

/**
 * Over Redis where REDIS_URL names one, else over PostgreSQL. Opens in the background and comes back by itself: meanwhile
 * nothing is answered from memory, and each process counts by itself.
 */
export function openSharedState(
  config: Pick<Config, 'database' | 'redisUrl'>,
  { database, logger }: { database: () => Database | undefined; logger: Logger },
): SharedState {
  // One line per gap: it is tried twice a second.
  let told = false;
  const onError = (error: unknown) => {
    if (!told) logger.warn(codeOf(error), 'changes that other processes make cannot be heard');
    told = true;
  };
  const watch = (invalidations: Invalidations) => {
    invalidations.subscribe({
      onAnnouncement: () => {},
      onGap: () => {
        if (invalidations.isLive()) told = false;
      },
    });
    return invalidations;
  };
  if (config.redisUrl === undefined) {
    const invalidations = watch(listenOnPostgres(config.database, { onError }));
    return {
      invalidations,
      limitStore: { kind: 'postgres', database },
      close: () => invalidations.close(),
    };
  }
  const client = openRedis(config.redisUrl, onError);
  const invalidations = watch(listenOnRedis(client, { onError }));
  return {
    invalidations,
    limitStore: { kind: 'redis', client },
    async close() {
      await invalidations.close();
      client.disconnect();
    },
  };
}
