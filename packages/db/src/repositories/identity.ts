import type { OauthProvider } from '../generated/prisma/enums.js';
import { type Handle, RUNNER, type Statement } from '../handle.js';
import { statementName } from '../sql.js';
import { fieldsOf, selectList } from './columns.js';
import type { ModelName, Row } from './model-types.js';
import { createRepository } from './repository.js';
import { topicStatement } from './topic-statement.js';

const userRows = createRepository({
  model: 'User',
  table: 'users',
  sorts: ['createdAt', 'id'],
  filters: ['email', 'isActive', 'subscriptionTier', 'createdAt', 'lastLoginAt', 'emailVerifiedAt'],
  uniques: [{ by: ['email'], where: 'deleted_at is null' }],
  json: ['settings'],
});

export const roles = createRepository({
  model: 'Role',
  table: 'roles',
  sorts: ['createdAt', 'id'],
  filters: ['name'],
  uniques: [{ by: ['name'] }],
});

const assignmentRows = createRepository({
  model: 'RoleAssignment',
  table: 'role_assignments',
  sorts: ['createdAt', 'id'],
  filters: ['userId', 'roleId', 'grantedBy', 'revokedAt', 'expiresAt'],
  uniques: [{ by: ['userId', 'roleId'], where: 'revoked_at is null' }],
});

export const oauthAccounts = createRepository({
  model: 'OauthAccount',
  table: 'oauth_accounts',
  owned: true,
  sorts: ['createdAt', 'id'],
  filters: ['userId', 'provider'],
  uniques: [{ by: ['provider', 'providerAccountId'] }],
});

const sessionRows = createRepository({
  model: 'Session',
  table: 'sessions',
  owned: true,
  sorts: ['createdAt', 'id'],
  filters: ['userId', 'familyId', 'revokedAt', 'rotatedAt', 'expiresAt'],
  uniques: [{ by: ['tokenHash'] }],
});

export const apiKeys = createRepository({
  model: 'ApiKey',
  table: 'api_keys',
  owned: true,
  sorts: ['createdAt', 'id'],
  filters: ['userId', 'revokedAt', 'expiresAt', 'name'],
  uniques: [{ by: ['keyHash'] }],
});

export const emailVerificationTokens = createRepository({
  model: 'EmailVerificationToken',
  table: 'email_verification_tokens',
  owned: true,
  sorts: ['id'],
  filters: ['userId', 'email', 'usedAt', 'expiresAt'],
  uniques: [{ by: ['tokenHash'] }],
});

export const passwordResetTokens = createRepository({
  model: 'PasswordResetToken',
  table: 'password_reset_tokens',
  owned: true,
  sorts: ['id'],
  filters: ['userId', 'usedAt', 'expiresAt'],
  uniques: [{ by: ['tokenHash'] }],
});

export const tokenBlacklist = createRepository({
  model: 'TokenBlacklist',
  table: 'token_blacklist',
  key: 'jti',
  sorts: ['jti'],
  filters: ['userId', 'expiresAt'],
  uniques: [{ by: ['jti'] }],
});

const REVOKE_SESSIONS = topicStatement('sessions.revokeAll', { write: true, owned: true })`
  update sessions set revoked_at = now() where user_id = $1 and revoked_at is null`;
const REVOKE_FAMILY = topicStatement('sessions.revokeFamily', { write: true, owned: true })`
  update sessions set revoked_at = now() where family_id = $1 and revoked_at is null`;

/** Ends every session of a user and refuses the access tokens issued so far. Answers how many sessions were open. */
async function signOutEverywhere(handle: Handle, userId: string): Promise<number> {
  return handle[RUNNER].transaction(async (tx) => {
    await userRows.update(tx, userId, { tokensValidAfter: new Date() }, undefined);
    return (await tx[RUNNER].run(REVOKE_SESSIONS, [userId])).rowCount;
  });
}

export const users = { ...userRows, signOutEverywhere };

/** Ends all sessions that descend from one sign-in; what the reuse of an old refresh token calls for. */
async function revokeFamily(handle: Handle, familyId: string): Promise<number> {
  return (await handle[RUNNER].run(REVOKE_FAMILY, [familyId])).rowCount;
}

export const sessions = { ...sessionRows, revokeFamily };

