import {
  type Database,
  type DatabaseConfig,
  DatabaseError,
  type OpenOptions,
  openDatabase,
  type PoolEvent,
  retry,
} from '@plinth/db';

/** What may pass by itself while everything else of a system starts too. */
const WORTH_WAITING = new Set([
  'unavailable',
  'starting',
  'too_many_connections',
  'connection_lost',
  'pool_exhausted',
  'database_missing',
]);

/** The API's database, which may not be open yet, and may be replaced while it runs. */
export interface ApiDatabase {
  current(): Database | undefined;
  /** Opens a new one in its place and cuts every connection of the old one. Throws DatabaseError, and changes nothing then. */
  replace(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Opens the API's database in the background, for as long as it takes: the process listens meanwhile and says
 * so on /startup. `onFatal` gets what waiting would not cure (a refused login, a superuser in production).
 */
export function openInBackground(
  config: DatabaseConfig,
  options: OpenOptions & {
    onFatal: (error: unknown) => void;
    onOpen: () => void;
    /** Done before the database is opened, and again with every try. */
    prepare?: () => Promise<void>;
  },
): ApiDatabase {
  const { onFatal, onOpen, prepare, onPoolEvent = () => {}, ...openOptions } = options;
  let database: Database | undefined;
  let stopping = false;

  /** Only the pool in use is heard: what becomes of one that was replaced says nothing of the new one. */
  async function open(): Promise<Database> {
    let opened: Database | undefined;
    const heard = (event: PoolEvent) => {
      if (opened === database || database === undefined) onPoolEvent(event);
    };
    opened = await openDatabase(
      { ...config, connectRetries: 0 },
      {
        ...openOptions,
        onPoolEvent: heard,
      },
    );
    return opened;
  }

  const opening = retry(
    async () => {
      await prepare?.();
      return await open();
    },
    {
      retries: Number.POSITIVE_INFINITY,
      baseMs: 250,
      capMs: 2_000,
      shouldRetry: (error) => !stopping && error instanceof DatabaseError && WORTH_WAITING.has(error.code),
      ...(openOptions.onRetry ? { onRetry: openOptions.onRetry } : {}),
    },
  ).then(
    (opened) => {
      database = opened;
      onOpen();
    },
    (error) => {
      if (!stopping) onFatal(error);
    },
  );
  return {
    current: () => database,
    async replace() {
      const fresh = await open();
      if (stopping) return await fresh.close();
      const old = database;
      database = fresh;
      old?.pool.abandon();
      // It waits for connections that nobody gives back.
      void old?.close();
    },
    async stop() {
      stopping = true;
      await opening;
      await database?.close();
    },
  };
}
