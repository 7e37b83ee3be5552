import { currentRequestContext, type PoolEvent, type QueryEvent, translateError } from '@plinth/db';
import { destination, type Logger, pino } from 'pino';

/** Names under which secrets travel; nothing of ours logs them, this is the net below. */
const SECRETS = [
  'authorization',
  'cookie',
  'password',
  'passwordHash',
  'refreshToken',
  'accessToken',
  'token',
  'secret',
];

/** How much, and for how long in milliseconds, production keeps lines before it writes them. */
const BUFFERED_BYTES = 8_192;
const FLUSH_MS = 250;

/**
 * JSON lines on standard output. Written before the call returns, but in production: there they are written together,
 * because a system call for each would be a tenth of what a small request costs. Ending the process writes what is
 * left, and so does a fatal line; only kill -9 loses a quarter of a second.
 */
export function createLogger(level: string, production = false): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);
  const setCookie = ['*["set-cookie"]', '*.*["set-cookie"]'];
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...paths, ...setCookie], censor: '[redacted]' },
    },
    production ? buffered() : destination({ fd: 1, sync: true }),
  );
}

/** pino itself writes the rest of a destination that is not synchronous when the process ends. */
function buffered() {
  const stream = destination({ fd: 1, sync: false, minLength: BUFFERED_BYTES });
  setInterval(() => stream.flush(), FLUSH_MS).unref();
  return stream;
}

/** Logs each statement at debug, with the request it belongs to: in development. Parameters are never among them. */
export const logQuery = (logger: Logger) => (event: QueryEvent) =>
  logger.debug(
    {
      requestId: event.requestId,
      durationMs: Math.round(event.durationMs * 100) / 100,
      sql: event.text,
      ...codeOf(event.error),
    },
    'query',
  );

/** Logs what the pool does at debug, and what goes wrong in it as a warning. */
export const logPoolEvent = (logger: Logger) => (event: PoolEvent) => {
  const failed = event.type === 'error' || event.type === 'invalid';
  const { error, ...facts } = { error: undefined, ...event };
  logger[failed ? 'warn' : 'debug'](
    { requestId: currentRequestContext()?.requestId, ...facts, ...codeOf(error) },
    'database pool',
  );
};

/** Our code for an error: its own message may name hosts, roles and rows. */
export function codeOf(error: unknown): { code?: string } {
  if (error === undefined) return {};
  const translated = translateError(error) as { code?: unknown };
  return { code: String(translated.code ?? 'unknown') };
}
