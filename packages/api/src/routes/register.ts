import { hashPassword, recordSecurityEvent } from '@plinth/db';
import { z } from 'zod';
import { answerAfter } from '../auth/answer-after.js';
import { createUser } from '../auth/create-user.js';
import { issueVerification, useVerification } from '../auth/one-time-tokens.js';
import { anyPassword, confirmPassword, newPassword } from '../auth/passwords.js';
import { addressSubject, take } from '../auth/rate-limit.js';
import { deviceOf } from '../auth/sessions.js';
import { ApiError } from '../errors.js';
import { text } from '../fields.js';
import { alreadyRegisteredMail, emailChangedMail, verificationMail } from '../mail/letters.js';
import { anyone, defineRoute, inPerson } from '../route.js';

/** An address that can get mail, as it is stored. */
export const mailAddress = text(320, 3)
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.email('is not an e-mail address'));

const register = defineRoute({
  method: 'POST',
  path: '/v1/auth/register',
  summary: 'Register; the answer is the same whether or not the address has an account, the mail tells',
  access: anyone,
  body: z.strictObject({ email: mailAddress, password: newPassword, fullName: text(200) }),
  async handler({ body, database, device, actor, setHeader, services }) {
    const { email, fullName } = body;
    await take(services.limits, 'registerAddress', addressSubject(device.ip), setHeader);
    // Each try sends a mail to whoever has the address; many places together must not flood anybody.
    await take(services.limits, 'mailAccount', email);
    const passwordHash = await hashPassword(body.password, services.passwordPepper);
    await answerAfter(async () => {
      const token = await database.tx(async (sql) => {
        const userId = await createUser(sql, { email, fullName, passwordHash, emailVerified: false });
        if (userId === null) return null;
        await recordSecurityEvent(sql, { type: 'account.registered', userId, ...deviceOf(device) });
        return issueVerification(sql, userId, email);
      }, actor);
      await services.mailer.send(
        token === null
          ? alreadyRegisteredMail(email)
          : verificationMail(email, services.linkTo('verify-email', token)),
      );
    });
    return undefined;
  },
});

const verifyEmail = defineRoute({
  method: 'POST',
  path: '/v1/auth/verify-email',
  summary: 'Confirm an e-mail address with the token from the mail; it works once',
  access: anyone,
  body: z.strictObject({ token: text(200) }),
  async handler({ body, database, actor, device, services }) {
    const before = await database.tx(async (sql) => {
      const proven = await useVerification(sql, body.token);
      if (proven === null) throw new ApiError('invalid_token');
      const user = await sql.oneOrNone<{ email: string }>(
        'select email from users where id = $1 and is_active and deleted_at is null for update',
        [proven.userId],
      );
      if (user === null) throw new ApiError('invalid_token');
      await sql.none(
        'update users set email = $2, email_verified_at = now(), updated_by = $1 where id = $1',
        [proven.userId, proven.email],
      );
      if (user.email === proven.email) return null;
      // A reset that was mailed to the old address must not open the account any more.
      await sql.none(
        'update password_reset_tokens set used_at = now() where user_id = $1 and used_at is null',
        [proven.userId],
      );
      await recordSecurityEvent(sql, { type: 'email.changed', severity: 'warning', ...deviceOf(device) });
      return user.email;
    }, actor);
    if (before !== null) await services.mailer.send(emailChangedMail(before));
    return undefined;
  },
  constraints: {
    users_email_live_key: {
      code: 'conflict',
      pointer: '/token',
      message: 'another account has this address by now',
    },
  },
});

const resendVerification = defineRoute({
  method: 'POST',
  path: '/v1/me/verification',
  summary: 'Send the mail that confirms my address again',
  access: inPerson,
  async handler({ database, principal: { userId }, actor, setHeader, services }) {
    await take(services.limits, 'mailAccount', userId, setHeader);
    const letter = await database.tx(async (sql) => {
      const { email, verified } = await sql.one<{ email: string; verified: boolean }>(
        'select email, email_verified_at is not null as verified from users where id = $1',
        [userId],
      );
      if (verified) throw new ApiError('conflict', 'the address is confirmed already');
      return { email, token: await issueVerification(sql, userId, email) };
    }, actor);
    await services.mailer.send(verificationMail(letter.email, services.linkTo('verify-email', letter.token)));
    return undefined;
  },
});

const changeEmail = defineRoute({
  method: 'POST',
  path: '/v1/me/email',
  summary: 'Change my e-mail address; the new one counts once the mail to it was confirmed',
  access: inPerson,
  body: z.strictObject({ email: mailAddress, password: anyPassword }),
  async handler(context) {
    const { body, database, actor, services, principal, setHeader } = context;
    const { userId } = principal;
    await confirmPassword(context, userId, body.password);
    await take(services.limits, 'mailAccount', userId, setHeader);
    // Many accounts together must not flood an address either.
    await take(services.limits, 'mailAccount', body.email);
    await answerAfter(async () => {
      const token = await database.tx(async (sql) => {
        const taken = await sql.oneOrNone('select 1 from users where email = $1 and deleted_at is null', [
          body.email,
        ]);
        return taken === null ? issueVerification(sql, userId, body.email) : null;
      }, actor);
      await services.mailer.send(
        token === null
          ? alreadyRegisteredMail(body.email)
          : verificationMail(body.email, services.linkTo('verify-email', token)),
      );
    });
    return undefined;
  },
});

export const registerRoutes = [register, verifyEmail, resendVerification, changeEmail];
