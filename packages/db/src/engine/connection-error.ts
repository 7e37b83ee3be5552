import type { Error as AdapterErrorPayload } from '@prisma/driver-adapter-utils';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { EngineError } from './engine-error.js';
import type { EngineTarget } from './target.js';

interface DriverFailure {
  readonly code?: string;
  readonly message: string;
  readonly severity?: string;
}

const unreachable = new Set(
  'ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN ETIMEDOUT ECONNRESET ENOENT EACCES 57P03'.split(
    ' ',
  ),
);

/**
 * Names a failed connection as the native engine would: P1000, P1001, P1003, P1010, P1011, P1017 or P2037
 * (https://www.prisma.io/docs/orm/reference/error-reference).
 */
export function connectionError(error: unknown, target: EngineTarget): EngineError {
  const { code, message } = knownError(error as DriverFailure, target);
  return new EngineError(code, message, { cause: error });
}

function knownError(error: DriverFailure, target: EngineTarget): { code: string; message: string } {
  const { code = '', message, severity } = error;
  const place = `${target.host}:${target.port}`;
  if (code === '28P01') {
    return {
      code: 'P1000',
      message:
        `Authentication failed against database server, the provided database credentials for \`${target.user}\` are not valid.\n\n` +
        'Please make sure to provide valid database credentials for the database server at the configured address.',
    };
  }
  if (code === '3D000') return { code: 'P1003', message: `Database \`${target.database}\` does not exist` };
  if (code === '28000' || code === '42501') {
    return {
      code: 'P1010',
      message: `User \`${target.user}\` was denied access on the database \`${target.database}\`: ${message}`,
    };
  }
  if (code === '53300') return { code: 'P2037', message: `Too many database connections opened: ${message}` };
  if (unreachable.has(code) || /timeout expired|Connection terminated/i.test(message)) {
    return {
      code: 'P1001',
      message: `Can't reach database server at \`${place}\`\n\nPlease make sure your database server is running at \`${place}\`.`,
    };
  }
  if (severity === undefined) return { code: 'P1011', message: `Error opening a TLS connection: ${message}` };
  return { code: 'P1017', message: `The database server at \`${place}\` refused the connection: ${message}` };
}

/** What the engine itself is told about a failed query: the few kinds it acts upon, all else with PostgreSQL's words. */
export function queryError(error: unknown): DriverAdapterError {
  return new DriverAdapterError(queryErrorPayload(error));
}

function queryErrorPayload(error: unknown): AdapterErrorPayload {
  const failure = error as DriverFailure & { detail?: string; column?: string; hint?: string };
  const original = { originalCode: failure.code ?? '', originalMessage: failure.message };
  const named = /"((?:[^"]|"")*)"/.exec(failure.message)?.[1] ?? '';
  if (failure.severity === undefined) return { kind: 'ConnectionClosed', ...original };
  // Tells a database without `_prisma_migrations` from a broken one.
  if (failure.code === '42P01') return { kind: 'TableDoesNotExist', table: named, ...original };
  if (failure.code === '3D000') return { kind: 'DatabaseDoesNotExist', db: named, ...original };
  if (failure.code === '42P04') return { kind: 'DatabaseAlreadyExists', db: named, ...original };
  return {
    kind: 'postgres',
    code: failure.code ?? 'XX000',
    severity: failure.severity,
    message: failure.message,
    detail: failure.detail,
    column: failure.column,
    hint: failure.hint,
    ...original,
  };
}
