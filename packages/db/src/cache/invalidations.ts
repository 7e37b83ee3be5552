/** The tables whose changes their triggers announce (migration limits_and_cache), with the key they give. */
export const CACHE_TOPICS = [
  'users',
  'roles',
  'role_assignments',
  'api_keys',
  'token_blacklist',
  'artists',
] as const;
export type CacheTopic = (typeof CACHE_TOPICS)[number];

/** `key` undefined: anything of the topic may have changed. */
export type Announcement = { topic: CacheTopic; key: string | undefined };

/** What a cache needs to know of changes that other processes make. */
export interface Invalidations {
  /** False while announcements may be missed: nothing may be believed then. */
  isLive(): boolean;
  /** `onGap`: announcements may have been missed; everything has to be forgotten. Answers how to unsubscribe. */
  subscribe(listener: {
    onAnnouncement: (announcement: Announcement) => void;
    onGap: () => void;
  }): () => void;
  /** Announces a change by hand, for what no trigger announces. */
  publish(announcement: Announcement): Promise<void>;
  close(): Promise<void>;
}

export const CHANNEL = 'plinth_cache';
const TOPICS = new Set<string>(CACHE_TOPICS);

/** The wire form, as the triggers write it: `<topic> <key>`, or `<topic> *`. */
export function formatAnnouncement({ topic, key }: Announcement): string {
  return `${topic} ${key ?? '*'}`;
}

/** Undefined for what is none of ours. */
export function parseAnnouncement(text: string | undefined): Announcement | undefined {
  const [, topic = '', key = ''] = /^(\w+) (.+)$/s.exec(text ?? '') ?? [];
  return TOPICS.has(topic) ? { topic: topic as CacheTopic, key: key === '*' ? undefined : key } : undefined;
}

type Listener = Parameters<Invalidations['subscribe']>[0];

/** The listeners of one process and whether the channel is up; shared by both transports. */
export function createListeners(): {
  subscribe: Invalidations['subscribe'];
  isLive: () => boolean;
  announce: (text: string | undefined) => void;
  setLive: (live: boolean) => void;
} {
  const listeners = new Set<Listener>();
  let live = false;
  return {
    isLive: () => live,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    announce(text) {
      const announcement = parseAnnouncement(text);
      if (announcement) for (const listener of listeners) listener.onAnnouncement(announcement);
    },
    setLive(next) {
      // Both ends of a gap: what is cached may be old from its beginning, and what was loaded in it at its end.
      live = next;
      for (const listener of listeners) listener.onGap();
    },
  };
}
