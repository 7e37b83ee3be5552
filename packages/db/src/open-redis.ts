import { Redis } from 'ioredis';

/**
 * Opens Redis for limits and invalidations, in the background: it reconnects by itself and fails commands at once while
 * it is away, because everything that uses it can do without for a moment. `onError` gets each connection failure.
 */
export function openRedis(url: string, onError: (error: unknown) => void): Redis {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6)),
  });
  client.on('error', onError);
  return client;
}
