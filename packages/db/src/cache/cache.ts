import { LRUCache } from 'lru-cache';
import type { Announcement, CacheTopic, Invalidations } from './invalidations.js';

/** When an announcement of a topic drops an entry: its key is the announced one, always, or if the test says so. */
export type DropRule<V> = 'key' | 'all' | ((announced: string, value: V, key: string) => boolean);

export interface CacheOptions<V extends object> {
  /** For metrics. */
  name: string;
  maxEntries: number;
  /** Bound of staleness where an announcement is lost without anybody noticing. */
  ttlMs: number;
  /** Reads one value; undefined is answered and not kept. */
  load: (key: string) => Promise<V | undefined>;
  invalidations: Invalidations;
  drops: Readonly<Partial<Record<CacheTopic, DropRule<V>>>>;
}

export interface CacheStatus {
  name: string;
  entries: number;
  hits: number;
  misses: number;
  loads: number;
  dropped: number;
}

export interface Cache<V extends object> {
  /** The value, from memory or read once for all who ask meanwhile. Throws what `load` throws, which is not kept. */
  get(key: string): Promise<V | undefined>;
  /** Forgets one key, or all of them. */
  drop(key?: string): void;
  status(): CacheStatus;
  /** Stops listening and forgets everything. */
  close(): void;
}

interface Loading<V> {
  promise: Promise<V | undefined>;
  /** Something was dropped while it ran: its result may be from before. */
  stale: boolean;
}

/**
 * A read-through cache that is right within the time an announcement takes: while the announcements cannot be heard it
 * keeps nothing and answers nothing from memory. Values are shared: they are frozen one level deep.
 */
export function createCache<V extends object>(options: CacheOptions<V>): Cache<V> {
  const { name, maxEntries, ttlMs, load, invalidations, drops } = options;
  const entries = new LRUCache<string, V>({ max: maxEntries, ttl: ttlMs });
  const loading = new Map<string, Loading<V>>();
  const counts = { hits: 0, misses: 0, loads: 0, dropped: 0 };

  function drop(key?: string): void {
    if (key === undefined) {
      counts.dropped += entries.size;
      entries.clear();
      for (const one of loading.values()) one.stale = true;
      loading.clear();
      return;
    }
    if (entries.delete(key)) counts.dropped++;
    const one = loading.get(key);
    if (one) one.stale = true;
    loading.delete(key);
  }

  function onAnnouncement({ topic, key: announced }: Announcement): void {
    const rule = drops[topic];
    if (rule === undefined) return;
    if (rule === 'all' || announced === undefined) drop();
    else if (rule === 'key') drop(announced);
    else {
      for (const [key, value] of entries) if (rule(announced, value, key)) drop(key);
      // Nobody knows yet what these will bring.
      for (const key of [...loading.keys()]) drop(key);
    }
  }

  function read(key: string): Promise<V | undefined> {
    const known = loading.get(key);
    if (known) return known.promise;
    counts.loads++;
    const one: Loading<V> = { promise: Promise.resolve(undefined), stale: false };
    const finish = () => {
      if (loading.get(key) === one) loading.delete(key);
    };
    one.promise = load(key).then(
      (value) => {
        finish();
        if (value !== undefined && !one.stale && invalidations.isLive())
          entries.set(key, Object.freeze(value));
        return value;
      },
      (error) => {
        finish();
        throw error;
      },
    );
    loading.set(key, one);
    return one.promise;
  }

  const unsubscribe = invalidations.subscribe({ onAnnouncement, onGap: () => drop() });
  return {
    async get(key) {
      const found = invalidations.isLive() ? entries.get(key) : undefined;
      if (found !== undefined) {
        counts.hits++;
        return found;
      }
      counts.misses++;
      return read(key);
    },
    drop,
    status: () => ({ name, entries: entries.size, ...counts }),
    close() {
      unsubscribe();
      drop();
    },
  };
}
