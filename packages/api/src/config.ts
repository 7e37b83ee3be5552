import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  type DatabaseConfig,
  databaseUrlProblem,
  type Env,
  type EnvReader,
  type KeyRing,
  parseEnv,
  readDatabaseConfig,
  readFieldKeys,
} from '@plinth/db';
import { type MonitorConfig, readMonitorConfig } from '@plinth/db/monitor';
import { type OauthConfig, readOauth } from './auth/oauth/read-oauth.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Everything the API needs to know; made by parseConfig, never read from process.env. */
export interface Config {
  readonly environment: DatabaseConfig['environment'];
  readonly host: string;
  readonly port: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Bearer token of operators; without one, operator routes are open outside production and closed in it. */
  readonly opsToken: string | undefined;
  /** A second bearer token, good for /metrics alone: what scrapes need not be able to read the rest. */
  readonly metricsToken: string | undefined;
  /** Where /metrics is served instead of `port`; undefined: on `port`. */
  readonly adminPort: number | undefined;
  /** Seed of the Ed25519 key that signs access tokens: 32 bytes. */
  readonly tokenSigningKey: Buffer;
  /** Key of the cursors' HMAC: at least 32 bytes. */
  readonly cursorKey: Buffer;
  readonly passwordPepper: string;
  readonly fieldKeys: KeyRing;
  readonly mail: MailConfig;
  readonly oauth: OauthConfig;
  /** Proxies whose X-Forwarded-For counts: addresses, networks, or loopback, linklocal, uniquelocal. */
  readonly trustedProxies: readonly string[];
  /** How long to answer 503 on /ready before closing, so that load balancers notice. */
  readonly drainDelayMs: number;
  /** What /ready says while the database is away, which all replicas share (READY_ON_DB_DOWN). */
  readonly readyOnDatabaseDown: 'fail' | 'pass';
  /** Who deploys pending migrations at start (MIGRATE_ON_START); undefined: nobody does. */
  readonly migrateUrl: string | undefined;
  /** Where limits are counted and changes announced instead of PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly database: DatabaseConfig;
  readonly monitoring: MonitoringConfig;
}

/** How the API looks at its database. It tells nobody and writes nothing: the worker does. */
export interface MonitoringConfig extends Omit<MonitorConfig, 'alerts'> {
  readonly readonlyUrl: string;
  /** Whether that is a login of its own (READONLY_DATABASE_URL), which sees all sessions. */
  readonly seesAll: boolean;
  readonly alerts: Omit<MonitorConfig['alerts'], 'webhookUrl'>;
}

/** How letters go out. */
export interface MailConfig {
  /** Folder of .eml files. */
  readonly outbox: string;
  readonly from: string;
  /** Base of the links in letters: the application built on this API. */
  readonly appUrl: string | undefined;
}

/** The settings in design.md's "Environment" that the API reads. Throws ConfigError with all problems at once. */
export function parseConfig(env: Env): Config {
  return parseEnv(env, (reader) => {
    const database = readDatabaseConfig(reader, 'plinth-api');
    const production = database.environment === 'production';
    return {
      environment: database.environment,
      host: reader.text('HOST', production ? '0.0.0.0' : '127.0.0.1'),
      port: reader.int('PORT', 8080, 0, 65_535),
      logLevel: reader.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
      opsToken: readToken(reader, 'OPS_TOKEN'),
      metricsToken: readToken(reader, 'METRICS_TOKEN'),
      adminPort: reader.text('ADMIN_PORT') === undefined ? undefined : reader.int('ADMIN_PORT', 0, 0, 65_535),
      tokenSigningKey: readKey(reader, 'TOKEN_SIGNING_KEY', (bytes) => bytes === 32, '32 bytes'),
      cursorKey: readKey(reader, 'CURSOR_KEY', (bytes) => bytes >= 32, 'at least 32 bytes'),
      passwordPepper: readPepper(reader),
      // Without a key nothing starts: parseEnv throws what readFieldKeys reported.
      fieldKeys: readFieldKeys(reader) as KeyRing,
      mail: readMail(reader),
      oauth: readOauth(reader, production),
      trustedProxies: readProxies(reader),
      drainDelayMs: production ? 5_000 : 0,
      readyOnDatabaseDown: reader.oneOf('READY_ON_DB_DOWN', ['fail', 'pass'], 'fail'),
      migrateUrl: reader.flag('MIGRATE_ON_START', !production)
        ? reader.text('MIGRATE_DATABASE_URL', database.url)
        : undefined,
      redisUrl: readRedisUrl(reader),
      database,
      monitoring: readMonitoring(reader, database),
    };
  });
}

function readMonitoring(reader: EnvReader, database: DatabaseConfig): MonitoringConfig {
  const { alerts, ...monitor } = readMonitorConfig(reader);
  const { webhookUrl: _toldByTheWorker, ...timing } = alerts;
  const readonlyUrl = reader.text('READONLY_DATABASE_URL');
  const problem = readonlyUrl === undefined ? undefined : databaseUrlProblem(readonlyUrl);
  if (problem !== undefined) reader.problem(`READONLY_DATABASE_URL: ${problem}`);
  return {
    ...monitor,
    alerts: timing,
    readonlyUrl: readonlyUrl ?? database.url,
    seesAll: readonlyUrl !== undefined,
  };
}

function readToken(reader: EnvReader, name: string): string | undefined {
  const token = reader.text(name);
  if (token !== undefined && !/^[\w.~+/=-]{16,4096}$/.test(token)) {
    reader.problem(
      `${name}: not 16 or more of the characters that a bearer token may have (A-Z a-z 0-9 . _ ~ + / = -)`,
    );
  }
  return token;
}

const MAKE_KEY = `node -p "require('node:crypto').randomBytes(32).toString('base64url')"`;

function readKey(reader: EnvReader, name: string, fits: (bytes: number) => boolean, size: string): Buffer {
  const text = reader.text(name);
  if (text === undefined) {
    reader.problem(`${name}: not set (make one with: ${MAKE_KEY})`);
    return Buffer.alloc(0);
  }
  const key = /^[\w+/-]+=*$/.test(text) ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
  if (!fits(key.length)) reader.problem(`${name}: not ${size} in base64url (make one with: ${MAKE_KEY})`);
  return key;
}

function readRedisUrl(reader: EnvReader): string | undefined {
  const url = reader.text('REDIS_URL');
  if (url === undefined || /^rediss?:\/\/\S+$/.test(url)) return url;
  reader.problem('REDIS_URL: not a URL that begins with redis:// or rediss://');
  return undefined;
}

function readPepper(reader: EnvReader): string {
  const pepper = reader.text('PASSWORD_PEPPER', '');
  if (pepper.length < 16)
    reader.problem(`PASSWORD_PEPPER: ${pepper ? 'shorter than 16 characters' : 'not set'}`);
  return pepper;
}

function readMail(reader: EnvReader): MailConfig {
  const appUrl = reader.text('APP_URL');
  if (appUrl !== undefined && !/^https?:\/\/[^\s?#]+$/.test(appUrl))
    reader.problem(`APP_URL: "${appUrl}" is not an http or https address without query`);
  const from = reader.text('MAIL_FROM', 'Plinth <no-reply@localhost>');
  if (!/^(?:[\x20-\x7e]* <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(from) || /[^\x20-\x7e]/.test(from))
    reader.problem(`MAIL_FROM: "${from}" is neither an address nor Name <address>`);
  const home = reader.text('PLINTH_HOME', '.plinth');
  return { outbox: reader.text('MAIL_OUTBOX', join(home, 'outbox')), from, appUrl };
}

function readProxies(reader: EnvReader): readonly string[] {
  const text = reader.text('TRUSTED_PROXIES', '');
  const proxies = text === '' ? [] : text.split(',').map((proxy) => proxy.trim());
  for (const proxy of proxies) {
    const [address = '', bits, ...rest] = proxy.split('/');
    const max = isIP(address) === 6 ? 128 : 32;
    const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= max);
    if (!/^(?:loopback|linklocal|uniquelocal)$/.test(proxy) && !(isIP(address) && fits && rest.length === 0))
      reader.problem(
        `TRUSTED_PROXIES: "${proxy}" is no address, network, loopback, linklocal or uniquelocal`,
      );
  }
  return proxies;
}
