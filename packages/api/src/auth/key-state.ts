import { createCache, type Database } from '@plinth/db';
import { type KeyMode, parseApiKey } from './api-key-format.js';
import type { Principal } from './principal.js';
import { hashOf } from './secret-token.js';
import { MAX_STATES, STATE_TTL_MS, type StateOptions } from './state-cache.js';

/** Looks up the user behind an API key; undefined when the key may not be used. */
export type KeyStates = (key: string) => Promise<Principal | undefined>;

interface KeyRow {
  keyId: string;
  userId: string;
  roles: string[];
  scopes: string[];
  permissions: string[];
}

const STATE = `
select k.id as "keyId", k.user_id as "userId", k.scopes,
       coalesce((select array_agg(r.role order by r.role) from user_roles r where r.user_id = u.id), '{}') as roles,
       coalesce((select array_agg(distinct p) from user_roles r, unnest(r.permissions) p where r.user_id = u.id), '{}') as permissions
  from plinth.find_api_key($1) k join users u on u.id = k.user_id
 where k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) and u.is_active and u.deleted_at is null`;

async function readState(database: Database, hash: Buffer): Promise<Principal | undefined> {
  const row = await database.oneOrNone<KeyRow>(STATE, [hash]);
  if (row === null) return undefined;
  const { keyId, userId, roles, scopes } = row;
  // What the user lost, the key lost too.
  const held = new Set([...row.permissions, 'me:read', 'me:write']);
  const permissions = new Set(scopes.filter((scope) => held.has(scope)));
  return { userId, proof: { kind: 'api_key', keyId }, roles, permissions };
}

/** One query per key and second; none for what is no key of this mode. Fails closed. */
export function createKeyStates(mode: KeyMode, options: StateOptions): KeyStates {
  const { database, invalidations, ttlMs = STATE_TTL_MS } = options;
  const ofUser = (userId: string, state: Principal) => state.userId === userId;
  const cache = createCache<Principal>({
    maxEntries: MAX_STATES,
    ttlMs,
    name: 'key states',
    invalidations,
    load: (hash) => readState(database(), Buffer.from(hash, 'base64')),
    drops: {
      users: ofUser,
      role_assignments: ofUser,
      roles: 'all',
      api_keys: (keyId, { proof }) => proof.kind === 'api_key' && proof.keyId === keyId,
    },
  });
  return async (key) =>
    parseApiKey(key) === mode ? await cache.get(hashOf(key).toString('base64')) : undefined;
}
