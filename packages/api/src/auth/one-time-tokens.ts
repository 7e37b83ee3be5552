import {
  findEmailVerification,
  findPasswordReset,
  type Handle,
  type Sql,
  type SqlTransaction,
} from '@plinth/db';
import { actAs } from './act-as.js';
import { hashOf, newToken } from './secret-token.js';

const VERIFICATION_TTL_H = 24;
const RESET_TTL_H = 1;

/** A token for the acting user that proves, when it comes back, that mail to `email` is read. Earlier ones end. */
export async function issueVerification(sql: Sql, userId: string, email: string): Promise<string> {
  const token = newToken();
  await sql.none(
    'update email_verification_tokens set used_at = now() where user_id = $1 and used_at is null',
    [userId],
  );
  await sql.none(
    `insert into email_verification_tokens (user_id, email, token_hash, expires_at, created_by)
     values ($1, $2, $3, now() + make_interval(hours => $4), $1)`,
    [userId, email, hashOf(token), VERIFICATION_TTL_H],
  );
  return token;
}

/** A token for the acting user that allows to set a new password. Earlier ones end. */
export async function issueReset(sql: Sql, userId: string): Promise<string> {
  const token = newToken();
  await sql.none('update password_reset_tokens set used_at = now() where user_id = $1 and used_at is null', [
    userId,
  ]);
  await sql.none(
    `insert into password_reset_tokens (user_id, token_hash, expires_at, created_by)
     values ($1, $2, now() + make_interval(hours => $3), $1)`,
    [userId, hashOf(token), RESET_TTL_H],
  );
  return token;
}

/** Uses up a verification token; from here on the transaction is its user's. Null when it is unknown, used or expired. */
export async function useVerification(
  sql: SqlTransaction,
  token: string,
): Promise<{ userId: string; email: string } | null> {
  const hash = hashOf(token);
  const owner = await findEmailVerification(sql, hash);
  if (owner === null) return null;
  await actAs(sql, owner.userId);
  // One statement: of two requests with the same token, one finds it used.
  return sql.oneOrNone<{ userId: string; email: string }>(
    `update email_verification_tokens set used_at = now()
      where token_hash = $1 and used_at is null and expires_at > now() returning user_id as "userId", email`,
    [hash],
  );
}

/** Whether a reset token could be used now. Asked before a password is hashed: a made-up token must cost us nothing. */
export async function isUsableReset(handle: Handle, token: string): Promise<boolean> {
  const found = await findPasswordReset(handle, hashOf(token));
  return found !== null && found.usedAt === null && found.expiresAt > new Date();
}

/** Uses up a reset token, likewise. Answers whose it is. */
export async function useReset(sql: SqlTransaction, token: string): Promise<string | null> {
  const hash = hashOf(token);
  const owner = await findPasswordReset(sql, hash);
  if (owner === null) return null;
  await actAs(sql, owner.userId);
  const used = await sql.none(
    'update password_reset_tokens set used_at = now() where token_hash = $1 and used_at is null and expires_at > now()',
    [hash],
  );
  return used === 1 ? owner.userId : null;
}
