import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { requestIdOf } from './request-id.js';

/** The path without its query, which may hold search words and cursors. */
export const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/';

/**
 * One log line per answered request: no headers, no query, no body. Probes are logged at debug. The fields are ours
 * and known, so the net that takes secrets out of other lines is spared here: it would cost a tenth of a request.
 */
export function createRequestLog(logger: Logger, isProbe: (path: string) => boolean) {
  const lines = logger.child({}, { redact: [] });
  return (request: IncomingMessage, response: ServerResponse): void => {
    const startedAt = performance.now();
    const arrivedAt = pathOf(request);
    response.once('close', () => {
      const answered = response.writableFinished;
      const status = response.statusCode;
      const level = isProbe(arrivedAt) ? 'debug' : answered && status >= 500 ? 'error' : 'info';
      lines[level](
        {
          requestId: requestIdOf(request),
          method: request.method,
          path: request.originalPath ?? arrivedAt,
          status,
          responseTime: Math.round((performance.now() - startedAt) * 10) / 10,
        },
        answered ? 'answered' : 'broken off before the answer was out',
      );
    });
  };
}

declare module 'node:http' {
  interface IncomingMessage {
    /** The path as it arrived, where a probe's was rewritten. */
    originalPath?: string;
  }
}
