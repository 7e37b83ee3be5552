import { readFileSync } from 'node:fs';
import { type Env, type EnvReader, parseEnv } from './env.js';

/** How a connection is encrypted and checked. `require` encrypts without checking who answers. */
export type SslMode = 'disable' | 'require' | 'verify-full';

/** Everything the data layer needs to know to connect; made by parseDatabaseConfig, never read from process.env. */
export interface DatabaseConfig {
  /** Connection URL of the role in use; holds a password: never log it. */
  readonly url: string;
  readonly environment: 'development' | 'test' | 'production';
  /** Connections opened at start and kept. */
  readonly poolMin: number;
  readonly poolMax: number;
  /** Callers that may wait for a connection; the next one is refused at once. */
  readonly poolMaxWaiting: number;
  /** Longest wait for a connection, opening included. */
  readonly acquireTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxLifetimeS: number;
  /** Tries to reach the server when opening, after the first. */
  readonly connectRetries: number;
  readonly statementTimeoutMs: number;
  readonly ssl: SslMode;
  /** PEM text of the certificate authority to trust, or undefined for the system's. */
  readonly sslCa: string | undefined;
  readonly logQueries: boolean;
  readonly applicationName: string;
}

/** What is wrong with a database's URL, to be said after the name of its setting; undefined for a good one. Never holds any of it. */
export function databaseUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol))
    return 'not a URL of the form postgresql://user:password@host:port/database (in a password `@ : / # %` are written %40 %3A %2F %23 %25)';
  // Without one, the server would choose: the database named as the user.
  return url.pathname.length < 2 ? 'names no database' : undefined;
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1', '[::1]', '']);

/** Whether the host of a URL is this machine, by its name alone. */
export const isLocalHost = (hostname: string): boolean => LOCAL_HOSTS.has(hostname);

/** Whether the server at this host must prove who it is: in production, unless it is this machine. */
export const mustVerifyTls = (hostname: string, environment: string | undefined): boolean =>
  environment === 'production' && !isLocalHost(hostname);

/** Whether DB_SSL_CA is the certificates themselves, not the path of their file. */
export const isPem = (text: string): boolean => text.includes('-----BEGIN');

/** The URL given whole or assembled from DB_HOST DB_PORT DB_USER DB_PASSWORD DB_NAME; undefined when neither is set. */
export function databaseUrlFrom(env: Env, name = 'DATABASE_URL'): string | undefined {
  const url = env[name];
  if (url) return url;
  if (name !== 'DATABASE_URL' || !env.DB_HOST) return undefined;
  const part = (value: string | undefined) => encodeURIComponent(value ?? '');
  const login = env.DB_USER
    ? `${part(env.DB_USER)}${env.DB_PASSWORD ? `:${part(env.DB_PASSWORD)}` : ''}@`
    : '';
  const host = env.DB_HOST.includes(':') ? `[${env.DB_HOST}]` : env.DB_HOST;
  return `postgresql://${login}${host}:${env.DB_PORT || '5432'}/${part(env.DB_NAME || 'plinth')}`;
}

/** Reads the database settings with a reader that other configurations share, so that all problems come together. */
export function readDatabaseConfig(reader: EnvReader, applicationName = 'plinth'): DatabaseConfig {
  const environment = reader.oneOf('NODE_ENV', ['development', 'test', 'production'], 'development');
  const url = databaseUrlFrom(reader.env) ?? '';
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const problem = url ? databaseUrlProblem(url) : 'not set, nor DB_HOST DB_PORT DB_USER DB_PASSWORD DB_NAME';
  if (problem !== undefined) reader.problem(`DATABASE_URL: ${problem}`);

  const strict = mustVerifyTls(parsed?.hostname ?? '', environment);
  const sslModes = ['disable', 'require', 'verify-full'] as const;
  const fromUrl = parsed?.searchParams.get('sslmode');
  const sslDefault = sslModes.find((mode) => mode === fromUrl) ?? (strict ? 'verify-full' : 'disable');
  const ssl = reader.oneOf('DB_SSL', sslModes, sslDefault);
  if (strict && ssl !== 'verify-full') {
    reader.problem(`DB_SSL: "${ssl}" is refused in production for a remote host; use verify-full`);
  }
  const logQueries = reader.flag('LOG_QUERIES', environment === 'development');
  if (logQueries && environment === 'production') reader.problem('LOG_QUERIES: refused in production');

  const poolMax = reader.int('DB_POOL_MAX', 20, 1, 1000);
  const poolMin = reader.int('DB_POOL_MIN', Math.min(2, poolMax), 0, 1000);
  if (poolMin > poolMax) reader.problem(`DB_POOL_MIN: ${poolMin} is above DB_POOL_MAX ${poolMax}`);

  return Object.freeze({
    url,
    environment,
    poolMin,
    poolMax,
    poolMaxWaiting: reader.int('DB_POOL_MAX_WAITING', poolMax * 50, 1, 1_000_000),
    acquireTimeoutMs: reader.int('DB_POOL_ACQUIRE_TIMEOUT_MS', 5_000, 1, 600_000),
    idleTimeoutMs: reader.int('DB_POOL_IDLE_TIMEOUT_MS', 30_000, 0, 86_400_000),
    maxLifetimeS: reader.int('DB_POOL_MAX_LIFETIME_S', 1_800, 0, 86_400),
    connectRetries: reader.int('DB_CONNECT_RETRIES', 5, 0, 1_000),
    statementTimeoutMs: reader.int('DB_STATEMENT_TIMEOUT_MS', 15_000, 0, 86_400_000),
    ssl,
    sslCa: readCa(reader),
    logQueries,
    applicationName,
  });
}

function readCa(reader: EnvReader): string | undefined {
  const given = reader.text('DB_SSL_CA');
  if (given === undefined || isPem(given)) return given;
  try {
    return readFileSync(given, 'utf8');
  } catch {
    reader.problem(`DB_SSL_CA: cannot read ${given}`);
    return undefined;
  }
}

/** The database settings of an environment. Throws ConfigError with all problems at once. */
export function parseDatabaseConfig(env: Env): DatabaseConfig {
  return parseEnv(env, (reader) => readDatabaseConfig(reader));
}
