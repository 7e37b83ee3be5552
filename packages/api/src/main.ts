#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, type Env, PlinthError } from '@plinth/db';
import { type Config, parseConfig } from './config.js';
import { createLogger } from './logger.js';
import { startApi } from './start-api.js';

const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));
if (existsSync(join(repositoryRoot, '.env'))) process.loadEnvFile(join(repositoryRoot, '.env'));

const config = await readConfig(process.env);
const logger = createLogger(config.logLevel, config.environment === 'production');
process.on('uncaughtException', (error) => {
  logger.fatal(
    { type: error.name, stack: error.stack?.split('\n').slice(1, 15).join('\n') },
    'uncaught exception',
  );
  process.exit(1);
});
await startApi(config, {
  logger,
  exit: process.exit,
  fail,
  on: (signal, listener) => process.on(signal, listener),
}).catch(fail);

/** The configuration, in development with the keys that are kept under PLINTH_HOME where the environment has none. */
async function readConfig(env: Env): Promise<Config> {
  try {
    const home = resolve(repositoryRoot, env.PLINTH_HOME || '.plinth');
    return parseConfig({ ...env, PLINTH_HOME: home, ...(await keptKeys(env)) });
  } catch (error) {
    if (
      error instanceof ConfigError &&
      error.problems.some((problem) => problem.startsWith('DATABASE_URL: not set'))
    ) {
      console.error(
        'hint: `npm start` starts a database of its own and passes it on; to run the api alone, set DATABASE_URL',
      );
    }
    return fail(error);
  }
}

/** The keys that the environment lacks; production has to set all of them. */
async function keptKeys(env: Env): Promise<Env> {
  const secretOf = {
    TOKEN_SIGNING_KEY: 'tokenSigningKey',
    CURSOR_KEY: 'cursorKey',
    PASSWORD_PEPPER: 'passwordPepper',
    FIELD_KEYS: 'fieldKeys',
  } as const;
  const missing = Object.entries(secretOf).filter(([name]) => !env[name]);
  if (env.NODE_ENV === 'production' || missing.length === 0) return {};
  const { readSecrets } = await import('@plinth/db/embedded');
  const kept = await readSecrets(resolve(repositoryRoot, env.PLINTH_HOME || '.plinth'));
  return Object.fromEntries(missing.map(([name, secret]) => [name, kept[secret]]));
}

/** Says what is wrong and ends the process: 2 for configuration, 6 for a failed migration, 10 for a database that refuses us, 24 for a guard, else 1. */
function fail(error: unknown): never {
  const { code, message, fix } =
    error instanceof PlinthError ? error : new PlinthError('internal', String(error));
  console.error(`error: ${message} (${code})${fix ? `\n${fix}` : ''}`);
  const exitCodes: Record<string, number> = {
    config_invalid: 2,
    auth_failed: 10,
    tls_failed: 10,
    permission: 10,
    superuser_refused: 24,
    migration_failed: 6,
    locked: 11,
  };
  process.exit(exitCodes[code] ?? 1);
}
