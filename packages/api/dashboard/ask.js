import { heardTime } from './clock.js';
import { authorization, forgetCredentials, keepCredentials, readCredentials } from './credentials.js';

/** An answer that is no success, or none at all (`status` 0: Plinth cannot be reached). */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Sends a request and answers the response, once it is a success. An access token that has run out is renewed once.
 * Throws Refusal.
 * @param {string} path
 * @param {{ method?: string, body?: unknown, signal?: AbortSignal }} [request]
 */
export async function send(path, request = {}) {
  const response = await attempt(path, request);
  if (response.status === 401 && (await renew())) return succeed(await attempt(path, request));
  return succeed(response);
}

/**
 * The same, with the body parsed.
 * @param {string} path
 * @param {{ method?: string, body?: unknown, signal?: AbortSignal }} [request]
 * @returns {Promise<any>}
 */
export async function ask(path, request) {
  const response = await send(path, request);
  return response.status === 204 ? undefined : await readJson(response);
}

/**
 * The body of an answer, parsed. Throws Refusal for one that breaks off, and for what is no answer of Plinth's: proxies
 * have pages of their own.
 * @param {Response} response
 * @returns {Promise<any>}
 */
export const readJson = (response) =>
  response.json().catch(() => {
    throw new Refusal(0, 'unreadable', `an answer that cannot be read, status ${response.status}`);
  });

/**
 * Sends a request once and answers the response, whatever its status. Throws Refusal where none comes.
 * @param {string} path
 * @param {{ method?: string, body?: unknown, signal?: AbortSignal }} [request]
 */
export async function attempt(path, { method = 'GET', body, signal } = {}) {
  const headers = {
    ...authorization(),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    credentials: 'omit',
    cache: 'no-store',
    signal: signal ?? AbortSignal.timeout(15_000),
  }).catch((error) => {
    throw new Refusal(0, 'unreachable', error.name === 'TimeoutError' ? 'no answer in time' : 'no answer');
  });
  heardTime(response.headers.get('date'));
  return response;
}

/** @param {Response} response */
async function succeed(response) {
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(
    response.status,
    problem.code ?? 'unknown',
    problem.detail ?? `status ${response.status}`,
  );
}

/** @type {Promise<boolean> | undefined} */
let renewing;

/** Exchanges the refresh token, one time for all requests that wait for it: used twice, it would end the sign-in. */
function renew() {
  renewing ??= exchange().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

/** Whether there are new tokens now. Throws Refusal where that could not be found out. */
async function exchange() {
  const credentials = readCredentials();
  if (credentials?.kind !== 'person') return false;
  const { refreshToken, email } = credentials;
  const response = await attempt('/v1/auth/refresh', { method: 'POST', body: { refreshToken } });
  if (response.status >= 400 && response.status < 500) {
    forgetCredentials();
    return false;
  }
  // While the database is away nothing can be renewed: that is no refusal of who is signed in.
  keepPerson(await readJson(await succeed(response)), email);
  return true;
}

/**
 * @param {{ accessToken: string, refreshToken: string }} tokens
 * @param {string} email
 */
const keepPerson = ({ accessToken, refreshToken }, email) =>
  keepCredentials({ kind: 'person', accessToken, refreshToken, email });

/**
 * Signs in as a person. Throws Refusal.
 * @param {string} email
 * @param {string} password
 */
export async function signIn(email, password) {
  forgetCredentials();
  keepPerson(await ask('/v1/auth/sign-in', { method: 'POST', body: { email, password } }), email);
}

/** Ends the sign-in here and, where it is a person's, at the API. */
export async function signOut() {
  if (readCredentials()?.kind === 'person')
    await send('/v1/auth/sign-out', { method: 'POST' }).catch(() => {});
  forgetCredentials();
}
