import { PlinthError } from '../errors.js';

const MESSAGES = {
  url_invalid: 'the url is not http or https, or carries credentials',
  address_refused: 'the host is not on the public internet',
  dns_failed: 'the host name does not resolve',
  connect_failed: 'no connection to the host',
  connection_lost: 'the connection broke before the answer was complete',
  tls_failed: 'the encrypted connection could not be established',
  timeout: 'no complete answer in time',
  too_large: 'the answer is larger than allowed',
  redirect_refused: 'the answer is a redirect, which is not followed',
  cancelled: 'the call was cancelled',
} as const;

export type OutboundErrorCode = keyof typeof MESSAGES;

/** A call to another service that brought no answer. Its message names neither URL nor address. */
export class OutboundError extends PlinthError {
  declare readonly code: OutboundErrorCode;

  constructor(code: OutboundErrorCode) {
    super(code, MESSAGES[code]);
    this.name = 'OutboundError';
  }
}

/** What Node's sockets, resolver and TLS say, in our words. */
export function toOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const name = typeof code === 'string' ? code : '';
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(name)) return new OutboundError('dns_failed');
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL|ENETDOWN|EACCES)$/.test(name))
    return new OutboundError('connect_failed');
  if (/TLS|CERT|SSL|SELF_SIGNED|UNABLE_TO|ALTNAME|EPROTO/.test(name)) return new OutboundError('tls_failed');
  return new OutboundError('connection_lost');
}
