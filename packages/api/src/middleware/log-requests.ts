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
  const write = lineWriter(logger);
  return (request, status, durationMs) => {
    const path = request.originalPath ?? pathOf(request);
    write(isProbe(path) ? 'debug' : status >= 500 ? 'error' : 'info', {
      requestId: requestIdOf(request),
      method: request.method,
      path,
      status,
      responseTime: Math.round(durationMs * 10) / 10,
      msg: status === CLIENT_CLOSED ? 'broken off before the answer was out' : 'answered',
    });
  };
}

/** Writes lines where the logger writes its own, as createLogger (logger.ts) shapes them. */
function lineWriter(logger: Logger): (level: Level, fields: object) => void {
  const stream = (logger as unknown as { [pino.symbols.streamSym]: { write(line: string): void } })[
    pino.symbols.streamSym
  ];
  const { values } = logger.levels;
  return (level, fields) => {
    if (!logger.isLevelEnabled(level)) return;
    stream.write(`${JSON.stringify({ level: values[level], time: new Date(), ...fields })}\n`);
  };
}

declare module 'node:http' {
  interface IncomingMessage {
    /** The path as it arrived, where a probe's was rewritten. */
    originalPath?: string;
  }
}
