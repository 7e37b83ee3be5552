import type { Mail } from './mail.js';

/** Where a letter leads: a page of the application that is built on this API, where it told us one. */
export type LinkTo = (path: string, token: string) => string;

/** Links into the application at `appUrl`; without one, the token and the call that takes it. */
export function createLinks(appUrl: string | undefined): LinkTo {
  return (path, token) =>
    appUrl === undefined
      ? `POST /v1/auth/${path} with the token\n${token}`
      : `${appUrl.replace(/\/+$/, '')}/${path}?token=${token}`;
}

const sign = (lines: readonly string[]): string => `${lines.join('\n\n')}\n`;

/** Asks a new user, or one with a new address, to prove that the mail is read. */
export const verificationMail = (to: string, link: string): Mail => ({
  to,
  subject: 'Confirm your e-mail address',
  text: sign([
    'To confirm that this address is yours:',
    link,
    'This works once, for 24 hours. If you did not ask for it, ignore this mail.',
  ]),
});

/** Sent in place of a verification when the address has an account: the answer over HTTP is the same. */
export const alreadyRegisteredMail = (to: string): Mail => ({
  to,
  subject: 'You already have an account',
  text: sign([
    'Somebody, probably you, tried to register with this address, which has an account already.',
    'If you forgot the password, ask for a new one. If it was not you, there is nothing to do.',
  ]),
});

/** Lets a user set a new password. */
export const resetMail = (to: string, link: string): Mail => ({
  to,
  subject: 'Set a new password',
  text: sign([
    'To set a new password:',
    link,
    'This works once, for one hour. If you did not ask for it, ignore this mail: nothing has changed.',
  ]),
});

/** Tells a user that the password is another one now. */
export const passwordChangedMail = (to: string): Mail => ({
  to,
  subject: 'Your password was changed',
  text: sign([
    'The password of your account was changed, and every device was signed out.',
    'If it was not you, ask for a new password at once.',
  ]),
});

/** Tells the old address that the account has another one now. */
export const emailChangedMail = (to: string): Mail => ({
  to,
  subject: 'Your e-mail address was changed',
  text: sign([
    'Your account has another e-mail address now; this one no longer belongs to it.',
    'If it was not you, contact us: whoever did this knew your password.',
  ]),
});
