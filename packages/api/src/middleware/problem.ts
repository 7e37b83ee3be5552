import type { IncomingMessage, ServerResponse } from 'node:http';
import { PlinthError } from '@plinth/db';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { ApiError, CATALOGUE, toApiError, toProblem } from '../errors.js';
import { pathOf } from './log-requests.js';
import { requestIdOf } from './request-id.js';

/** Answers a failure as RFC 9457 problem. */
export function sendProblem(request: IncomingMessage, response: ServerResponse, error: ApiError): void {
  const text = JSON.stringify(
    toProblem(error, request.originalPath ?? pathOf(request), requestIdOf(request)),
  );
  response.statusCode = CATALOGUE[error.code][0];
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** The last handler: no route was found. */
export const answerNotFound: RequestHandler = () => {
  throw new ApiError('not_found', 'there is nothing at this path');
};

/** Answers what handlers threw; the reason of a 5xx goes to the log alone. */
export function createErrorHandler(logger: Logger, production: boolean): ErrorRequestHandler {
  return (thrown, request, response, next) => {
    const error = toApiError(thrown);
    const [status] = CATALOGUE[error.code];
    if (status >= 500) {
      logger.error(
        {
          requestId: requestIdOf(request),
          code: error.code,
          cause: describe(error.cause ?? error, production),
        },
        'request failed',
      );
    }
    // Too late for another answer: end the connection, so that the client does not take half an answer for a whole one.
    if (response.headersSent) return next(error);
    response.removeHeader('ETag');
    sendProblem(request, response, error);
  };
}

/**
 * What the log may say about an unexpected error. Messages of ours are safe; those of libraries may quote
 * rows and arguments (Prisma's do), so production keeps only where they arose.
 */
function describe(error: unknown, production: boolean): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at '));
  const { code, sqlstate, constraint } = error as {
    code?: unknown;
    sqlstate?: unknown;
    constraint?: unknown;
  };
  const safe = error instanceof PlinthError || !production;
  return {
    type: error.name,
    code,
    sqlstate,
    constraint,
    ...(safe ? { message: error.message } : {}),
    stack: frames?.slice(0, 15).join('\n'),
  };
}
