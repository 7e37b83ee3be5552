import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Operators, presentsToken } from '../auth/authenticate.js';
import { ApiError } from '../errors.js';
import type { Front } from '../middleware/front.js';
import { pathOf } from '../middleware/log-requests.js';
import { sendProblem } from '../middleware/problem.js';
import type { Metrics } from './render-metrics.js';

/** Who may scrape: with METRICS_TOKEN or OPS_TOKEN; without either of them set, everybody outside production. */
export interface Scrapers extends Operators {
  metricsToken: string | undefined;
}

/** Whether the URL means /metrics, with any query and trailing slash. */
export const isMetrics = (url: string): boolean => /^\/metrics\/?(?:\?|$)/.test(url);

/** Answers /metrics. */
export function createMetricsHandler(
  metrics: Metrics,
  { metricsToken, opsToken, opsOpen }: Scrapers,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const tokens = [metricsToken, opsToken].filter((token) => token !== undefined);
  return async (request, response) => {
    request.routeTemplate = '/metrics';
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendProblem(
        request,
        response,
        new ApiError('method_not_allowed', 'use GET or HEAD', { headers: { Allow: 'GET, HEAD' } }),
      );
    const allowed =
      tokens.length === 0
        ? opsOpen
        : tokens.some((token) => presentsToken(request.headers.authorization, token));
    if (!allowed) {
      const headers = { 'WWW-Authenticate': 'Bearer realm="plinth"' };
      return sendProblem(
        request,
        response,
        new ApiError('unauthenticated', 'send METRICS_TOKEN or OPS_TOKEN as bearer token', { headers }),
      );
    }
    const text = await metrics.text();
    response.statusCode = 200;
    response.setHeader('Content-Type', metrics.contentType);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Length', Buffer.byteLength(text));
    response.end(request.method === 'HEAD' ? undefined : text);
  };
}

/**
 * A server for ADMIN_PORT, not yet listening: /metrics and nothing else, on a port that the public does not reach. What
 * fails there is answered as a problem, and `onFailure` gets the reason.
 */
export function createAdminServer(
  front: Front,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  onFailure: (error: unknown) => void,
): Server {
  return createServer((request, response) => {
    front(request, response, () => {
      if (isMetrics(request.url ?? '')) {
        answer(request, response).catch((cause: unknown) => {
          onFailure(cause);
          sendProblem(request, response, new ApiError('internal', undefined, { cause }));
        });
        return;
      }
      sendProblem(
        request,
        response,
        new ApiError('not_found', `there is nothing at ${pathOf(request).slice(0, 100)}`),
      );
    });
  });
}
