import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlinthError } from '../errors.js';

/** Where TLS stands: `prefer` encrypts when the server can, without proof of who it is. */
export type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** A PostgreSQL connection URL as fields: pg ignores `database` beside a `connectionString`, so none is ever passed on. */
export interface EngineTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Prisma's `?schema=`: the first and only entry of the search path. */
  readonly schema: string;
  readonly tls: TlsMode;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** 0 waits for ever. */
  readonly connectTimeoutMs: number;
  readonly applicationName: string;
  /** The URL's own `options=-c ...`, sent after ours. */
  readonly options: string;
}

const tlsModes: ReadonlyArray<string> = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'];

/**
 * Parses a `postgresql://` URL with libpq's and Prisma's parameters (`schema`, `sslmode`, `sslrootcert`, `sslcert`,
 * `sslkey`, `sslaccept`, `connect_timeout` in seconds, `host`, `port`, `application_name`, `options`).
 * Throws `invalid_url` without repeating the URL, which may hold a password.
 */
export function parseEngineUrl(url: string): EngineTarget {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw invalidUrl('it cannot be parsed', cause);
  }
  if (parsed.protocol !== 'postgresql:' && parsed.protocol !== 'postgres:') {
    throw invalidUrl(`its scheme is ${parsed.protocol.replace(/:$/, '')}, not postgresql`);
  }
  const param = (name: string) => parsed.searchParams.get(name) ?? undefined;
  const host = param('host') ?? (decode(parsed.hostname).replace(/^\[|\]$/g, '') || 'localhost');
  const user = decode(parsed.username) || param('user') || 'postgres';
  const timeoutS = Number(param('connect_timeout') ?? 5);
  if (!Number.isFinite(timeoutS) || timeoutS < 0) {
    throw invalidUrl(`connect_timeout is ${param('connect_timeout')}, not a number of seconds`);
  }
  // Prisma calls the authority's certificate `sslcert`; libpq means the client's by it, beside an `sslkey`.
  const caFile = param('sslrootcert') ?? (param('sslkey') === undefined ? param('sslcert') : undefined);
  return {
    host,
    port: Number(param('port') ?? (parsed.port || 5432)),
    user,
    password: decode(parsed.password) || (param('password') ?? ''),
    database: decode(parsed.pathname.slice(1)) || user,
    schema: param('schema') || 'public',
    tls: tlsMode(param('sslmode'), param('sslaccept'), host),
    ca: readPem(caFile),
    cert: param('sslkey') === undefined ? undefined : readPem(param('sslcert')),
    key: readPem(param('sslkey')),
    connectTimeoutMs: timeoutS * 1000,
    applicationName: param('application_name') ?? 'plinth schema engine',
    options: param('options') ?? '',
  };
}

/** A part of a URL as it is meant. URL itself lets a percent sign pass that begins no escape. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw invalidUrl('a percent sign in it begins no escape', cause);
  }
}

function tlsMode(sslmode: string | undefined, sslaccept: string | undefined, host: string): TlsMode {
  if (sslmode === undefined) return isLocal(host) ? 'disable' : 'prefer';
  if (sslmode === 'allow') return 'prefer';
  if (!tlsModes.includes(sslmode))
    throw invalidUrl(`sslmode is ${sslmode}, not one of ${tlsModes.join(', ')}`);
  return sslmode === 'require' && sslaccept === 'strict' ? 'verify-full' : (sslmode as TlsMode);
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '127.0.0.1' || host === '::1';
}

function readPem(file: string | undefined): string | undefined {
  if (file === undefined || file === 'system') return undefined;
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch (cause) {
    throw invalidUrl(`the certificate file ${file} cannot be read`, cause);
  }
}

function invalidUrl(reason: string, cause?: unknown): PlinthError {
  return new PlinthError('invalid_url', `the database url is not usable: ${reason}`, {
    fix: 'Write it as postgresql://user:password@host:5432/database, with special characters of the password percent-encoded.',
    cause,
  });
}
