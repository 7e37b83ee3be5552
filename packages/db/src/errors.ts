/**
 * An expected failure with a stable `code` and, where the user can repair it, a `fix` sentence.
 * Messages are lowercase, name the value and never hold credentials or row contents.
 */
export class PlinthError extends Error {
  readonly code: string;
  readonly fix: string | undefined;

  constructor(code: string, message: string, options: { fix?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlinthError';
    this.code = code;
    this.fix = options.fix;
  }
}

/** What went wrong in the database, in the words that callers decide by. */
export type DatabaseErrorCode = keyof typeof MESSAGES;

const MESSAGES = {
  not_found: 'the row does not exist',
  conflict: 'a row with these values exists already',
  version_conflict: 'the row was changed by somebody else meanwhile',
  foreign_key: 'a referenced row does not exist, or is still referenced',
  check_violation: 'a value breaks a rule of the table',
  not_null: 'a required value is missing',
  invalid_value: 'a value has the wrong form',
  serialization: 'the transaction collided with another one',
  deadlock: 'the transaction was chosen to end a deadlock',
  lock_timeout: 'a lock was not granted in time',
  query_timeout: 'the statement took too long',
  idle_timeout: 'the transaction was idle for too long',
  pool_exhausted: 'no connection became free in time',
  too_many_connections: 'the server has no connection left',
  unavailable: 'the database cannot be reached',
  starting: 'the database is starting up or shutting down',
  connection_lost: 'the connection was lost; what was sent may or may not have happened',
  read_only: 'the database accepts no writes',
  disk_full: 'the database has no disk space left',
  permission: 'the role lacks the privilege',
  auth_failed: 'the database refused the login',
  database_missing: 'the database does not exist',
  tls_failed: 'the encrypted connection could not be established',
  statement_invalid: 'the statement is wrong',
  plan_outdated: 'a table changed after the statement was prepared',
  internal: 'the database reported an unexpected error',
} as const;

/** What is known of a failure beside its code. */
export interface DatabaseErrorDetails {
  sqlstate?: string;
  constraint?: string;
  fields?: readonly string[];
  currentVersion?: number;
  /** PostgreSQL's own words about a wrong statement. */
  statementError?: string;
  /** Host and port that were tried; told only where nobody answers there. */
  place?: string | undefined;
  fix?: string;
}

/**
 * A database failure, translated. The message is ours: PostgreSQL's text may hold row contents, host names
 * and roles, so it is not carried along; `sqlstate` and `constraint` are. Exceptions: a wrong statement, whose
 * message names objects only and which its author must see, and the host and port where nobody answers.
 */
export class DatabaseError extends PlinthError {
  declare readonly code: DatabaseErrorCode;
  readonly sqlstate: string | undefined;
  readonly constraint: string | undefined;
  readonly fields: readonly string[];
  /** For version conflicts: the version that the row has now. */
  readonly currentVersion: number | undefined;
  readonly place: string | undefined;

