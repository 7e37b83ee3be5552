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

/** @returns {Record<string, string>} */
export function authorization() {
  const credentials = readCredentials();
  if (credentials === null) return {};
  const token = credentials.kind === 'person' ? credentials.accessToken : credentials.token;
  return { Authorization: `Bearer ${token}` };
}
