// Who the page speaks for. Kept for this tab alone, and sent as a header: no cookie, so no other site can use it.
const KEY = 'plinth.dashboard.credentials';

/**
 * @typedef {{ kind: 'person', accessToken: string, refreshToken: string, email: string }
 *         | { kind: 'token', token: string }} Credentials
 */

/** @returns {Credentials | null} */
export function readCredentials() {
  const kept = sessionStorage.getItem(KEY);
  return kept === null ? null : JSON.parse(kept);
}

/** @param {Credentials} credentials */
export const keepCredentials = (credentials) => sessionStorage.setItem(KEY, JSON.stringify(credentials));

export const forgetCredentials = () => sessionStorage.removeItem(KEY);

/** Whether there is a person behind them: the operators' token is nobody's. */
export function hasPerson() {
  const credentials = readCredentials();
  return credentials !== null && (credentials.kind === 'person' || credentials.token.startsWith('plinth_'));
}

/** @returns {Record<string, string>} */
export function authorization() {
  const credentials = readCredentials();
  if (credentials === null) return {};
  const token = credentials.kind === 'person' ? credentials.accessToken : credentials.token;
  return { Authorization: `Bearer ${token}` };
}
