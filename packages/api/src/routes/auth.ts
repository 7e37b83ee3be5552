import { type Database, hashPassword, needsRehash, recordSecurityEvent, verifyPassword } from '@plinth/db';
import { z } from 'zod';
import { ACCESS_TOKEN_TTL_S, type AccessTokens } from '../auth/access-tokens.js';
import { anyPassword } from '../auth/passwords.js';
import { sessionOf } from '../auth/principal.js';
import { addressSubject, take } from '../auth/rate-limit.js';
import {
  beginSession,
  deviceOf,
  endAllSessions,
  endFamily,
  type IssuedSession,
  rotateSession,
} from '../auth/sessions.js';
import { ApiError } from '../errors.js';
import { text } from '../fields.js';
import { anyone, defineRoute, inPerson } from '../route.js';
import { profile, readProfile } from './me.js';

/** What a sign-in answers. */
export const tokens = z.strictObject({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds until the access token expires. */
  expiresIn: z.int(),
  user: profile,
});

/** As e-mails are stored. */
const email = text(320, 3).transform((value) => value.trim().toLowerCase());

/** The answer to a sign-in: its tokens and its user. */
export async function tokensOf(session: IssuedSession, database: Database, accessTokens: AccessTokens) {
  const { refreshToken, userId } = session;
  const [accessToken, user] = await Promise.all([accessTokens.sign(session), readProfile(database, userId)]);
  return { accessToken, refreshToken, expiresIn: ACCESS_TOKEN_TTL_S, user };
}

const signIn = defineRoute({
  method: 'POST',
  path: '/v1/auth/sign-in',
  summary: 'Sign in with e-mail and password',
  access: anyone,
  body: z.strictObject({ email, password: anyPassword }),
  response: tokens,
  async handler({ body, database, device, actor, requestId, setHeader, services }) {
    const { accessTokens, passwordPepper } = services;
    const address = addressSubject(device.ip);
    // Every try counts until it has proved right: tries at the same time cannot slip through together.
    await take(services.limits, 'signInAddress', address);
    await take(services.limits, 'signInAccount', body.email, setHeader);
    const user = await database.oneOrNone<{ id: string; passwordHash: string | null }>(
      'select id, password_hash as "passwordHash" from users where email = $1 and is_active and deleted_at is null',
      [body.email],
    );
    // The same work and the same answer, whether the user, the password or the account is what is wrong.
    const passwordHash = user?.passwordHash ?? null;
    const matches = await verifyPassword(passwordHash, body.password, passwordPepper);
    let session: IssuedSession | null = null;
    if (user !== null && passwordHash !== null && matches) {
      const renewed = needsRehash(passwordHash)
        ? { renewedHash: await hashPassword(body.password, passwordPepper) }
        : {};
      session = await beginSession(database, { id: user.id, passwordHash, ...renewed }, device, requestId);
    }
    if (session === null) {
      const about = { ...deviceOf(device), ...(user === null ? {} : { userId: user.id }) };
      await database.tx(
        (sql) => recordSecurityEvent(sql, { type: 'sign_in.failed', severity: 'warning', ...about }),
        actor,
      );
      throw new ApiError('invalid_credentials');
    }
    await Promise.all([
      services.limits.signInAddress.giveBack(address),
      services.limits.signInAccount.reset(body.email),
    ]);
    return tokensOf(session, database, accessTokens);
  },
});

const refresh = defineRoute({
  method: 'POST',
  path: '/v1/auth/refresh',
  summary: 'Exchange a refresh token for new tokens; a token used twice ends its sign-in',
  access: anyone,
  body: z.strictObject({ refreshToken: text(200) }),
  response: tokens,
  async handler({ body, database, device, requestId, services: { accessTokens } }) {
    const session = await rotateSession(database, body.refreshToken, device, requestId);
    if (session === null) throw new ApiError('invalid_refresh_token');
    return tokensOf(session, database, accessTokens);
  },
});

const signOut = defineRoute({
  method: 'POST',
  path: '/v1/auth/sign-out',
  summary: 'End this sign-in: its refresh tokens and its access tokens',
  access: inPerson,
  async handler({ database, principal, actor }) {
    const { familyId } = sessionOf(principal);
    await database.tx((sql) => endFamily(sql, principal.userId, familyId), actor);
    return undefined;
  },
});

const signOutEverywhere = defineRoute({
  method: 'POST',
  path: '/v1/auth/sign-out-everywhere',
  summary: 'End every sign-in of mine, on all devices',
  access: inPerson,
  async handler({ database, principal: { userId }, actor, device }) {
    await database.tx(async (sql) => {
      await endAllSessions(sql, userId);
      await recordSecurityEvent(sql, { type: 'sign_out.everywhere', ...deviceOf(device) });
    }, actor);
    return undefined;
  },
});

export const authRoutes = [signIn, refresh, signOut, signOutEverywhere];
