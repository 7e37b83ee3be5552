import { isIPv6 } from 'node:net';
import { createLimiter, type Limiter, type LimitRule, type LimitStore } from '@plinth/db';
import { ApiError } from '../errors.js';

const MINUTE_S = 60;

/** Every limit on guessing and on sending mail. */
const RULES = {
  signInAccount: { name: 'sign-in-account', points: 10, durationS: 15 * MINUTE_S },
  signInAddress: { name: 'sign-in-address', points: 100, durationS: 15 * MINUTE_S },
  registerAddress: { name: 'register-address', points: 20, durationS: 60 * MINUTE_S },
  mailAccount: { name: 'mail-account', points: 5, durationS: 60 * MINUTE_S },
  mailAddress: { name: 'mail-address', points: 50, durationS: 60 * MINUTE_S },
  confirmPassword: { name: 'confirm-password', points: 10, durationS: 15 * MINUTE_S },
  oauthAddress: { name: 'oauth-address', points: 60, durationS: 15 * MINUTE_S },
} as const satisfies Record<string, LimitRule>;

type LimitName = keyof typeof RULES;
export type Limits = Readonly<Record<LimitName, Limiter>>;

/** The limiters, counting for all processes together. */
export function createLimits(store: LimitStore): Limits {
  const limiters = Object.entries(RULES).map(([name, rule]) => [name, createLimiter(store, rule)]);
  return Object.fromEntries(limiters) as Limits;
}

/**
 * Counts one try of `subject`. Tells the client where it stands (RateLimit, RateLimit-Policy). Throws ApiError
 * `rate_limited` with Retry-After once the limit is passed.
 */
export async function take(
  limits: Limits,
  limit: LimitName,
  subject: string,
  setHeader: (name: string, value: string) => void = () => {},
): Promise<void> {
  const { name, points, durationS } = RULES[limit];
  const { allowed, remaining, resetMs } = await limits[limit].consume(subject);
  const seconds = Math.max(1, Math.ceil(resetMs / 1_000));
  const headers = {
    'RateLimit-Policy': `"${name}";q=${points};w=${durationS}`,
    RateLimit: `"${name}";r=${remaining};t=${seconds}`,
  };
  if (!allowed)
    throw new ApiError('rate_limited', undefined, {
      headers: { ...headers, 'Retry-After': String(seconds) },
    });
  for (const [header, value] of Object.entries(headers)) setHeader(header, value);
}

/** Whom an address stands for: itself, or for IPv6 the network of 64 bits that one customer commonly has. */
export function addressSubject(ip: string | undefined): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip ?? '')?.[1];
  if (mapped !== undefined) return mapped;
  const plain = (ip ?? 'unknown').split('%', 1)[0] as string;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - groups.length - after.length).fill('0');
  return `${[...groups, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}
