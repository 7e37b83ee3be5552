import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { withRequestContext } from '@plinth/db';
import type { Logger } from 'pino';
import type { HttpMetrics } from '../monitoring/http-metrics.js';
import { CLIENT_CLOSED, createRequestLog } from './log-requests.js';
import { assignRequestId } from './request-id.js';
import { createSecurityHeaders } from './security-headers.js';

/** A step before everything else. */
export interface Front {
  (request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** From now on every answer closes its connection, also those whose requests are being answered. */
  drain(): void;
}

/**
 * What happens to every request, probes included, which terminus answers before Express sees them: an id, a
 * log line, a measure, security headers, and `Connection: close` while draining. A request passes it once.
 */
export function createFront(options: {
  logger: Logger;
  production: boolean;
  isProbe: (path: string) => boolean;
  metrics: HttpMetrics;
}): Front {
  const { metrics } = options;
  const log = createRequestLog(options.logger, options.isProbe);
  const secure = createSecurityHeaders(options.production);
  // By connection, of which there are few: a set of answers would be rebuilt all the time, and what V8 leaves behind of a
  // rebuilt set keeps what was in it alive until a full collection.
  const current = new Map<Socket, ServerResponse | undefined>();
  let isDraining = false;

  /** One listener for all, which finds what it needs at the response: this runs for every request. */
  function end(this: ServerResponse): void {
    const { req: request } = this;
    if (current.get(request.socket) === this) current.set(request.socket, undefined);
    const durationMs = performance.now() - (request.arrivedAtMs ?? 0);
    const status = this.writableFinished ? this.statusCode : CLIENT_CLOSED;
    log(request, status, durationMs);
    metrics.end(request, status, durationMs);
  }

  const front = (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (request.requestId !== undefined) return next();
    request.arrivedAtMs = performance.now();
    const requestId = assignRequestId(request, response);
    const { socket } = request;
    if (!current.has(socket)) socket.once('close', () => current.delete(socket));
    current.set(socket, response);
    metrics.begin();
    response.on('close', end);
    if (isDraining) response.shouldKeepAlive = false;
    secure(response);
    withRequestContext({ requestId }, next);
  };
  return Object.assign(front, {
    drain() {
      isDraining = true;
      for (const response of current.values()) if (response) response.shouldKeepAlive = false;
    },
  });
}

declare module 'node:http' {
  interface IncomingMessage {
    /** By the clock of performance.now(). */
    arrivedAtMs?: number;
  }
}