/** Gives a role to a user by the role's name; conflict when it is in force already, not_found without such a role. */
async function grant(
  handle: Handle,
  userId: string,
  roleName: string,
  terms: { reason?: string; expiresAt?: Date } = {},
): Promise<Row<'RoleAssignment'>> {
  return handle[RUNNER].transaction(async (tx) => {
    const { id: roleId } = await tx.one<{ id: string }>('select id from roles where name = $1', [roleName]);
    const expired =
      'update role_assignments set revoked_at = expires_at where user_id = $1 and role_id = $2 and revoked_at is null and expires_at <= now()';
    // An assignment that ended by itself still holds the place of the active one.
    await tx.none(expired, [userId, roleId]);
    const grantedBy = handle[RUNNER].actor?.userId;
    return assignmentRows.create(tx, { userId, roleId, ...(grantedBy ? { grantedBy } : {}), ...terms });
  });
}

const REVOKE_ROLE = topicStatement('role_assignments.revoke', { write: true })`
  update role_assignments a set revoked_at = now(), revoked_by = $3, updated_by = $3
    from roles r where r.id = a.role_id and a.user_id = $1 and r.name = $2 and a.revoked_at is null`;
const IN_FORCE = topicStatement('role_assignments.inForce')`
  select r.name, r.permissions, a.expires_at as "expiresAt" from role_assignments a join roles r on r.id = a.role_id
   where a.user_id = $1 and a.revoked_at is null and (a.expires_at is null or a.expires_at > now()) order by r.name`;

/** Takes a role away; answers whether the user had it. */
async function revoke(handle: Handle, userId: string, roleName: string): Promise<boolean> {
  const by = handle[RUNNER].actor?.userId ?? null;
  return (await handle[RUNNER].run(REVOKE_ROLE, [userId, roleName, by])).rowCount > 0;
}

/** The roles a user holds at this moment, with what they permit. */
async function inForce(
  handle: Handle,
  userId: string,
): Promise<{ name: string; permissions: string[]; expiresAt: Date | null }[]> {
  type Held = { name: string; permissions: string[]; expiresAt: Date | null };
  return (await handle[RUNNER].run<Held>(IN_FORCE, [userId])).rows;
}

export const roleAssignments = { ...assignmentRows, grant, revoke, inForce };

/** A look-up by secret before anybody is known: a definer function answers one row by its exact hash. */
function secretLookup<M extends ModelName>(model: M, name: string, parameters: string) {
  const text = `select ${selectList(fieldsOf(model))} from plinth.${name}(${parameters})`;
  const statement: Statement = {
    operation: name,
    text,
    name: statementName(text),
    write: false,
    owned: false,
  };
  return async (handle: Handle, ...values: unknown[]) =>
    (await handle[RUNNER].run<Row<M> & object>(statement, values)).rows[0] ?? null;
}

const sessionByHash = secretLookup('Session', 'find_session', '$1::bytea');
const apiKeyByHash = secretLookup('ApiKey', 'find_api_key', '$1::bytea');
const verificationByHash = secretLookup('EmailVerificationToken', 'find_email_verification', '$1::bytea');
const resetByHash = secretLookup('PasswordResetToken', 'find_password_reset', '$1::bytea');
const oauthByAccount = secretLookup('OauthAccount', 'find_oauth_account', '$1::oauth_provider, $2::text');

/** The session of a refresh token, by the token's SHA-256. */
export const findSession = (handle: Handle, tokenHash: Uint8Array) =>
  sessionByHash(handle, Buffer.from(tokenHash));
/** The API key by the SHA-256 of the key. */
export const findApiKey = (handle: Handle, keyHash: Uint8Array) => apiKeyByHash(handle, Buffer.from(keyHash));
/** The verification by the SHA-256 of its token. */
export const findEmailVerification = (handle: Handle, tokenHash: Uint8Array) =>
  verificationByHash(handle, Buffer.from(tokenHash));
/** The reset by the SHA-256 of its token. */
export const findPasswordReset = (handle: Handle, tokenHash: Uint8Array) =>
  resetByHash(handle, Buffer.from(tokenHash));
/** The linked account by the provider's subject id. */
export const findOauthAccount = (handle: Handle, provider: OauthProvider, accountId: string) =>
  oauthByAccount(handle, provider, accountId);
