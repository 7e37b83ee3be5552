import { type Outbound, OutboundError } from '@plinth/db';
import { z } from 'zod';
import { ApiError } from '../../errors.js';
import { type Identity, type Provider, readIdentity } from './providers.js';

/** What a provider gave for a code. */
export interface ProviderTokens {
  accessToken: string;
  refreshToken: string | null;
  scopes: string[];
  expiresAt: Date | null;
}

const tokenAnswer = z.object({
  access_token: z.string().min(1).max(4_096),
  token_type: z.string().regex(/^bearer$/i),
  refresh_token: z.string().min(1).max(4_096).optional(),
  expires_in: z.number().positive().max(31_536_000).optional(),
  scope: z.string().max(2_000).optional(),
});
const refusal = z.object({ error: z.enum(['invalid_grant', 'bad_verification_code']) });

/** A code as it came back, and what it takes to exchange it. */
export interface CodeExchange {
  code: string;
  codeVerifier: string;
  redirectUrl: string;
  requestId: string;
  userId?: string;
}

/**
 * Exchanges a code for tokens, and asks who it is. Throws ApiError `invalid_token` for a code that the provider
 * refuses, `provider_failed` for everything else it should not answer. Calls are recorded, answers checked.
 */
export async function exchangeCode(
  outbound: Outbound,
  provider: Provider,
  { code, codeVerifier, redirectUrl, requestId, userId }: CodeExchange,
): Promise<{ identity: Identity; tokens: ProviderTokens }> {
  const common = {
    service: `oauth-${provider.name}`,
    requestId,
    maxBytes: 65_536,
    ...(userId === undefined ? {} : { userId }),
  };
  // GitHub answers forms unless asked for JSON, and refuses callers without a name.
  const headers = { accept: 'application/json', 'user-agent': 'plinth' };
  try {
    const answer = await outbound.call({
      ...common,
      operation: 'token',
      method: 'POST',
      url: provider.tokenUrl,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        code_verifier: codeVerifier,
        redirect_uri: redirectUrl,
        client_id: provider.clientId,
        client_secret: provider.clientSecret,
      }).toString(),
    });
    const said: unknown = JSON.parse(answer.body.toString());
    if (refusal.safeParse(said).success)
      throw new ApiError('invalid_token', 'the code is not valid any more');
    const given = tokenAnswer.parse(said);
    const identity = await readIdentity(provider, async (url) => {
      const { status, body } = await outbound.call({
        ...common,
        operation: 'user',
        url,
        headers: { ...headers, authorization: `Bearer ${given.access_token}` },
      });
      if (status !== 200) throw new ApiError('provider_failed');
      return JSON.parse(body.toString());
    });
    const tokens = {
      accessToken: given.access_token,
      refreshToken: given.refresh_token ?? null,
      scopes: (given.scope ?? '').split(/[\s,]+/).filter((scope) => scope !== ''),
      expiresAt: given.expires_in === undefined ? null : new Date(Date.now() + given.expires_in * 1_000),
    };
    return { identity, tokens };
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (error instanceof OutboundError || error instanceof SyntaxError || error instanceof z.ZodError)
      throw new ApiError('provider_failed', undefined, { cause: error });
    throw error;
  }
}
