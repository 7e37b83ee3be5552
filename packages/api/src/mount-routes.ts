import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Actor, Database } from '@plinth/db';
import express, { type Express, type Request, type Response } from 'express';
import type { z } from 'zod';
import { type Authentication, authenticate } from './auth/authenticate.js';
import type { Principal } from './auth/principal.js';
import { CallContext } from './call-context.js';
import { ApiError, type FieldError, toApiError } from './errors.js';
import { etagOf, etagOfWhole, knows, parseIfMatch } from './etag.js';
import { parseIdempotencyKey } from './idempotency.js';
import { createRouteMatcher } from './match-route.js';
import { pathOf } from './middleware/log-requests.js';
import { requestIdOf } from './middleware/request-id.js';
import type { Context, Route } from './route.js';
import type { Services } from './services.js';

/** What every route runs with. */
export interface RouteEnvironment {
  services: Services;
  authentication: Authentication;
  /** Throws ApiError `unavailable` while the database has not been opened. */
  database: () => Database;
  /** Check every answer against the route's schema: outside production. */
  checkAnswers: boolean;
}

const JSON_TYPES = ['application/json', 'application/*+json'];

/** Readers of bodies of at most so many bytes, once unpacked. */
const createParsers = (limit: number) => ({
  json: express.json({ limit, type: JSON_TYPES }),
  csv: express.text({ limit, type: 'text/csv' }),
});
const parsersBySize = new Map<number, ReturnType<typeof createParsers>>();

function parsersOf({ maxBodyBytes }: Route): ReturnType<typeof createParsers> {
  const parsers = parsersBySize.get(maxBodyBytes) ?? createParsers(maxBodyBytes);
  parsersBySize.set(maxBodyBytes, parsers);
  return parsers;
}

/** Serves the routes. Throws when two have the same method and path. */
export function mountRoutes(app: Express, routes: readonly Route[], environment: RouteEnvironment): void {
  const match = createRouteMatcher(routes);
  app.use((request, response, next) => {
    const found = match(pathOf(request));
    if (found === undefined) return next();
    const { byMethod, allow, path } = found.served;
    request.routeTemplate = path;
    const route = byMethod.get(request.method);
    if (route) return serve(route, found.params, request, response, environment);
    response.setHeader('Allow', allow);
    if (request.method !== 'OPTIONS') throw new ApiError('method_not_allowed', `use one of ${allow}`);
    response.status(204).end();
  });
}

async function serve(
  route: Route,
  params: Record<string, string>,
  request: Request,
  response: Response,
  environment: RouteEnvironment,
): Promise<void> {
  const requestId = requestIdOf(request);
  const { database, authentication } = environment;
  const credentials = {
    method: request.method,
    authorization: request.get('authorization'),
    apiKey: request.get('x-api-key'),
  };
  const principal = await authenticate(route.access, credentials, database, authentication);
  const body = route.body && validate('body', route.body, await readBody(route, request, response));
  const context = new CallContext(request, response, database, {
    requestId,
    services: environment.services,
    principal,
    actor: actorOf(principal, requestId),
    params: validate('path', route.params, params),
    // Taking a query apart costs even where there is none.
    query: validate('query', route.query, request.url.includes('?') ? request.query : {}),
    body,
    ifMatch: route.ifMatch ? parseIfMatch(request.get('if-match')) : [],
    idempotency: route.idempotent
      ? parseIdempotencyKey(request.get('idempotency-key'), {
          principal: `user:${principal?.userId}`,
          method: route.method,
          path: request.originalUrl,
          body,
          statusCode: route.status,
        })
      : undefined,
  });
  const answer = await route.handle(context as Context).catch((error: unknown) => {
    throw toApiError(error, route.constraints, { writes: route.method !== 'GET' });
  });
  if (route.media === 'text/event-stream') return streamEvents(answer as Readable, request, response);
  if (route.media) return stream(route.media, answer as AsyncIterable<string>, request, response);
  send(route, answer, request, response, environment.checkAnswers);
}

