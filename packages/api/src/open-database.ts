import {
  type Database,
  type DatabaseConfig,
  DatabaseError,
  type OpenOptions,
  openDatabase,
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
): { current: () => Database | undefined; stop: () => Promise<void> } {
  const { onFatal, onOpen, prepare, ...openOptions } = options;
  let database: Database | undefined;
  let stopping = false;
  const open = async () => {
    await prepare?.();
    return await openDatabase({ ...config, connectRetries: 0 }, openOptions);
  };
  const opening = retry(open, {
    retries: Number.POSITIVE_INFINITY,
    baseMs: 250,
    capMs: 2_000,
    shouldRetry: (error) => !stopping && error instanceof DatabaseError && WORTH_WAITING.has(error.code),
    ...(openOptions.onRetry ? { onRetry: openOptions.onRetry } : {}),
  }).then(
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
    async stop() {
      stopping = true;
      await opening;
      await database?.close();
    },
  };
}
