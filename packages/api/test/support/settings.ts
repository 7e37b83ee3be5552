import type { Env } from '@plinth/db';

const key = (letter: string) => Buffer.alloc(32, letter).toString('base64url');

export const PEPPER = 'a pepper for tests only';

/** Of every user that a test makes. */
export const PASSWORD = 'correct horse battery staple';

/** A complete environment of the API but for DATABASE_URL. */
export const SETTINGS: Env = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'silent',
  TOKEN_SIGNING_KEY: key('t'),
  CURSOR_KEY: key('c'),
  FIELD_KEYS: key('f'),
  PASSWORD_PEPPER: PEPPER,
  OPS_TOKEN: 'operators-of-the-test',
};