  constructor(code: DatabaseErrorCode, details: DatabaseErrorDetails = {}) {
    const place = code === 'unavailable' ? details.place : undefined;
    const at = details.constraint ? ` (${details.constraint})` : place ? ` at ${place}` : '';
    const why = details.statementError ? `: ${details.statementError}` : '';
    // Without a word of ours for it, the SQLSTATE is what its reader can look up.
    const state = code === 'internal' && details.sqlstate ? ` (sqlstate ${details.sqlstate})` : '';
    super(
      code,
      `${MESSAGES[code]}${at}${why}${state}`,
      details.fix === undefined ? {} : { fix: details.fix },
    );
    this.name = 'DatabaseError';
    this.sqlstate = details.sqlstate;
    this.constraint = details.constraint;
    this.fields = details.fields ?? [];
    this.currentVersion = details.currentVersion;
    this.place = place;
  }
}

/** SQLSTATE (or its class, two characters) to our code. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_SQLSTATE: Record<string, DatabaseErrorCode> = {
  '23505': 'conflict',
  '23P01': 'conflict',
  '23503': 'foreign_key',
  '23001': 'foreign_key',
  '23514': 'check_violation',
  '23502': 'not_null',
  '22': 'invalid_value',
  '40001': 'serialization',
  '40P01': 'deadlock',
  '55P03': 'lock_timeout',
  '57014': 'query_timeout',
  '25P03': 'idle_timeout',
  '25P04': 'idle_timeout',
  '53300': 'too_many_connections',
  '53100': 'disk_full',
  '57P01': 'connection_lost',
  '57P02': 'connection_lost',
  '57P03': 'starting',
  '08': 'connection_lost',
  '25006': 'read_only',
  '42501': 'permission',
  '28': 'auth_failed',
  '3D000': 'database_missing',
  // The session has no statement of that name any more: somebody deallocated it, or a pooler changed servers.
  '26000': 'plan_outdated',
  '3F000': 'statement_invalid',
  '42': 'statement_invalid',
};

const BY_PRISMA: Record<string, DatabaseErrorCode> = {
  P1000: 'auth_failed',
  P1001: 'unavailable',
  P1003: 'database_missing',
  P1008: 'query_timeout',
  P1010: 'permission',
  P1011: 'tls_failed',
  P1017: 'connection_lost',
  P2001: 'not_found',
  P2002: 'conflict',
  P2003: 'foreign_key',
  P2007: 'invalid_value',
  P2011: 'not_null',
  P2015: 'not_found',
  P2018: 'not_found',
  P2025: 'not_found',
  P2034: 'serialization',
  P2037: 'too_many_connections',
};

/** Failures of the connection that Prisma's adapter names without a SQLSTATE. */
const BY_ADAPTER: Record<string, DatabaseErrorCode> = {
  DatabaseNotReachable: 'unavailable',
  ConnectionClosed: 'connection_lost',
  SocketTimeout: 'connection_lost',
  TlsConnectionError: 'tls_failed',
};

/** Errors that Node and pg raise without a SQLSTATE; matched by code, else by message. */
const BY_NODE: [RegExp, DatabaseErrorCode][] = [
  [/Connection terminated due to connection timeout|timeout expired/, 'unavailable'],
  [/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/, 'unavailable'],
  [/^(ECONNRESET|EPIPE)$/, 'connection_lost'],
  [/^(ERR_TLS|UNABLE_TO_|CERT_|DEPTH_ZERO|SELF_SIGNED)/, 'tls_failed'],
  [
    /timeout exceeded when trying to connect|Unable to start a transaction in the given time/,
    'pool_exhausted',
  ],
  [
    /Query read timeout|Transaction already closed|expired transaction|Transaction not found/,
    'query_timeout',
  ],
  [
    /Connection terminated|connection error and is not queryable|Client was closed|server (has )?closed the connection|Cannot use a pool after/i,
    'connection_lost',
  ],
  [/does not support SSL|certificate/i, 'tls_failed'],
  [/password must be a string|SASL/, 'auth_failed'],
];

/** How a socket ends that nobody closed; beside its syscall, which tells reading and writing from connecting. */
const SOCKET_BROKE =
  /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENETRESET|ENOTCONN)$/;

/** Of all that PostgreSQL calls unsupported (0A000): what a prepared statement says once its columns would be others. */
const PLAN_CHANGED = /cached plan must not change result type/;

interface Loose {
  code?: unknown;
  message?: unknown;
  syscall?: unknown;
  address?: unknown;
  hostname?: unknown;
  port?: unknown;
  constraint?: unknown;
  meta?: { driverAdapterError?: { cause?: Record<string, unknown> }; code?: unknown };
  cause?: unknown;
  errors?: unknown;
}

/**
 * Translates whatever pg, Prisma or Node threw into a DatabaseError; other errors come back unchanged. `url` is where the
 * connection was to go: a server that does not answer is named by its host and port.
 */
export function translateError(error: unknown, url?: string): unknown {
  if (error instanceof DatabaseError && error.code === 'unavailable' && !error.place && url !== undefined)
    return new DatabaseError(error.code, { place: placeOf(url), ...(error.fix ? { fix: error.fix } : {}) });
  if (error instanceof PlinthError || typeof error !== 'object' || error === null) return error;
  const loose = error as Loose;
  const adapter = loose.meta?.driverAdapterError?.cause ?? (isRecord(loose.cause) ? loose.cause : undefined);
  const sqlstate = findSqlstate(loose, adapter);
  const code = findCode(loose, sqlstate, adapter);
  if (code === undefined) return error;
  const { constraint, fields } = findConstraint(loose, adapter);
  return new DatabaseError(code, {
    ...(sqlstate === undefined ? {} : { sqlstate }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(code === 'statement_invalid'
      ? { statementError: String(adapter?.originalMessage ?? loose.message ?? '') }
      : {}),
    ...(code === 'unavailable' ? { place: url === undefined ? triedBy(loose) : placeOf(url) } : {}),
    fields,
  });
}

/** `host:port` of a connection URL, without its credentials; undefined where it cannot be parsed. */
function placeOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, searchParams } = new URL(url);
  return `${searchParams.get('host') || hostname || 'localhost'}:${searchParams.get('port') || port || 5432}`;
}

