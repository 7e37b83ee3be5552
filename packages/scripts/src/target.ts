import {
  bootstrapDatabase,
  createDatabase,
  type Database,
  type Env,
  openDatabase,
  parseDatabaseConfig,
} from '@plinth/db';
import {
  type EmbeddedRole,
  type EmbeddedServer,
  embeddedUrl,
  readSecrets,
  startEmbedded,
} from '@plinth/db/embedded';
import type { CommandContext } from './context.js';
import { refusal } from './failure.js';

/** The embedded server's database. */
export const DEFAULT_DATABASE = 'plinth';
/** Databases that belong to the server: neither made nor dropped by us. */
export const SERVER_DATABASES: readonly string[] = ['postgres', 'template0', 'template1'];

/** The database a command works on. */
export interface Target {
  /** undefined when the environment names a server. */
  embedded: EmbeddedServer | undefined;
  database: string;
  /** The URL of one role; where the environment gives no URL for it, that of DATABASE_URL. */
  urlOf(role: EmbeddedRole): Promise<string>;
}

/**
 * Finds the database: the one of DATABASE_URL, or the embedded server's, which is started when it does not run.
 * Its roles and its database `plinth` exist afterwards; its tables only after a migration.
 */
export async function openTarget(context: CommandContext): Promise<Target> {
  const { config } = context;
  const given = config.urls.app;
  if (given !== undefined) {
    const database = databaseOf(given);
    return { embedded: undefined, database, urlOf: async (role) => config.urls[role] ?? given };
  }
  const embedded = await startServer(context);
  await prepareEmbedded(config.home, DEFAULT_DATABASE);
  return {
    embedded,
    database: DEFAULT_DATABASE,
    urlOf: (role) => embeddedUrl({ home: config.home, role }),
  };
}

/**
 * Opens the database as one role for as long as `work` takes, its connections as they are needed. `settings` go before
 * those of the environment. Throws what opening throws.
 */
export async function withDatabaseAs<T>(
  context: CommandContext,
  role: EmbeddedRole,
  settings: Env,
  work: (database: Database, target: Target) => Promise<T>,
): Promise<T> {
  const target = await openTarget(context);
  const url = await target.urlOf(role);
  const env = { ...context.config.env, DB_POOL_MIN: '0', ...settings, DATABASE_URL: url };
  const database = await openDatabase(parseDatabaseConfig(env));
  return await work(database, target).finally(() => database.close());
}

/** Starts or joins the embedded server of this configuration. */
export async function startServer(context: CommandContext): Promise<EmbeddedServer> {
  const { config, output } = context;
  return await startEmbedded({ home: config.home, major: config.pgMajor, log: output.say });
}

/** Makes a database of the embedded server with its roles and privileges. Returns whether it was missing. */
export async function prepareEmbedded(home: string, database: string): Promise<boolean> {
  const adminUrl = await embeddedUrl({ home, role: 'admin', database: 'postgres' });
  const created = await createDatabase(adminUrl, database);
  const { passwords } = await readSecrets(home);
  await bootstrapDatabase({ adminUrl, database, passwords });
  return created;
}

/** Lets a destructive command pass only outside production and with the database's name repeated. */
export function guardDestruction(
  context: CommandContext,
  action: { verb: string; database: string; confirm: string | undefined },
): void {
  const { verb, database, confirm } = action;
  if (context.config.environment === 'production') {
    throw refusal(`${verb} is refused in production`, 'run it where NODE_ENV is not production');
  }
  if (confirm === database) return;
  const given = confirm === undefined ? 'no --confirm was given' : `--confirm says ${confirm}`;
  throw refusal(`${verb} of database ${database} is not confirmed: ${given}`, `add --confirm ${database}`);
}

/** The name of this configuration's database, with nothing started or asked. */
export function configuredDatabase({ config }: Pick<CommandContext, 'config'>): string {
  return config.urls.app === undefined ? DEFAULT_DATABASE : databaseOf(config.urls.app);
}

/** The database a URL names. */
export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
