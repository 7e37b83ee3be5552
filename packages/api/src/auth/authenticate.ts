import { createHash, timingSafeEqual } from 'node:crypto';
import type { Database } from '@plinth/db';
import { ApiError } from '../errors.js';
import type { Access } from '../route.js';
import type { AccessTokens } from './access-tokens.js';
import { looksLikeApiKey } from './api-key-format.js';
import type { KeyStates } from './key-state.js';
import type { KeyUses } from './key-uses.js';
import { type Principal, sessionOf } from './principal.js';
import { ownScope } from './scopes.js';
import type { UserStates } from './user-state.js';

/** Who counts as an operator. */
export interface Operators {
  opsToken: string | undefined;
  /** Whether operator routes are open where no OPS_TOKEN is set: outside production only. */
  opsOpen: boolean;
}

/** What authentication needs. */
export interface Authentication extends Operators {
  accessTokens: AccessTokens;
  userStates: UserStates;
  keyStates: KeyStates;
  keyUses: KeyUses;
}

/** What a request says about who it is from. */
export interface Credentials {
  method: string;
  authorization: string | undefined;
  /** X-API-Key. */
  apiKey: string | undefined;
}

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="plinth"' };
const refused = (detail: string, cause?: unknown) =>
  new ApiError('unauthenticated', detail, { headers: CHALLENGE, cause });

function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/=-]{1,4096})$/i.exec(authorization ?? '')?.[1];
}

/** Compares in constant time, whatever the lengths. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Whether an Authorization header carries this token. */
export function presentsToken(authorization: string | undefined, wanted: string): boolean {
  const token = bearerOf(authorization);
  return token !== undefined && sameSecret(token, wanted);
}

/** Whether an Authorization header opens the operators' routes. */
export function isOperator(authorization: string | undefined, { opsToken, opsOpen }: Operators): boolean {
  return opsToken === undefined ? opsOpen : presentsToken(authorization, opsToken);
}

/**
 * Lets a request through a route's access rule, or throws ApiError `unauthenticated` or `forbidden`. Answers
 * who it is from, undefined on public routes and for operators.
 */
export async function authenticate(
  access: Access,
  { method, authorization, apiKey }: Credentials,
  database: () => Database,
  authentication: Authentication,
): Promise<Principal | undefined> {
  if (access.kind === 'public') return undefined;
  if (access.kind === 'permissions' && access.operators && isOperator(authorization, authentication))
    return undefined;
  const token = authorization === undefined ? apiKey : bearerOf(authorization);
  if (token === undefined)
    throw refused('send an access token (Authorization: Bearer ...) or an API key (X-API-Key)');
  const principal = looksLikeApiKey(token)
    ? await byApiKey(token, database(), authentication)
    : await byAccessToken(token, authentication);
  permit(access, method, principal);
  return principal;
}

async function byAccessToken(
  token: string,
  { accessTokens, userStates }: Authentication,
): Promise<Principal> {
  const claims = await accessTokens.verify(token).catch((error: ApiError) => {
    throw refused(error.message, error.cause);
  });
  const principal = await userStates(claims);
  if (principal === undefined) throw refused('the access token was revoked');
  return principal;
}

async function byApiKey(
  key: string,
  database: Database,
  { keyStates, keyUses }: Authentication,
): Promise<Principal> {
  const principal = await keyStates(key);
  if (principal === undefined) throw refused('the API key is not valid, has expired or was revoked');
  if (principal.proof.kind === 'api_key')
    keyUses(database, { keyId: principal.proof.keyId, userId: principal.userId });
  return principal;
}

/** Throws ApiError `forbidden` when the rule asks for more than the caller has. */
function permit(access: Exclude<Access, { kind: 'public' }>, method: string, caller: Principal): void {
  const needed: readonly string[] =
    access.kind === 'permissions' ? access.all : caller.proof.kind === 'api_key' ? [ownScope(method)] : [];
  if (access.kind === 'signed_in' && access.inPerson) sessionOf(caller);
  const missing = needed.filter((permission) => !caller.permissions.has(permission));
  if (missing.length > 0) throw new ApiError('forbidden', `needs ${missing.join(', ')}`);
}
