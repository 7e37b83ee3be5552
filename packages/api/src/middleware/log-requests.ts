import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Level, type Logger, pino } from 'pino';
import { requestIdOf } from './request-id.js';

/** The path without its query, which may hold search words and cursors. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/**
 * One log line per answered request: no headers, no query, no body. Probes are logged at debug. The line is put together
 * here, in pino's form: its fields are ours and known, so that neither the net that takes secrets out of other lines nor
 * pino's general way, both together a tenth of a small request, is needed.
 */
export function createRequestLog(logger: Logger, isProbe: (path: string) => boolean) {
  const write = lineWriter(logger);
  return (request: IncomingMessage, response: ServerResponse): void => {
    const startedAt = performance.now();
    const arrivedAt = pathOf(request);
    response.on('close', () => {
      const answered = response.writableFinished;
      const status = response.statusCode;
      write(isProbe(arrivedAt) ? 'debug' : answered && status >= 500 ? 'error' : 'info', {
        requestId: requestIdOf(request),
        method: request.method,
        path: request.originalPath ?? arrivedAt,
        status,
        responseTime: Math.round((performance.now() - startedAt) * 10) / 10,
        msg: answered ? 'answered' : 'broken off before the answer was out',
      });
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
