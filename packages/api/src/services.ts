import type { Cache, FieldCipher, Row } from '@plinth/db';
import type { AccessTokens } from './auth/access-tokens.js';
import type { KeyMode } from './auth/api-key-format.js';
import type { Flows } from './auth/oauth/flows.js';
import type { OauthConfig } from './auth/oauth/read-oauth.js';
import type { Limits } from './auth/rate-limit.js';
import type { Cursors } from './cursor.js';
import type { LinkTo } from './mail/letters.js';
import type { Mailer } from './mail/mail.js';
import type { Monitoring } from './monitoring/monitoring.js';

/** What handlers use besides the database; made once from the configuration. */
export interface Services {
  readonly accessTokens: AccessTokens;
  readonly cursors: Cursors;
  readonly passwordPepper: string;
  readonly limits: Limits;
  readonly mailer: Mailer;
  readonly linkTo: LinkTo;
  /** Of the API keys that are made and accepted here. */
  readonly keyMode: KeyMode;
  readonly fieldCipher: FieldCipher;
  /** What is known of the database without asking it. */
  readonly monitoring: Monitoring;
  /** Artists by id: the rows that many people read and few change. */
  readonly artists: Cache<Row<'Artist'>>;
  readonly oauth: OauthConfig & {
    readonly flows: Flows;
    /** Whether providers may be on this machine or a private network: outside production. */
    readonly allowPrivate: boolean;
  };
}
