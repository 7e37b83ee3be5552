import type { Secrets } from '@plinth/db/embedded';
import type { Config } from '../config.js';

/** Logins the API must not have: it works as the application's role, and looks at the server as the readonly one. */
const withheld = ['ADMIN_DATABASE_URL', 'MIGRATE_DATABASE_URL', 'BACKUP_DATABASE_URL', 'WORKER_DATABASE_URL'];

/** The API's environment: ours, with its database logins, its port and, outside production, the keys kept under home. */
export function apiEnvironment(
  config: Config,
  given: { appUrl: string; readonlyUrl: string | undefined; port: number; secrets: Secrets | undefined },
): Record<string, string | undefined> {
  const { appUrl, readonlyUrl, port, secrets } = given;
  const kept = Object.entries(config.env).filter(([name]) => !withheld.includes(name));
  return {
    ...(secrets && {
      TOKEN_SIGNING_KEY: secrets.tokenSigningKey,
      CURSOR_KEY: secrets.cursorKey,
      PASSWORD_PEPPER: secrets.passwordPepper,
      FIELD_KEYS: secrets.fieldKeys,
    }),
    ...Object.fromEntries(kept.filter(([, value]) => value !== '')),
    NODE_ENV: config.environment,
    PLINTH_HOME: config.home,
    DATABASE_URL: appUrl,
    ...(readonlyUrl === undefined ? {} : { READONLY_DATABASE_URL: readonlyUrl }),
    PORT: String(port),
  };
}
