import type { Redis } from 'ioredis';
import {
  CACHE_TOPICS,
  CHANNEL,
  createListeners,
  formatAnnouncement,
  type Invalidations,
} from './invalidations.js';

/**
 * Hears of changes by Redis. What the tables' triggers announce in PostgreSQL gets here by relayInvalidations (the
 * worker runs it); what must reach everybody within the second is published by hand as well. `client` stays the
 * caller's; the listening connection is a copy of it.
 */
export function listenOnRedis(
  client: Redis,
  options: { onError?: (error: unknown) => void } = {},
): Invalidations {
  const { onError = () => {} } = options;
  const { announce, setLive, ...listeners } = createListeners();
  // It subscribes again by itself after a reconnect; `ready` comes before that, so the gap ends with the answer.
  const listening = client.duplicate({
    autoResubscribe: false,
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
  });
  listening.on('error', onError);
  listening.on('message', (_channel, text) => announce(text));
  listening.on('ready', () => {
    listening.subscribe(CHANNEL).then(() => setLive(true), onError);
  });
  listening.on('close', () => {
    if (listeners.isLive()) setLive(false);
  });
  return {
    ...listeners,
    async publish(announcement) {
      await client.publish(CHANNEL, formatAnnouncement(announcement));
    },
    async close() {
      listening.disconnect();
    },
  };
}

/** Passes on what one channel announces to another one, and a gap as "anything may have changed". Answers how to stop. */
export function relayInvalidations(
  from: Invalidations,
  to: Invalidations,
  onError: (error: unknown) => void,
): () => void {
  const pass = (announcement: Parameters<Invalidations['publish']>[0]) =>
    to.publish(announcement).catch(onError);
  return from.subscribe({
    onAnnouncement: pass,
    onGap() {
      for (const topic of CACHE_TOPICS) void pass({ topic, key: undefined });
    },
  });
}
