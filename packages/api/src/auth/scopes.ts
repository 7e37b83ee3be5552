import { PERMISSIONS } from './permissions.js';

/** What an API key may be good for: permissions of its user, and reading or changing what is the user's own. */
export const SCOPES = [...PERMISSIONS, 'me:read', 'me:write'] as const;

export type Scope = (typeof SCOPES)[number];

/** The scope that a route about the caller's own things asks of an API key. */
export const ownScope = (method: string): Scope =>
  method === 'GET' || method === 'HEAD' ? 'me:read' : 'me:write';
