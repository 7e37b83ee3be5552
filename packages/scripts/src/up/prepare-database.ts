import { ConfigError, initializeDatabase, isLocalHost, parseDatabaseConfig } from '@plinth/db';
import { type EmbeddedServer, embeddedUrl, readSecrets, stopEmbedded } from '@plinth/db/embedded';
import { runSeed } from '@plinth/db/seed';
import type { CommandContext } from '../context.js';
import { readPepper } from '../password-pepper.js';
import { DEFAULT_DATABASE, databaseOf, startServer } from '../target.js';

export interface PreparedDatabase {
  appUrl: string;
  /** Undefined where the environment names a server and no login of the worker there. */
  workerUrl: string | undefined;
  /** The login of backups, where there is one. */
  backupUrl: string | undefined;
  /** Of the role that monitoring looks with; undefined as above. */
  readonlyUrl: string | undefined;
  /** For people: where it is, without credentials. */
  place: string;
  embedded: EmbeddedServer | undefined;
}

/**
 * The database of this configuration, running, migrated and in development seeded. At the command's end the
 * embedded server is stopped if this call started it and `stopAtEnd` says so then.
 */
export async function prepareDatabase(
  context: CommandContext,
  options: { stopAtEnd: () => boolean },
): Promise<PreparedDatabase> {
  const { config } = context;
  if (config.urls.app === undefined && config.environment === 'production') {
    throw new ConfigError(['DATABASE_URL: required in production, where the embedded server is not used']);
  }
  return config.urls.app === undefined
    ? await prepareOwn(context, options.stopAtEnd)
    : await prepareGiven(context, config.urls.app);
}

async function prepareOwn(context: CommandContext, stopAtEnd: () => boolean): Promise<PreparedDatabase> {
  const { config, output, signal } = context;
  const { home } = config;
  const starting = startServer(context);
  // Registered before the start is over, so that a Ctrl-C in the middle of it leaves nothing running either.
  context.defer(async () => {
    const started = await starting.catch(() => undefined);
    if (started?.started && stopAtEnd()) await stopEmbedded({ home, log: output.say });
  });
  const embedded = await starting;
  signal.throwIfAborted();
  const appUrl = await embeddedUrl({ home, role: 'app' });
  const { passwords } = await readSecrets(home);
  await initialize(context, appUrl, {
    adminUrl: await embeddedUrl({ home, role: 'admin', database: 'postgres' }),
    migrateUrl: await embeddedUrl({ home, role: 'migrator' }),
    passwords,
  });
  const place = `postgresql ${embedded.major} on ${embedded.host}:${embedded.port}, database ${DEFAULT_DATABASE}`;
  const workerUrl = await embeddedUrl({ home, role: 'worker' });
  const backupUrl = await embeddedUrl({ home, role: 'backup' });
  const readonlyUrl = await embeddedUrl({ home, role: 'readonly' });
  return { appUrl, workerUrl, backupUrl, readonlyUrl, place, embedded };
}

async function prepareGiven(context: CommandContext, appUrl: string): Promise<PreparedDatabase> {
  const { admin, migrator } = context.config.urls;
  if (context.config.migrateOnStart) {
    await initialize(context, appUrl, {
      ...(admin === undefined ? {} : { adminUrl: admin }),
      ...(migrator === undefined ? {} : { migrateUrl: migrator }),
    });
  }
  const { host } = new URL(appUrl);
  return {
    appUrl,
    workerUrl: context.config.urls.worker,
    backupUrl: context.config.urls.backup,
    readonlyUrl: context.config.urls.readonly,
    place: `${host}, database ${databaseOf(appUrl)}`,
    embedded: undefined,
  };
}

type Logins = Pick<Parameters<typeof initializeDatabase>[0], 'adminUrl' | 'migrateUrl' | 'passwords'>;

async function initialize(context: CommandContext, appUrl: string, logins: Logins): Promise<void> {
  const { config, output, signal } = context;
  const databaseConfig = parseDatabaseConfig({ ...config.env, DATABASE_URL: appUrl });
  const seed = seedsItself(context, appUrl) ? () => seedDev(context, logins.migrateUrl ?? appUrl) : undefined;
  const { seededRows } = await initializeDatabase({
    config: databaseConfig,
    ...logins,
    ...(seed && { seed }),
    log: output.say,
  });
  if (seededRows > 0) output.say(`seeded ${seededRows} rows of development data`);
  signal.throwIfAborted();
}

/** Users with known passwords are put into development databases on this machine, into no other unasked. */
function seedsItself({ config, output }: CommandContext, appUrl: string): boolean {
  if (config.environment !== 'development') return false;
  const { hostname } = new URL(appUrl);
  if (isLocalHost(hostname)) return true;
  output.say(`not seeding: ${hostname} is another machine (\`pnpm seed\` does it)`);
  return false;
}

async function seedDev(context: CommandContext, url: string): Promise<number> {
  const pepper = await readPepper(context);
  return (await runSeed({ url, env: context.config.env, scenario: 'dev', pepper })).inserted;
}
