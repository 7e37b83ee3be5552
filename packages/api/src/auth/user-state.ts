import type { Database } from '@plinth/db';
import type { Claims } from './access-tokens.js';
import type { Principal } from './principal.js';
import { createShortMemory } from './short-memory.js';

/** Looks up the user behind a token; null when the token may not be used any more. */
export type UserStates = (database: Database, claims: Claims) => Promise<Principal | null>;

interface StateRow {
  tokensValidAfter: Date;
  isActive: boolean;
  revoked: boolean;
  roles: string[];
  permissions: string[];
}

// token_blacklist names single tokens and whole sign-ins.
const STATE = `
select u.is_active as "isActive", u.tokens_valid_after as "tokensValidAfter",
       exists (select from token_blacklist b where b.jti in ($2, $3)) as revoked,
       coalesce((select array_agg(r.role order by r.role) from user_roles r where r.user_id = u.id), '{}') as roles,
       coalesce((select array_agg(distinct p) from user_roles r, unnest(r.permissions) p where r.user_id = u.id), '{}') as permissions
  from users u
 where u.id = $1 and u.deleted_at is null`;

async function readState(database: Database, claims: Claims): Promise<Principal | null> {
  const { userId, tokenId, familyId, issuedAtMs } = claims;
  const row = await database.oneOrNone<StateRow>(STATE, [userId, tokenId, familyId]);
  if (row === null || !row.isActive || row.revoked) return null;
  // One millisecond of grace: timestamptz(3) rounds up, Date cuts off.
  if (issuedAtMs + 1 < row.tokensValidAfter.getTime()) return null;
  const proof = { kind: 'session', tokenId, familyId, issuedAtMs } as const;
  return { userId, proof, roles: row.roles, permissions: new Set(row.permissions) };
}

/** One query per token and second. Fails closed. */
export function createUserStates(now?: () => number): UserStates {
  const memory = createShortMemory<Principal | null>(now);
  return (database, claims) => memory(claims.tokenId, () => readState(database, claims));
}
