import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createTerminus } from '@godaddy/terminus';
import type { Logger } from 'pino';
import { isOperator, type Operators } from './auth/authenticate.js';
import { ApiError } from './errors.js';
import type { Front } from './middleware/front.js';
import { sendProblem } from './middleware/problem.js';
import type { ProbeAnswer } from './probes/answers.js';
import { probeOf } from './probes/paths.js';
import { isAnswered, toHealthChecks } from './probes/serve-probes.js';
import type { Shutdown } from './shutdown.js';

/** What the server is made of. */
export interface ServerOptions {
  app: RequestListener;
  front: Front;
  probes: Readonly<Record<string, () => ProbeAnswer | Promise<ProbeAnswer>>>;
  operators: Operators;
  shutdown: Shutdown;
  logger: Logger;
}

/** Longer than load balancers keep an idle connection (60 s is common), so that they are the ones to close it. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The HTTP server, not yet listening: terminus answers the probes and handles the signals. Terminus knows a
 * probe by its exact URL and answers any method before all middleware; the gate before it mends that.
 */
export function createServer({ app, front, probes, operators, shutdown, logger }: ServerOptions): Server {
  const server = createHttpServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    app,
  );
  createTerminus(server, {
    healthChecks: toHealthChecks(probes),
    headers: { 'Cache-Control': 'no-store' },
    // Each probe knows for itself what draining means to it: liveness stays 200.
    sendFailuresDuringShutdown: false,
    signals: ['SIGTERM', 'SIGINT'],
    // By default terminus sends itself the signal again, which a process with PID 1 survives.
    useExit0: true,
    ...shutdown,
    logger: (message, error) =>
      isAnswered(error) || logger.error({ err: { message: error.message } }, message),
  });

  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    front(request, response, () => {
      const probe = probeOf(request.url ?? '/');
      if (probe !== undefined) {
        request.routeTemplate = probe;
        request.originalPath = (request.url ?? '').split('?', 1)[0] ?? probe;
        if (request.method !== 'GET' && request.method !== 'HEAD') {
          return sendProblem(
            request,
            response,
            new ApiError('method_not_allowed', 'use GET or HEAD', { headers: { Allow: 'GET, HEAD' } }),
          );
        }
        if (probe === '/health/db' && !isOperator(request.headers.authorization, operators)) {
          const headers = { 'WWW-Authenticate': 'Bearer realm="plinth"' };
          return sendProblem(
            request,
            response,
            new ApiError('unauthenticated', 'send OPS_TOKEN as bearer token', { headers }),
          );
        }
        request.url = probe;
      }
      for (const listener of listeners) listener(request, response);
    });
  });
  return server;
}
