import type { IncomingMessage } from 'node:http';
import { type Level, type Logger, pino } from 'pino';
import { requestIdOf } from './request-id.js';

/** The path without its query, which may hold search words and cursors. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** The status of a connection that broke before the answer was out, as proxies write it. */
export const CLIENT_CLOSED = 499;

/** Logs a request at its end. */
export type RequestLog = (request: IncomingMessage, status: number, durationMs: number) => void;

/**
 * One log line per answered request: no headers, no query, no body. Probes are logged at debug. The line is put together
 * here, in pino's form: its fields are ours and known, so that neither the net that takes secrets out of other lines nor
 * pino's general way, both together a tenth of a small request, is needed.
 */
export function createRequestLog(logger: Logger, isProbe: (path: string) => boolean): RequestLog {
  const stream = (logger as unknown as { [pino.symbols.streamSym]: { write(line: string): void } })[
    pino.symbols.streamSym
  ];
  const { values } = logger.levels;
  return (request, status, durationMs) => {
    const path = request.originalPath ?? pathOf(request);
    const level: Level = isProbe(path) ? 'debug' : status >= 500 ? 'error' : 'info';
    if (!logger.isLevelEnabled(level)) return;
    const message = status === CLIENT_CLOSED ? 'broken off before the answer was out' : 'answered';
    // Ids and methods are of characters that need no escape; a path may be of any.
    stream.write(
      `{"level":${values[level]},"time":"${new Date().toISOString()}","requestId":"${requestIdOf(request)}",` +
        `"method":"${request.method}","path":${JSON.stringify(path)},"status":${status},` +
        `"responseTime":${Math.round(durationMs * 10) / 10},"msg":"${message}"}\n`,
    );
  };
}

declare module 'node:http' {
  interface IncomingMessage {
    /** The path as it arrived, where a probe's was rewritten. */
    originalPath?: string;
  }
}