/** What Node tried; of several addresses of one host the first. */
function triedBy(error: Loose): string | undefined {
  if (Array.isArray(error.errors) && isRecord(error.errors[0])) return triedBy(error.errors[0]);
  const host = error.address ?? error.hostname;
  if (typeof host !== 'string') return undefined;
  return error.port === undefined ? host : `${host}:${error.port}`;
}

function findSqlstate(loose: Loose, adapter: Record<string, unknown> | undefined): string | undefined {
  const candidates = [adapter?.originalCode, adapter?.code, loose.code, loose.meta?.code];
  return candidates.find(
    (value): value is string =>
      typeof value === 'string' &&
      /^[0-9A-Z]{5}$/.test(value) &&
      !/^(P1|P2)\d{3}$/.test(value) &&
      /\d/.test(value),
  );
}

function findCode(
  loose: Loose,
  sqlstate: string | undefined,
  adapter: Record<string, unknown> | undefined,
): DatabaseErrorCode | undefined {
  if (sqlstate === '0A000' && PLAN_CHANGED.test(String(adapter?.originalMessage ?? loose.message)))
    return 'plan_outdated';
  if (sqlstate !== undefined) return BY_SQLSTATE[sqlstate] ?? BY_SQLSTATE[sqlstate.slice(0, 2)] ?? 'internal';
  const kind = typeof adapter?.kind === 'string' ? BY_ADAPTER[adapter.kind] : undefined;
  if (kind !== undefined) return kind;
  const code = typeof loose.code === 'string' ? loose.code : '';
  if (BY_PRISMA[code]) return BY_PRISMA[code];
  const message = typeof loose.message === 'string' ? loose.message : '';
  // A socket that broke after it was connected: what was sent may have arrived. Files fail with other codes.
  if (
    typeof loose.syscall === 'string' &&
    SOCKET_BROKE.test(code) &&
    !/connect|getaddrinfo/.test(loose.syscall)
  )
    return 'connection_lost';
  for (const [pattern, result] of BY_NODE) {
    if (pattern.test(code) || pattern.test(message)) return result;
  }
  // Node tries several addresses of a host and reports all failures together.
  if (Array.isArray(loose.errors) && loose.errors.length > 0) {
    const inner = translateError(loose.errors[0]);
    if (inner instanceof DatabaseError) return inner.code;
  }
  return /^P\d{4}$/.test(code) ? 'internal' : undefined;
}

function findConstraint(
  loose: Loose,
  adapter: Record<string, unknown> | undefined,
): { constraint?: string; fields: string[] } {
  const fromPrisma = isRecord(adapter?.constraint) ? adapter.constraint : undefined;
  const name = typeof loose.constraint === 'string' ? loose.constraint : fromPrisma?.index;
  const fields = Array.isArray(fromPrisma?.fields)
    ? fromPrisma.fields.filter((field) => typeof field === 'string')
    : [];
  return typeof name === 'string' ? { constraint: name, fields } : { fields };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** SQLSTATE of what pg or Prisma threw, or of our own translation of it. */
function sqlstateOf(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.sqlstate;
  if (!isRecord(error) && !(error instanceof Error)) return undefined;
  const loose = error as Loose;
  return findSqlstate(
    loose,
    loose.meta?.driverAdapterError?.cause ?? (isRecord(loose.cause) ? loose.cause : undefined),
  );
}

/** True when what a failure says concerns every connection: the server was demoted to read-only or shuts down, or plans are outdated. */
export function outdatesConnections(error: unknown): boolean {
  const sqlstate = sqlstateOf(error);
  return sqlstate === '25006' || sqlstate === '57P01' || isPlanOutdated(error);
}

/** True when the connection that a failure came by cannot be used again: anything but a statement's own error. */
export function endsConnection(error: unknown): boolean {
  const sqlstate = sqlstateOf(error);
  return sqlstate === undefined || /^(08|57P0|25P03|25P04)/.test(sqlstate) || isPlanOutdated(error);
}

/** True when a prepared statement was refused, before it ran, because it is not what it was. */
export function isPlanOutdated(error: unknown): boolean {
  return (translateError(error) as { code?: unknown } | null)?.code === 'plan_outdated';
}

/** A transaction whose work returned although one of its statements had failed: PostgreSQL can only roll it back. */
export function swallowedFailure(): DatabaseError {
  return new DatabaseError('internal', {
    fix: 'a statement of the transaction failed and the failure was caught, so nothing was committed; run it under a savepoint (tx.withTransaction) to go on after its failure',
  });
}
