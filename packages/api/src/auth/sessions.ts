import { randomUUID } from 'node:crypto';
import { type Database, findSession, recordSecurityEvent, type Sql } from '@plinth/db';
import { ACCESS_TOKEN_TTL_S } from './access-tokens.js';
import { actAs } from './act-as.js';
import { holdPassword } from './hold-password.js';
import { lockUser } from './lock-user.js';
import { hashOf, newToken } from './secret-token.js';

/** A sign-in's refresh token as handed out, once, and what an access token needs to know. */
export interface IssuedSession {
  userId: string;
  familyId: string;
  refreshToken: string;
  /** The database's clock. */
  issuedAt: Date;
}

/** Where a sign-in comes from, for the user's list of sessions. */
export interface Device {
  ip: string | undefined;
  userAgent: string | undefined;
}

/** A sign-in ends this long after it began, however often it was refreshed. */
const SESSION_TTL_DAYS = 30;

/** The device as a security event has it. */
export const deviceOf = ({ ip, userAgent }: Device): { ip?: string; userAgent?: string } => ({
  ...(ip === undefined ? {} : { ip }),
  ...(userAgent === undefined ? {} : { userAgent }),
});

/** Begins a session of the acting user: keeps the refresh token's hash, the moment and how the user proved who it is. */
export async function insertSession(
  sql: Sql,
  userId: string,
  device: Device,
  method: 'password' | 'google' | 'github',
): Promise<IssuedSession> {
  const refreshToken = newToken();
  const familyId = randomUUID();
  const { issuedAt } = await sql.one<{ issuedAt: Date }>(
    // Not now(): a transaction that ends older tokens may have begun before this one was made.
    `insert into sessions (user_id, token_hash, family_id, user_agent, ip_address, created_at, expires_at, created_by)
     values ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp() + make_interval(days => $6), $1)
     returning created_at as "issuedAt"`,
    [userId, hashOf(refreshToken), familyId, device.userAgent?.slice(0, 500), device.ip, SESSION_TTL_DAYS],
  );
  await sql.none('update users set last_login_at = now() where id = $1', [userId]);
  await recordSecurityEvent(sql, { type: 'sign_in.succeeded', ...deviceOf(device), details: { method } });
  return { userId, familyId, refreshToken, issuedAt };
}

/**
 * Begins a session after a password was compared with `passwordHash`, which `renewedHash` replaces where it is outdated.
 * Null when the account has another password by now, or was closed.
 */
export async function beginSession(
  database: Database,
  user: { id: string; passwordHash: string; renewedHash?: string },
  device: Device,
  requestId: string,
): Promise<IssuedSession | null> {
  return database.tx(
    async (sql) => {
      if (!(await holdPassword(sql, user.id, user.passwordHash))) return null;
      if (user.renewedHash !== undefined)
        await sql.none('update users set password_hash = $2 where id = $1', [user.id, user.renewedHash]);
      return insertSession(sql, user.id, device, 'password');
    },
    { type: 'user', userId: user.id, requestId },
  );
}

interface SessionRow {
  id: string;
  userId: string;
  familyId: string;
  spent: boolean;
  revoked: boolean;
  usable: boolean;
}

/**
 * Exchanges a refresh token for its successor. Null when it is unknown, expired or revoked. A token that was
 * exchanged before is in two hands: its whole family ends, and the user's access tokens with it.
 */
export async function rotateSession(
  database: Database,
  refreshToken: string,
  device: Device,
  requestId: string,
): Promise<IssuedSession | null> {
  // Whose token it is, is known only after the look.
  const actor = { type: 'system', id: 'refresh', requestId } as const;
  return database.tx(async (sql) => {
    const hash = hashOf(refreshToken);
    const owner = await findSession(sql, hash);
    if (owner === null) return null;
    await actAs(sql, owner.userId);
    // Whoever ends this sign-in now would not see the row that takes this one's place.
    await lockUser(sql, owner.userId);
    const session = await sql.oneOrNone<SessionRow>(
      `select s.id, s.user_id as "userId", s.family_id as "familyId", s.rotated_at is not null as spent, s.revoked_at is not null as revoked,
              s.revoked_at is null and s.expires_at > now() and u.is_active and u.deleted_at is null as usable
         from sessions s join users u on u.id = s.user_id
        where s.token_hash = $1`,
      [hash],
    );
    if (session === null) return null;
    // Of a family that has ended, an old token ends nothing more: it must not sign its user out again and again.
    if (session.spent && session.revoked) return null;
    if (session.spent) {
      await endFamily(sql, session.userId, session.familyId);
      await sql.none('update users set tokens_valid_after = clock_timestamp() where id = $1', [
        session.userId,
      ]);
      await recordSecurityEvent(sql, { type: 'refresh.reused', severity: 'warning', ...deviceOf(device) });
      return null;
    }
    return session.usable ? replace(sql, session, device) : null;
  }, actor);
}

async function replace(sql: Sql, session: SessionRow, device: Device): Promise<IssuedSession> {
  const refreshToken = newToken();
  await sql.none('update sessions set rotated_at = now(), last_used_at = now() where id = $1', [session.id]);
  const { issuedAt } = await sql.one<{ issuedAt: Date }>(
    `insert into sessions (user_id, token_hash, family_id, user_agent, ip_address, expires_at, created_by)
     select user_id, $2, family_id, $3, $4, expires_at, user_id from sessions where id = $1
     returning created_at as "issuedAt"`,
    [session.id, hashOf(refreshToken), device.userAgent?.slice(0, 500), device.ip],
  );
  return { userId: session.userId, familyId: session.familyId, refreshToken, issuedAt };
}

/** Ends the refresh tokens of one sign-in of the acting user, and its access tokens. Answers how many were open. */
export async function endFamily(sql: Sql, userId: string, familyId: string): Promise<number> {
  await lockUser(sql, userId);
  await sql.none(
    `insert into token_blacklist (jti, user_id, reason, expires_at)
     values ($1, $2, 'sign-in ended', now() + make_interval(secs => $3)) on conflict (jti) do nothing`,
    [familyId, userId, ACCESS_TOKEN_TTL_S + 60],
  );
  return sql.none(
    'update sessions set revoked_at = now() where user_id = $1 and family_id = $2 and revoked_at is null',
    [userId, familyId],
  );
}

/** Ends every sign-in of the acting user: refresh tokens and access tokens. Answers how many refresh tokens were open. */
export async function endAllSessions(sql: Sql, userId: string): Promise<number> {
  // The user's row first, as lockUser wants it.
  await sql.none('update users set tokens_valid_after = clock_timestamp() where id = $1', [userId]);
  return sql.none(
    'update sessions set revoked_at = now() where user_id = $1 and revoked_at is null and rotated_at is null',
    [userId],
  );
}
