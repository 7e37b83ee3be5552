import { createCache, type Database } from '@plinth/db';
import type { Claims } from './access-tokens.js';
import type { Principal } from './principal.js';
import { MAX_STATES, STATE_TTL_MS, type StateOptions } from './state-cache.js';

/** Looks up the user behind a token; undefined when the token may not be used any more. */
export type UserStates = (claims: Claims) => Promise<Principal | undefined>;

interface StateRow {
  tokensValidAfter: Date;
  isActive: boolean;
  revoked: boolean;
  roles: string[];
  permissions: string[];
}

const STATE = `
select u.is_active as "isActive", u.tokens_valid_after as "tokensValidAfter",
       exists (select from token_blacklist b where b.jti in ($2, $3)) as revoked,
       coalesce((select array_agg(r.role order by r.role) from user_roles r where r.user_id = u.id), '{}') as roles,
       coalesce((select array_agg(distinct p) from user_roles r, unnest(r.permissions) p where r.user_id = u.id), '{}') as permissions
  from users u
 where u.id = $1 and u.deleted_at is null`;

/** Of a token's claims, all that its state depends on. */
type Known = Omit<Claims, 'expiresAtMs'>;

async function readState(database: Database, claims: Known): Promise<Principal | undefined> {
  const { userId, tokenId, familyId, issuedAtMs } = claims;
  const row = await database.oneOrNone<StateRow>(STATE, [userId, tokenId, familyId]);
  if (row === null || !row.isActive || row.revoked) return undefined;
  // One millisecond of grace: timestamptz(3) rounds up, Date cuts off.
  if (issuedAtMs + 1 < row.tokensValidAfter.getTime()) return undefined;
  const proof = { kind: 'session', tokenId, familyId, issuedAtMs } as const;
  return { userId, proof, roles: row.roles, permissions: new Set(row.permissions) };
}

/** The key tells all of it, the user first. */
const keyOf = ({ userId, tokenId, familyId, issuedAtMs }: Known) =>
  `${userId} ${tokenId} ${familyId} ${issuedAtMs}`;

function claimsOf(key: string): Known {
  const [userId = '', tokenId = '', familyId = '', issuedAtMs] = key.split(' ');
  return { userId, tokenId, familyId, issuedAtMs: Number(issuedAtMs) };
}

/** One query per token and second. Fails closed. */
export function createUserStates(options: StateOptions): UserStates {
  const { database, invalidations, ttlMs = STATE_TTL_MS } = options;
  const ofUser = (userId: string, _state: Principal, key: string) => key.startsWith(userId);
  const cache = createCache<Principal>({
    maxEntries: MAX_STATES,
    ttlMs,
    name: 'user states',
    invalidations,
    load: (key) => readState(database(), claimsOf(key)),
    drops: {
      users: ofUser,
      role_assignments: ofUser,
      roles: 'all',
      // It names single tokens and whole sign-ins.
      token_blacklist: (revoked, _state, key) => key.includes(revoked),
    },
  });
  return (claims) => cache.get(keyOf(claims));
}
