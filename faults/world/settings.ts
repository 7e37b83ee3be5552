const key = (letter: string) => Buffer.alloc(32, letter).toString('base64url');

export const PEPPER = 'a pepper for the fault suite only';
export const PASSWORD = 'a password for the fault suite only';
export const DATABASE = 'plinth';

/** Two clients act for each. */
export const PEOPLE = 4;
export const CLIENTS_PER_PERSON = 2;

/** Shorter than in production, so that a round is short, and fewer connections than clients; the order between them is production's. */
const LIMITS = {
  DB_POOL_MIN: '2',
  DB_POOL_MAX: '5',
  DB_POOL_ACQUIRE_TIMEOUT_MS: '2000',
  DB_STATEMENT_TIMEOUT_MS: '2000',
};

/** The secrets that API and worker share. */
export const SECRETS = {
  TOKEN_SIGNING_KEY: key('t'),
  CURSOR_KEY: key('c'),
  FIELD_KEYS: key('f'),
  PASSWORD_PEPPER: PEPPER,
  OPS_TOKEN: 'operators-of-the-fault-suite',
};

/** The API's environment, but for port and database. */
export const API_SETTINGS = {
  ...SECRETS,
  ...LIMITS,
  NODE_ENV: 'production',
  DB_SSL: 'disable',
  LOG_LEVEL: 'warn',
  HOST: '127.0.0.1',
};

/** A crash loses what was not on disk: durable, as in production. A small log, so that a small disk is filled by data. */
export const SERVER_SETTINGS = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
};
