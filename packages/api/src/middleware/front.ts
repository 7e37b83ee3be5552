import type { IncomingMessage, ServerResponse } from 'node:http';
import { withRequestContext } from '@plinth/db';
import type { Logger } from 'pino';
import { createRequestLog } from './log-requests.js';
import { assignRequestId } from './request-id.js';
import { createSecurityHeaders } from './security-headers.js';

/** A step before everything else. */
export type Front = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * What happens to every request, probes included, which terminus answers before Express sees them: an id, a
 * log line, security headers, and `Connection: close` while draining. A request passes it once.
 */
export function createFront(options: {
  logger: Logger;
  production: boolean;
  isProbe: (path: string) => boolean;
  isDraining: () => boolean;
  /** Told of every request. */
  observe: (request: IncomingMessage, response: ServerResponse) => void;
}): Front {
  const log = createRequestLog(options.logger, options.isProbe);
  const secure = createSecurityHeaders(options.production);
  const passed = new WeakSet<IncomingMessage>();
  return (request, response, next) => {
    if (passed.has(request)) return next();
    passed.add(request);
    const requestId = assignRequestId(request, response);
    closeWhileDraining(response, options.isDraining);
    log(request, response);
    options.observe(request, response);
    secure(response);
    withRequestContext({ requestId }, next);
  };
}

/** Decided when the head is written, not when the request came: it may have been in flight when the draining began. */
function closeWhileDraining(response: ServerResponse, isDraining: () => boolean): void {
  const writeHead = response.writeHead as (...head: unknown[]) => ServerResponse;
  response.writeHead = (...head: unknown[]) => {
    if (isDraining()) response.shouldKeepAlive = false;
    return writeHead.apply(response, head);
  };
}
