import { resolve } from 'node:path';
import { databaseUrlFrom, databaseUrlProblem, type Env, isPem, mustVerifyTls, parseEnv } from '@plinth/db';
import type { EmbeddedMajor, EmbeddedRole } from '@plinth/db/embedded';

/** What the command line itself needs to know; the database's own settings stay in `env` for their parser. */
export interface Config {
  readonly env: Env;
  readonly environment: 'development' | 'test' | 'production';
  /** PLINTH_HOME, absolute; a relative one counts from the repository. */
  readonly home: string;
  readonly pgMajor: EmbeddedMajor;
  /** The API's port. */
  readonly port: number;
  /** Whether `up` deploys pending migrations; in production only when asked to. */
  readonly migrateOnStart: boolean;
  /** URLs given by the environment; without one for `app` the embedded server is used. */
  readonly urls: Readonly<Partial<Record<EmbeddedRole, string>>>;
}

const urlNames: Record<Exclude<EmbeddedRole, 'app'>, string> = {
  admin: 'ADMIN_DATABASE_URL',
  migrator: 'MIGRATE_DATABASE_URL',
  worker: 'WORKER_DATABASE_URL',
  backup: 'BACKUP_DATABASE_URL',
  readonly: 'READONLY_DATABASE_URL',
};

/** Reads the settings, all problems at once. Throws ConfigError. */
export function parseConfig(env: Env, repositoryRoot: string): Config {
  return parseEnv(env, (reader) => {
    const urls: Partial<Record<EmbeddedRole, string>> = {};
    const app = databaseUrlFrom(env);
    if (app !== undefined) urls.app = app;
    for (const [role, name] of Object.entries(urlNames) as [EmbeddedRole, string][]) {
      const url = reader.text(name);
      if (url === undefined) continue;
      if (app === undefined) reader.problem(`${name}: set without DATABASE_URL`);
      else urls[role] = url;
    }
    for (const [role, url] of Object.entries(urls)) {
      const name = role === 'app' ? 'DATABASE_URL' : urlNames[role as keyof typeof urlNames];
      const problem = databaseUrlProblem(url);
      if (problem === undefined) urls[role as EmbeddedRole] = withTls(url, env);
      else reader.problem(`${name}: ${problem}`);
    }
    const environment = reader.oneOf('NODE_ENV', ['development', 'test', 'production'], 'development');
    return {
      env,
      environment,
      migrateOnStart: reader.flag('MIGRATE_ON_START', environment !== 'production'),
      home: resolve(repositoryRoot, reader.text('PLINTH_HOME', '.plinth')),
      pgMajor: reader.oneOf('PLINTH_PG_MAJOR', ['15', '18'], '15') === '18' ? 18 : 15,
      port: reader.int('PORT', 8080, 1, 65_535),
      urls,
    };
  });
}

/**
 * A URL that says nothing of encryption gets what DB_SSL and DB_SSL_CA say: pg_dump, and connections that are not a
 * pool's, know the URL alone. Without a file of the authority it stays as it is: libpq would look for one of its own.
 */
function withTls(url: string, { DB_SSL, DB_SSL_CA, NODE_ENV }: Env): string {
  const changed = new URL(url);
  const mode = DB_SSL || (mustVerifyTls(changed.hostname, NODE_ENV) ? 'verify-full' : undefined);
  const hasFile = DB_SSL_CA && !isPem(DB_SSL_CA);
  if (mode !== 'verify-full' || !hasFile || changed.searchParams.has('sslmode')) return url;
  changed.searchParams.set('sslmode', mode);
  changed.searchParams.set('sslrootcert', resolve(DB_SSL_CA));
  return changed.href;
}
