import { type Actor, type Database, publishEvent, type Transaction } from '@plinth/db';
import { z } from 'zod';
import type { Permission } from './auth/permissions.js';
import type { Principal } from './auth/principal.js';
import type { Device } from './auth/sessions.js';
import type { ConstraintMeanings } from './errors.js';
import type { IfMatch } from './etag.js';
import { type IdempotencyRequest, runIdempotently } from './idempotency.js';
import type { Services } from './services.js';

/** Who may call a route. There is no default: a route without a rule does not compile. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed_in'; readonly inPerson?: true }
  | { readonly kind: 'permissions'; readonly all: readonly Permission[]; readonly operators?: true };

export const anyone = { kind: 'public' } as const satisfies Access;
export const signedIn = { kind: 'signed_in' } as const satisfies Access;
/** Signed in with an access token: what an API key must not do, such as making another key. */
export const inPerson = { kind: 'signed_in', inPerson: true } as const satisfies Access;
export const requires = (...all: [Permission, ...Permission[]]) =>
  ({ kind: 'permissions', all }) as const satisfies Access;
/** The same, or the operators' token, which needs no database to be checked. */
export const requiresOrOperator = (...all: [Permission, ...Permission[]]) =>
  ({ kind: 'permissions', all, operators: true }) as const satisfies Access;

/** What a handler gets. Everything in it is validated. */
export interface Context<A extends Access = Access, P = unknown, Q = unknown, B = unknown> {
  readonly requestId: string;
  readonly services: Services;
  /** Throws ApiError `unavailable` while the database has not been opened. */
  readonly database: Database;
  readonly principal: A extends { operators: true }
    ? Principal | undefined
    : A extends { kind: 'signed_in' | 'permissions' }
      ? Principal
      : undefined;
  /** For transactions that act on the caller's behalf. */
  readonly actor: Actor;
  readonly device: Device;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The versions that If-Match allows; on routes with `ifMatch` only. */
  readonly ifMatch: IfMatch;
  readonly idempotency: IdempotencyRequest | undefined;
  /** Adds a header to the answer. */
  setHeader(name: string, value: string): void;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a route answers in, when not JSON. The handler then answers an iterable of text, or a Readable, which is streamed. */
export type Media = 'text/csv' | 'application/x-ndjson' | 'text/html' | 'text/event-stream';

/** A route without its code: all that documents, matrices and fuzzers need. */
export interface RouteFacts {
  readonly method: Method;
  /** Express path, such as /v1/artists/:id. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  /** Undefined: 204, no body; of a route with `media`, the schema of one line where it has one. */
  readonly response: z.ZodType | undefined;
  readonly media: Media | undefined;
  /** Reads a body sent as text/csv into what `body` validates; absent where only JSON is taken. */
  readonly parseCsv: ((text: string) => unknown) | undefined;
  /** Where a new thing is to be found: this path and its id; the route's own path unless told. */
  readonly location: string | undefined;
  /** Of success: 200, 201 for creations, 204 without a response. */
  readonly status: number;
  /** The answer carries the ETag of its `version`. */
  readonly versioned: boolean;
  /** Needs If-Match. */
  readonly ifMatch: boolean;
  /** Takes Idempotency-Key. */
  readonly idempotent: boolean;
  /** The type of event that it tells the caller's webhooks of, with its answer (or its parameters where it answers nothing). */
  readonly event: string | undefined;
  readonly constraints: ConstraintMeanings;
  /** Statuses of failures that its method and parts do not tell. */
  readonly failures: readonly number[];
}

export interface Route extends RouteFacts {
  handle(context: Context): Promise<object | undefined>;
}

const nothing = z.strictObject({});

/** A route as written down. `handler` answers the body, which is checked against `response` outside production. */
interface RouteSpec<A extends Access, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  method: Method;
  path: string;
  summary: string;
  access: A;
  params?: P;
  query?: Q;
  body?: B;
  response?: z.ZodType;
  media?: Media;
  parseCsv?: (text: string) => unknown;
  /** Answers 201; a path tells where the new thing is, when it is not below this one. */
  created?: boolean | string;
  versioned?: boolean;
  ifMatch?: boolean;
  event?: string;
  constraints?: ConstraintMeanings;
  failures?: readonly number[];
}

type Handled<A extends Access, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Context<
  A,
  z.output<P>,
  z.output<Q>,
  z.output<B>
>;

/** Writes a route down. */
export function defineRoute<
  A extends Access,
  P extends z.ZodType = typeof nothing,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = z.ZodUndefined,
>(
  spec: RouteSpec<A, P, Q, B> & {
    idempotent?: boolean;
    handler(context: Handled<A, P, Q, B>): Promise<object | undefined>;
  },
): Route {
  const {
    method,
    path,
    summary,
    access,
    params = nothing,
    query = nothing,
    body,
    response,
    created,
    handler,
  } = spec;
  return {
    method,
    path,
    summary,
    access,
    params,
    query,
    body,
    response,
    location: typeof created === 'string' ? created : undefined,
    status: created ? 201 : response || spec.media ? 200 : 204,
    media: spec.media,
    parseCsv: spec.parseCsv,
    versioned: spec.versioned ?? false,
    ifMatch: spec.ifMatch ?? false,
    idempotent: spec.idempotent ?? false,
    event: spec.event,
    constraints: spec.constraints ?? {},
    failures: spec.failures ?? [],
    // The pipeline validates with the very schemas that give the handler its types.
    handle: (context) => handler(context as Handled<A, P, Q, B>),
  };
}

/**
 * Writes down a route that changes data for a signed-in caller. Its handler runs in one transaction as that
 * user; a POST takes an Idempotency-Key, kept in the same transaction as what it did.
 */
export function defineWrite<
  A extends Exclude<Access, { kind: 'public' }>,
  P extends z.ZodType = typeof nothing,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = z.ZodUndefined,
>(
  spec: RouteSpec<A, P, Q, B> & {
    handler(context: Handled<A, P, Q, B>, tx: Transaction): Promise<object | undefined>;
  },
): Route {
  const { handler, ...rest } = spec;
  async function write(context: Handled<A, P, Q, B>, tx: Transaction): Promise<object | undefined> {
    const answer = await handler(context, tx);
    if (spec.event !== undefined) {
      const { userId } = context.principal as Principal;
      const data = answer ?? (context.params as object);
      await publishEvent(tx.sql, { userId, type: spec.event, data });
    }
    return answer;
  }
  return defineRoute<A, P, Q, B>({
    ...rest,
    idempotent: spec.method === 'POST',
    handler: (context) =>
      context.database.withActor(context.actor, (tx) =>
        context.idempotency
          ? runIdempotently(tx, context.idempotency, context.setHeader, () => write(context, tx))
          : write(context, tx),
      ),
  });
}
