import {
  type FieldCipher,
  findOauthAccount,
  newRowId,
  oauthAccounts,
  type Row,
  recordSecurityEvent,
  type SqlTransaction,
} from '@plinth/db';
import { ApiError } from '../../errors.js';
import { actAs } from '../act-as.js';
import { createUser } from '../create-user.js';
import { type Device, deviceOf, type IssuedSession, insertSession } from '../sessions.js';
import type { ProviderTokens } from './exchange.js';
import type { Identity, ProviderName } from './providers.js';

/** A proof from a provider, to be acted on. */
export interface Proof {
  provider: ProviderName;
  identity: Identity;
  tokens: ProviderTokens;
}

/** Keeps the account of the acting user with its tokens encrypted: a new row, or the row there is. */
async function saveAccount(
  sql: SqlTransaction,
  cipher: FieldCipher,
  userId: string,
  { provider, identity, tokens }: Proof,
  known: Row<'OauthAccount'> | null,
): Promise<Row<'OauthAccount'>> {
  const id = known?.id ?? newRowId();
  const values = {
    email: identity.email,
    scopes: tokens.scopes,
    tokenExpiresAt: tokens.expiresAt,
    ...cipher.encryptFields('oauth_accounts', id, {
      accessTokenEnc: tokens.accessToken,
      refreshTokenEnc: tokens.refreshToken,
    }),
  };
  if (known !== null) return oauthAccounts.update(sql, id, values, undefined);
  return oauthAccounts.create(sql, {
    id,
    userId,
    provider,
    providerAccountId: identity.accountId,
    ...values,
  });
}

/**
 * Signs in whoever the provider names, and registers who is new. An account is never found by its e-mail: whoever
 * registered a stranger's address first would share the stranger's account. Throws ApiError `conflict` when the
 * address has an account, `unprocessable` without a confirmed address, `forbidden` for a closed account.
 */
export async function signInWith(
  sql: SqlTransaction,
  cipher: FieldCipher,
  proof: Proof,
  device: Device,
): Promise<IssuedSession> {
  const { provider, identity } = proof;
  const known = await findOauthAccount(sql, provider, identity.accountId);
  if (known !== null) {
    await actAs(sql, known.userId);
    const open = await sql.oneOrNone(
      'select 1 from users where id = $1 and is_active and deleted_at is null for update',
      [known.userId],
    );
    if (open === null) throw new ApiError('forbidden', 'the account is closed or deactivated');
    await saveAccount(sql, cipher, known.userId, proof, known);
    return insertSession(sql, known.userId, device, provider);
  }
  const email = identity.email?.trim().toLowerCase();
  if (email === undefined)
    throw new ApiError('unprocessable', `${provider} confirms no e-mail address of this account`);
  const fullName = identity.fullName?.trim().slice(0, 200) || email.slice(0, 200);
  const userId = await createUser(sql, { email, fullName, passwordHash: null, emailVerified: true });
  if (userId === null)
    throw new ApiError('conflict', `the address has an account: sign in there, then link ${provider}`);
  await saveAccount(sql, cipher, userId, proof, null);
  await recordSecurityEvent(sql, { type: 'account.registered', ...deviceOf(device), details: { provider } });
  return insertSession(sql, userId, device, provider);
}

/** Links the provider's account to the acting user. Throws ApiError `conflict` when it is somebody else's. */
export async function linkAccount(
  sql: SqlTransaction,
  cipher: FieldCipher,
  userId: string,
  proof: Proof,
  device: Device,
): Promise<Row<'OauthAccount'>> {
  const known = await findOauthAccount(sql, proof.provider, proof.identity.accountId);
  if (known !== null && known.userId !== userId)
    throw new ApiError('conflict', `this ${proof.provider} account is linked to another user`);
  const saved = await saveAccount(sql, cipher, userId, proof, known);
  if (known === null)
    await recordSecurityEvent(sql, {
      type: 'oauth.linked',
      ...deviceOf(device),
      details: { provider: proof.provider },
    });
  return saved;
}

/** Unlinks one of the acting user's accounts. Throws ApiError `not_found`, or `conflict` for the last way to sign in. */
export async function unlinkAccount(
  sql: SqlTransaction,
  userId: string,
  accountId: string,
  device: Device,
): Promise<void> {
  // Locked: two accounts unlinked at once must not both be the last but one.
  const { hasPassword } = await sql.one<{ hasPassword: boolean }>(
    'select password_hash is not null as "hasPassword" from users where id = $1 for update',
    [userId],
  );
  const linked = await sql.query<{ id: string; provider: string }>(
    'select id, provider from oauth_accounts where user_id = $1',
    [userId],
  );
  const account = linked.find(({ id }) => id === accountId);
  if (account === undefined) throw new ApiError('not_found', 'you have no linked account with this id');
  if (!hasPassword && linked.length === 1)
    throw new ApiError('conflict', 'this is the last way to sign in: set a password first');
  await sql.none('delete from oauth_accounts where id = $1', [accountId]);
  await recordSecurityEvent(sql, {
    type: 'oauth.unlinked',
    ...deviceOf(device),
    details: { provider: account.provider },
  });
}
