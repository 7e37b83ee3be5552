import {
  type Database,
  MAX_PASSWORD_LENGTH,
  recordSecurityEvent,
  type Sql,
  verifyPassword,
} from '@plinth/db';
import { ApiError } from '../errors.js';
import { text } from '../fields.js';
import type { Context } from '../route.js';
import { type Principal, sessionOf } from './principal.js';
import { take } from './rate-limit.js';
import { type Device, deviceOf, endAllSessions } from './sessions.js';

/** NIST SP 800-63B: length is what counts. */
const MIN_PASSWORD_LENGTH = 8;

/** A password to be set. Hashing folds encodings of one text to one, which makes some of them longer. */
export const newPassword = text(MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH).refine(
  (password) => password.normalize('NFKC').length <= MAX_PASSWORD_LENGTH,
  `is longer than ${MAX_PASSWORD_LENGTH} characters once its ligatures are written out`,
);
/** A password to be compared. */
export const anyPassword = text(MAX_PASSWORD_LENGTH);

/**
 * Sets the acting user's password, signs out every device, makes reset tokens useless and records it. API keys stay:
 * they are listed, and revoked, by themselves.
 */
export async function setPassword(
  sql: Sql,
  userId: string,
  passwordHash: string,
  device: Device,
  how: 'changed' | 'reset',
): Promise<void> {
  await sql.none('update users set password_hash = $2, updated_by = $1 where id = $1', [
    userId,
    passwordHash,
  ]);
  await endAllSessions(sql, userId);
  await sql.none('update password_reset_tokens set used_at = now() where user_id = $1 and used_at is null', [
    userId,
  ]);
  // An address that an intruder asked for must not arrive after the owner took the account back.
  await sql.none(
    'update email_verification_tokens set used_at = now() where user_id = $1 and used_at is null and email <> (select email from users where id = $1)',
    [userId],
  );
  await recordSecurityEvent(sql, {
    type: 'password.changed',
    severity: 'warning',
    ...deviceOf(device),
    details: { how },
  });
}

type Confirming = Pick<Context, 'database' | 'services' | 'setHeader' | 'actor' | 'device'>;

/**
 * Makes sure that the caller knows the password of the account, before something that a stolen access token must not
 * suffice for. Answers the hash that it was compared with. Throws ApiError `wrong_password` or `rate_limited`.
 */
export async function confirmPassword(
  { database, services, setHeader, actor, device }: Confirming,
  userId: string,
  password: string,
): Promise<string> {
  await take(services.limits, 'confirmPassword', userId, setHeader);
  const stored = await passwordHashOf(database, userId);
  const matches = await verifyPassword(stored, password, services.passwordPepper);
  if (stored !== null && matches) return stored;
  await database.tx(
    (sql) => recordSecurityEvent(sql, { type: 'password.refused', severity: 'warning', ...deviceOf(device) }),
    actor,
  );
  throw new ApiError('wrong_password');
}

/** How fresh a sign-in has to be where it stands in for a password. */
const FRESH_MINUTES = 15;
const STALE = `the sign-in is older than ${FRESH_MINUTES} minutes`;

async function isFresh({ database, actor }: Confirming, principal: Principal): Promise<boolean> {
  const fresh = await database.tx(
    (sql) =>
      sql.oneOrNone(
        'select 1 from sessions where user_id = $1 and family_id = $2 having min(created_at) > now() - make_interval(mins => $3)',
        [principal.userId, sessionOf(principal).familyId, FRESH_MINUTES],
      ),
    actor,
  );
  return fresh !== null;
}

/**
 * Makes sure that it is the person who asks for what cannot be undone: by the password or, for an account without
 * one, by a sign-in of the last 15 minutes. Throws ApiError `wrong_password`, `forbidden` or `rate_limited`.
 */
export async function confirmPerson(
  context: Confirming,
  principal: Principal,
  password: string | undefined,
): Promise<void> {
  const { userId } = principal;
  if ((await passwordHashOf(context.database, userId)) !== null) {
    if (password === undefined) throw new ApiError('wrong_password', 'send the password of the account');
    await confirmPassword(context, userId, password);
    return;
  }
  if (!(await isFresh(context, principal))) throw new ApiError('forbidden', `sign in anew: ${STALE}`);
}

/**
 * Makes sure that no stolen access token makes itself a way in that lasts: a sign-in of the last 15 minutes, or the
 * password. Throws ApiError `forbidden`, `wrong_password` or `rate_limited`.
 */
export async function confirmRecent(
  context: Confirming,
  principal: Principal,
  password: string | undefined,
): Promise<void> {
  if (password !== undefined) await confirmPassword(context, principal.userId, password);
  else if (!(await isFresh(context, principal)))
    throw new ApiError('forbidden', `sign in anew, or send the password: ${STALE}`);
}

/** The stored hash; null for an account that has no password. */
async function passwordHashOf(database: Database, userId: string): Promise<string | null> {
  const user = await database.oneOrNone<{ passwordHash: string | null }>(
    'select password_hash as "passwordHash" from users where id = $1 and deleted_at is null',
    [userId],
  );
  return user?.passwordHash ?? null;
}
