import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterStoreAbstract,
} from 'rate-limiter-flexible';
import type { DatabasePool } from '../pool.js';

/** A rule: how often, per key. */
export interface LimitRule {
  /** Tells its counters from those of other rules: `login`, `api`. */
  name: string;
  /** How many within `durationS`, which begins with the first one. */
  points: number;
  durationS: number;
  /** How long a key that went too far is refused, from then on; until the end of the duration unless told. */
  blockS?: number;
}

/** Where counters are kept. Without an open database (it is opened in the background) they are kept in this process. */
export type LimitStore =
  | { kind: 'postgres'; database: () => { pool: Pick<DatabasePool, 'run'> } | undefined }
  | { kind: 'redis'; client: Redis };

export interface LimitResult {
  allowed: boolean;
  remaining: number;
  /** Until the counter starts anew, or the block ends. */
  resetMs: number;
}

export interface Limiter {
  /** Counts one use (or `points` of them). Never throws: when the store is away, this process counts by itself. */
  consume(key: string, points?: number): Promise<LimitResult>;
  /** Takes one use back that should not have counted. */
  giveBack(key: string): Promise<void>;
  /** Forgets a key, after a successful sign-in for example. */
  reset(key: string): Promise<void>;
}

/**
 * A rate limit that all processes share. Keys (addresses, e-mails) are stored hashed. When the store cannot be reached,
 * each process allows the full number by itself: the limit gets looser, and nobody is locked out.
 */
export function createLimiter(store: LimitStore, rule: LimitRule): Limiter {
  const { name, points, durationS, blockS = 0 } = rule;
  const common = { keyPrefix: name, points, duration: durationS, blockDuration: blockS };
  const options = {
    ...common,
    insuranceLimiter: new RateLimiterMemory(common),
    // Whoever is over the limit is refused from memory: a flood costs no statement each.
    inMemoryBlockOnConsumed: points + 1,
    ...(blockS > 0 ? { inMemoryBlockDuration: blockS } : {}),
  };
  const limiter: RateLimiterStoreAbstract =
    store.kind === 'redis'
      ? new RateLimiterRedis({ ...options, storeClient: store.client, rejectIfRedisNotReady: true })
      : new RateLimiterPostgres({
          ...options,
          storeClient: {
            query: async (statement: { text: string; values: unknown[]; name?: string }) => {
              const database = store.database();
              if (database === undefined) throw new Error('the database is not open');
              return database.pool.run(statement);
            },
          },
          storeType: 'client',
          schemaName: 'plinth',
          tableName: 'rate_limits',
          tableCreated: true,
          // The job purge-expired does it for all processes.
          clearExpiredByTimeout: false,
        });
  return {
    async consume(key, used = 1) {
      try {
        return toResult(await limiter.consume(hashOf(key), used), true);
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return toResult(refused, false);
        throw refused;
      }
    },
    async giveBack(key) {
      await limiter.reward(hashOf(key), 1);
    },
    async reset(key) {
      await limiter.delete(hashOf(key));
    },
  };
}

function toResult(result: RateLimiterRes, allowed: boolean): LimitResult {
  return {
    allowed,
    remaining: allowed ? result.remainingPoints : 0,
    resetMs: Math.max(0, Math.ceil(result.msBeforeNext)),
  };
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');
