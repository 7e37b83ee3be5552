import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a client may choose as request id: enough for any tracing system, nothing that breaks a log line. */
const ACCEPTED = /^[\w.-]{1,64}$/;

/** Gives the request its id, the client's if it is fit, and echoes it. Doing it again changes nothing. */
export function assignRequestId(request: IncomingMessage, response: ServerResponse): string {
  if (request.requestId !== undefined) return request.requestId;
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();
  request.requestId = id;
  response.setHeader('X-Request-Id', id);
  return id;
}

/** The id that assignRequestId gave. */
export const requestIdOf = (request: IncomingMessage): string => request.requestId ?? 'none';

declare module 'node:http' {
  interface IncomingMessage {
    requestId?: string;
  }
}
