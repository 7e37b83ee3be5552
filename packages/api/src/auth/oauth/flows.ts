import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ApiError } from '../../errors.js';
import { PROVIDERS, type ProviderName } from './providers.js';

/** What a flow is for: signing in, or linking an account to a user who is signed in. */
export interface Flow {
  readonly provider: ProviderName;
  /** Of a flow that links. */
  readonly userId?: string;
}

/** A flow as begun. */
export interface BegunFlow {
  /** Stays with the client that began it, and never enters a URL. */
  readonly flowToken: string;
  /** Goes to the provider and comes back. */
  readonly state: string;
  /** RFC 7636, S256. */
  readonly codeChallenge: string;
}

/** Begins and completes flows without storing anything. */
export interface Flows {
  begin(flow: Flow): BegunFlow;
  /** Throws ApiError `invalid_token` unless the client that began the flow brings back its own state in time. */
  complete(flowToken: string, state: string, expected: Flow): { codeVerifier: string };
}

const TTL_MS = 10 * 60 * 1_000;
const content = z.strictObject({
  provider: z.enum(PROVIDERS),
  userId: z.string().optional(),
  expiresAtMs: z.number(),
  nonce: z.string(),
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * The state is the hash of the flow token: a callback that somebody else began (login CSRF) does not fit the token
 * that this client holds. The code verifier is derived from the token with our key: nobody who reads URLs can make it.
 */
export function createFlows(signingKey: Buffer, now: () => number = Date.now): Flows {
  const key = Buffer.from(hkdfSync('sha256', signingKey, '', 'plinth oauth flow v1', 32));
  const mac = (purpose: string, text: string) =>
    createHmac('sha256', key).update(`${purpose}|${text}`).digest();
  const verifierOf = (flowToken: string) => mac('verifier', flowToken).toString('base64url');

  function open(flowToken: string): z.output<typeof content> | undefined {
    const [body = '', signature = ''] = flowToken.split('.');
    const given = Buffer.from(signature, 'base64url');
    const right = mac('flow', body);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return content.parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  }

  return {
    begin(flow) {
      const nonce = randomBytes(16).toString('base64url');
      const body = Buffer.from(JSON.stringify({ ...flow, expiresAtMs: now() + TTL_MS, nonce })).toString(
        'base64url',
      );
      const flowToken = `${body}.${mac('flow', body).toString('base64url')}`;
      return { flowToken, state: sha256(flowToken), codeChallenge: sha256(verifierOf(flowToken)) };
    },
    complete(flowToken, state, expected) {
      const flow = open(flowToken);
      const fits =
        flow !== undefined &&
        flow.expiresAtMs > now() &&
        flow.provider === expected.provider &&
        flow.userId === expected.userId &&
        state === sha256(flowToken);
      if (!fits)
        throw new ApiError('invalid_token', 'the state does not belong to this flow, or came too late');
      return { codeVerifier: verifierOf(flowToken) };
    },
  };
}