/**
 * Sends text as it comes, no faster than the client takes it. What fails before the first piece is a problem like any
 * other; what fails later breaks the connection off, so that nobody takes half an answer for a whole one.
 */
async function stream(
  media: string,
  answer: AsyncIterable<string>,
  request: Request,
  response: Response,
): Promise<void> {
  const pieces = answer[Symbol.asyncIterator]();
  // Whoever asks for the head alone does not make us read what is below it.
  const first = request.method === 'HEAD' ? undefined : await pieces.next();
  response.status(200);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', `${media}; charset=utf-8`);
  if (first === undefined) return void response.end();
  let failure: unknown;
  async function* all() {
    try {
      for (let piece = first; piece && !piece.done; piece = await read()) yield piece.value;
    } finally {
      await pieces.return?.();
    }
  }
  const read = () =>
    pieces.next().catch((error: unknown) => {
      failure = error;
      throw error;
    });
  await pipeline(Readable.from(all()), response).catch(() => {
    // Anything else is the client going away, which the request's own log line tells.
    if (failure !== undefined) throw failure;
  });
}

/** Sends events until either side ends the stream: that is the usual way, and no failure. */
async function streamEvents(events: Readable, request: Request, response: Response): Promise<void> {
  response.status(200);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  if (request.method === 'HEAD') {
    events.destroy();
    response.end();
    return;
  }
  // It counts as open, not as a request that took minutes.
  request.untimed = true;
  await pipeline(events, response).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

function actorOf(principal: Principal | undefined, requestId: string): Actor {
  if (principal === undefined) return { type: 'system', id: 'api', requestId };
  const { userId, proof } = principal;
  return proof.kind === 'api_key'
    ? { type: 'api_key', userId, id: proof.keyId, requestId }
    : { type: 'user', userId, requestId };
}

function send(
  route: Route,
  answer: object | undefined,
  request: Request,
  response: Response,
  check: boolean,
): void {
  response.status(route.status);
  response.setHeader('Cache-Control', route.versioned ? 'private, no-cache' : 'no-store');
  if (route.response === undefined) {
    response.end();
    return;
  }
  const text = JSON.stringify(answer);
  if (check) {
    const { error } = route.response.safeParse(JSON.parse(text));
    if (error)
      throw new Error(`${route.method} ${route.path} answers what its schema forbids: ${error.message}`);
  }
  if (route.versioned && answer && 'version' in answer) {
    const version = Number(answer.version);
    const etag = route.taggedWhole ? etagOfWhole(version, text) : etagOf(version);
    response.setHeader('ETag', etag);
    if (route.method === 'GET' && knows(request.get('if-none-match'), etag)) {
      response.status(304).end();
      return;
    }
  }
  if (route.status === 201 && answer && 'id' in answer)
    response.setHeader('Location', `${route.location ?? request.path}/${answer.id}`);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function readBody(route: Route, request: Request, response: Response): Promise<unknown> {
  const announced =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (announced && route.parseCsv && request.is('text/csv')) {
    await new Promise<void>((resolve, reject) =>
      parsersOf(route).csv(request, response, (error) => (error ? reject(error) : resolve())),
    );
    return route.parseCsv(String(request.body));
  }
  if (announced && !request.is(JSON_TYPES)) {
    throw new ApiError('unsupported_media_type', 'send Content-Type: application/json');
  }
  await new Promise<void>((resolve, reject) =>
    parsersOf(route).json(request, response, (error) => (error ? reject(error) : resolve())),
  );
  return request.body;
}

function validate(part: FieldError['in'], schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map((issue) => ({
    in: part,
    pointer: pointerOf(issue),
    code: issue.code ?? 'invalid',
    message: issue.message.slice(0, 200),
  }));
  throw new ApiError('invalid_request', undefined, { errors });
}

/** A JSON pointer (RFC 6901); for an unknown field, to that field. */
function pointerOf(issue: z.core.$ZodIssue): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  return path
    .map((part) => `/${String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
