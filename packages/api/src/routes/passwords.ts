import { hashPassword } from '@plinth/db';
import { z } from 'zod';
import { answerAfter } from '../auth/answer-after.js';
import { holdPassword } from '../auth/hold-password.js';
import { issueReset, isUsableReset, useReset } from '../auth/one-time-tokens.js';
import { anyPassword, confirmPassword, newPassword, setPassword } from '../auth/passwords.js';
import { addressSubject, take } from '../auth/rate-limit.js';
import { insertSession } from '../auth/sessions.js';
import { ApiError } from '../errors.js';
import { text } from '../fields.js';
import { passwordChangedMail, resetMail } from '../mail/letters.js';
import { anyone, defineRoute, inPerson } from '../route.js';
import { tokens, tokensOf } from './auth.js';
import { mailAddress } from './register.js';

const forgotPassword = defineRoute({
  method: 'POST',
  path: '/v1/auth/forgot-password',
  summary: 'Ask for a mail that lets me set a new password; the answer is the same for every address',
  access: anyone,
  body: z.strictObject({ email: mailAddress }),
  async handler({ body: { email }, database, device, actor, setHeader, services }) {
    await take(services.limits, 'mailAddress', addressSubject(device.ip));
    await take(services.limits, 'mailAccount', email, setHeader);
    await answerAfter(async () => {
      const token = await database.tx(async (sql) => {
        const user = await sql.oneOrNone<{ id: string }>(
          "select id, set_config('app.user_id', id::text, true) from users where email = $1 and is_active and deleted_at is null",
          [email],
        );
        return user === null ? null : issueReset(sql, user.id);
      }, actor);
      if (token !== null)
        await services.mailer.send(resetMail(email, services.linkTo('reset-password', token)));
    });
    return undefined;
  },
});

const resetPassword = defineRoute({
  method: 'POST',
  path: '/v1/auth/reset-password',
  summary: 'Set a new password with the token from the mail; it works once and signs out every device',
  access: anyone,
  body: z.strictObject({ token: text(200), password: newPassword }),
  async handler({ body, database, device, actor, services }) {
    if (!(await isUsableReset(database, body.token))) throw new ApiError('invalid_token');
    const passwordHash = await hashPassword(body.password, services.passwordPepper);
    const email = await database.tx(async (sql) => {
      const userId = await useReset(sql, body.token);
      const user =
        userId &&
        (await sql.oneOrNone<{ email: string }>(
          // Whoever has the token reads the mail.
          `update users set email_verified_at = coalesce(email_verified_at, now())
            where id = $1 and is_active and deleted_at is null returning email`,
          [userId],
        ));
      if (!userId || !user) throw new ApiError('invalid_token');
      await setPassword(sql, userId, passwordHash, device, 'reset');
      return user.email;
    }, actor);
    await services.mailer.send(passwordChangedMail(email));
    return undefined;
  },
});

const changePassword = defineRoute({
  method: 'POST',
  path: '/v1/me/password',
  summary: 'Change my password; signs out every device and answers new tokens for this one',
  access: inPerson,
  body: z.strictObject({ currentPassword: anyPassword, newPassword }),
  response: tokens,
  async handler(context) {
    const { body, database, device, actor, services, principal } = context;
    const { userId } = principal;
    const currentHash = await confirmPassword(context, userId, body.currentPassword);
    const passwordHash = await hashPassword(body.newPassword, services.passwordPepper);
    const session = await database.tx(async (sql) => {
      if (!(await holdPassword(sql, userId, currentHash))) throw new ApiError('wrong_password');
      await setPassword(sql, userId, passwordHash, device, 'changed');
      return insertSession(sql, userId, device, 'password');
    }, actor);
    const answer = await tokensOf(session, database, services.accessTokens);
    await services.mailer.send(passwordChangedMail(answer.user.email));
    return answer;
  },
});

export const passwordRoutes = [forgotPassword, resetPassword, changePassword];
