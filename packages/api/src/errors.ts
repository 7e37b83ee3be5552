import { DatabaseError, type DatabaseErrorCode, PlinthError } from '@plinth/db';

/** The one catalogue of what can go wrong over HTTP: code, status, title. Codes are a contract: never renamed. */
export const CATALOGUE = {
  invalid_request: [400, 'the request is not valid'],
  invalid_json: [400, 'the body is not JSON'],
  invalid_cursor: [400, 'the cursor does not belong to this list'],
  unauthenticated: [401, 'sign in first'],
  invalid_credentials: [401, 'e-mail or password is wrong'],
  invalid_refresh_token: [401, 'the refresh token is not valid'],
  invalid_token: [400, 'the token is not valid, was used or has expired'],
  forbidden: [403, 'a permission is missing'],
  wrong_password: [403, 'the password is wrong'],
  not_found: [404, 'there is no such thing'],
  method_not_allowed: [405, 'the method is not allowed here'],
  conflict: [409, 'the request collides with what exists'],
  idempotency_in_progress: [409, 'a request with this Idempotency-Key is in progress'],
  precondition_failed: [412, 'the resource has changed meanwhile'],
  body_too_large: [413, 'the body is too large'],
  unsupported_media_type: [415, 'the body is not of a supported type'],
  unprocessable: [422, 'a value breaks a rule'],
  idempotency_key_reused: [422, 'the Idempotency-Key was used for another request'],
  precondition_required: [428, 'an update needs If-Match'],
  rate_limited: [429, 'too many tries'],
  internal: [500, 'something went wrong on our side'],
  provider_failed: [502, 'the identity provider did not answer as it should'],
  unavailable: [503, 'the service cannot answer now'],
  outcome_unknown: [503, 'it is not known whether this was done'],
  timeout: [504, 'the answer took too long'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof CATALOGUE;

/** One thing wrong with a request: where (a JSON pointer into that part) and what. */
export interface FieldError {
  in: 'body' | 'query' | 'path' | 'header';
  pointer: string;
  code: string;
  message: string;
}

/** A failure that the client is told about. */
export class ApiError extends PlinthError {
  declare readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    detail: string = CATALOGUE[code][1],
    options: { errors?: readonly FieldError[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(code, detail, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'ApiError';
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

/** What each database failure means to a client, and after how many seconds to try again. */
const FROM_DATABASE: Record<DatabaseErrorCode, readonly [ErrorCode, retryAfterSeconds?: number]> = {
  not_found: ['not_found'],
  conflict: ['conflict'],
  version_conflict: ['precondition_failed'],
  foreign_key: ['conflict'],
  check_violation: ['unprocessable'],
  not_null: ['unprocessable'],
  invalid_value: ['invalid_request'],
  permission: ['forbidden'],
  serialization: ['unavailable', 1],
  plan_outdated: ['unavailable', 1],
  deadlock: ['unavailable', 1],
  lock_timeout: ['unavailable', 1],
  pool_exhausted: ['unavailable', 1],
  too_many_connections: ['unavailable', 2],
  connection_lost: ['unavailable', 1],
  unavailable: ['unavailable', 2],
  starting: ['unavailable', 2],
  read_only: ['unavailable', 5],
  disk_full: ['unavailable', 30],
  auth_failed: ['unavailable', 30],
  database_missing: ['unavailable', 30],
  tls_failed: ['unavailable', 30],
  query_timeout: ['timeout'],
  idle_timeout: ['timeout'],
  statement_invalid: ['internal'],
  internal: ['internal'],
};

/** What a broken constraint means on a route, by the constraint's name. */
export type ConstraintMeanings = Readonly<
  Record<string, { code: ErrorCode; pointer: string; message: string }>
>;

/** The server's answer never came: what was sent may have been committed. */
const isUnclear = ({ code, sqlstate }: DatabaseError): boolean =>
  code === 'connection_lost' || (code === 'query_timeout' && sqlstate === undefined);

/**
 * Turns whatever was thrown into the failure to answer with. Never carries database text along. With `writes`, a lost
 * answer becomes `outcome_unknown`, so that all other failures promise that nothing was done.
 */
export function toApiError(
  error: unknown,
  meanings: ConstraintMeanings = {},
  { writes = false } = {},
): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof PlinthError && error.code === 'password_busy') {
    return new ApiError('unavailable', 'too many sign-ins at once', {
      headers: { 'Retry-After': '1' },
      cause: error,
    });
  }
  if (!(error instanceof DatabaseError))
    return fromBodyParser(error) ?? new ApiError('internal', undefined, { cause: error });
  const meaning = error.constraint === undefined ? undefined : meanings[error.constraint];
  if (meaning) {
    const { code, pointer, message } = meaning;
    return new ApiError(code, message, { errors: [{ in: 'body', pointer, code, message }], cause: error });
  }
  if (writes && isUnclear(error)) {
    return new ApiError('outcome_unknown', undefined, { headers: { 'Retry-After': '1' }, cause: error });
  }
  const [code, retryAfter] = FROM_DATABASE[error.code];
  if (error.currentVersion !== undefined) {
    return new ApiError(code, `the version is ${error.currentVersion} now`, {
      cause: error,
      headers: { ETag: `"${error.currentVersion}"` },
    });
  }
  return new ApiError(code, undefined, {
    cause: error,
    ...(retryAfter === undefined ? {} : { headers: { 'Retry-After': String(retryAfter) } }),
  });
}

const BODY_PARSER: Record<string, ErrorCode> = {
  'entity.too.large': 'body_too_large',
  'entity.parse.failed': 'invalid_json',
  'charset.unsupported': 'unsupported_media_type',
  'encoding.unsupported': 'unsupported_media_type',
};

/** Express and body-parser mark the client's mistakes with a 4xx status; their messages quote the input. */
function fromBodyParser(error: unknown): ApiError | undefined {
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return new ApiError(BODY_PARSER[String(type)] ?? 'invalid_request', undefined, { cause: error });
}

/** The RFC 9457 body of a failure. */
export function toProblem(error: ApiError, instance: string, requestId: string): object {
  const [status, title] = CATALOGUE[error.code];
  return {
    type: `urn:plinth:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    instance,
    code: error.code,
    requestId,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
  };
}
