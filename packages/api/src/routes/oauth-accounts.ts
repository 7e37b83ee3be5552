import { createOutbound, oauthAccounts, recordCalls } from '@plinth/db';
import { z } from 'zod';
import { linkAccount, type Proof, signInWith, unlinkAccount } from '../auth/oauth/accounts.js';
import { exchangeCode } from '../auth/oauth/exchange.js';
import { ENDPOINTS, PROVIDERS, type Provider, type ProviderName } from '../auth/oauth/providers.js';
import { anyPassword, confirmRecent } from '../auth/passwords.js';
import { addressSubject, take } from '../auth/rate-limit.js';
import { ApiError } from '../errors.js';
import { idParams, moment, text } from '../fields.js';
import { defineResource } from '../resource.js';
import { anyone, type Context, defineRoute, defineWrite, inPerson } from '../route.js';
import type { Services } from '../services.js';
import { tokens, tokensOf } from './auth.js';

const providerParams = z.strictObject({ provider: z.enum(PROVIDERS) });

const begun = z.strictObject({
  /** Where to send the browser. */
  authorizationUrl: z.url(),
  /** To be kept by the client, and sent with the code; it must never enter a URL. */
  flowToken: z.string(),
});

/** The code and state that the provider sent back to OAUTH_REDIRECT_URL, and the flow token kept meanwhile. */
const returned = z.strictObject({ code: text(2_000), state: text(200), flowToken: text(2_000) });

/** Throws ApiError `not_found` for a provider that is not set up here. */
function providerOf({ oauth }: Services, name: ProviderName): Provider {
  const provider = oauth.providers[name];
  if (provider === undefined) throw new ApiError('not_found', `${name} is not set up here`);
  return provider;
}

function begin(
  { services }: Pick<Context, 'services'>,
  name: ProviderName,
  userId?: string,
): z.output<typeof begun> {
  const provider = providerOf(services, name);
  const { flowToken, state, codeChallenge } = services.oauth.flows.begin({
    provider: name,
    ...(userId === undefined ? {} : { userId }),
  });
  const url = new URL(provider.authorizeUrl);
  const query = {
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: services.oauth.redirectUrl,
    scope: ENDPOINTS[name].scope,
    state,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  };
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return { authorizationUrl: url.href, flowToken };
}

async function prove(
  { services, database, requestId }: Pick<Context, 'services' | 'database' | 'requestId'>,
  name: ProviderName,
  { code, state, flowToken }: z.output<typeof returned>,
  userId?: string,
): Promise<Proof> {
  const provider = providerOf(services, name);
  const who = userId === undefined ? {} : { userId };
  const { codeVerifier } = services.oauth.flows.complete(flowToken, state, { provider: name, ...who });
  const outbound = createOutbound({
    record: recordCalls(database),
    allowPrivate: services.oauth.allowPrivate,
  });
  const { redirectUrl } = services.oauth;
  const proof = await exchangeCode(outbound, provider, {
    code,
    codeVerifier,
    redirectUrl,
    requestId,
    ...who,
  });
  return { provider: name, ...proof };
}

const constraints = {
  oauth_accounts_provider_provider_account_id_key: {
    code: 'conflict',
    pointer: '/code',
    message: 'this account was linked meanwhile',
  },
} as const;

const beginSignIn = defineRoute({
  method: 'POST',
  path: '/v1/auth/oauth/:provider/begin',
  summary: 'Begin to sign in with Google or GitHub (code flow with PKCE)',
  access: anyone,
  params: providerParams,
  response: begun,
  handler: async (context) => begin(context, context.params.provider),
});

const completeSignIn = defineRoute({
  method: 'POST',
  path: '/v1/auth/oauth/:provider/complete',
  summary: 'Sign in with what the provider sent back; registers who is new',
  access: anyone,
  params: providerParams,
  body: returned,
  response: tokens,
  constraints,
  async handler(context) {
    const { params, body, database, actor, device, services, setHeader } = context;
    providerOf(services, params.provider);
    // Each try makes us call the provider.
    await take(services.limits, 'oauthAddress', addressSubject(device.ip), setHeader);
    const proof = await prove(context, params.provider, body);
    const session = await database.tx((sql) => signInWith(sql, services.fieldCipher, proof, device), actor);
    return tokensOf(session, database, services.accessTokens);
  },
});

const resource = defineResource({
  path: '/v1/me/oauth-accounts',
  noun: ['linked account of yours', 'my linked accounts'],
  schema: 'OauthAccount',
  repository: oauthAccounts,
  answer: {
    provider: z.enum(PROVIDERS),
    email: z.string().nullable(),
    scopes: z.array(z.string()),
    tokenExpiresAt: moment.nullable(),
  },
  sorts: ['createdAt', '-createdAt'],
  access: { read: inPerson },
  fixed: ({ principal }) => ({ userId: principal.userId }),
});

const beginLink = defineRoute({
  method: 'POST',
  path: '/v1/me/oauth-accounts/:provider/begin',
  summary:
    'Begin to link a Google or GitHub account to mine, within 15 minutes of signing in or with my password',
  access: inPerson,
  params: providerParams,
  body: z.strictObject({ password: anyPassword.exactOptional() }).default({}),
  response: begun,
  async handler(context) {
    const { params, principal, body } = context;
    providerOf(context.services, params.provider);
    await confirmRecent(context, principal, body.password);
    return begin(context, params.provider, principal.userId);
  },
});

const completeLink = defineRoute({
  method: 'POST',
  path: '/v1/me/oauth-accounts/:provider/complete',
  summary: 'Link the account with what the provider sent back',
  access: inPerson,
  params: providerParams,
  body: returned,
  response: resource.answered,
  versioned: true,
  constraints,
  async handler(context) {
    const { params, body, database, actor, device, services, setHeader, principal } = context;
    providerOf(services, params.provider);
    await take(services.limits, 'oauthAddress', addressSubject(device.ip), setHeader);
    const proof = await prove(context, params.provider, body, principal.userId);
    const account = await database
      .as(actor)
      .tx((sql) => linkAccount(sql, services.fieldCipher, principal.userId, proof, device));
    return resource.present(account);
  },
});

const unlink = defineWrite({
  method: 'DELETE',
  path: '/v1/me/oauth-accounts/:id',
  summary: 'Unlink an account; never the last way to sign in',
  access: inPerson,
  params: idParams,
  async handler({ params: { id }, principal: { userId }, device }, tx) {
    await unlinkAccount(tx.sql, userId, id, device);
    return undefined;
  },
});

export const oauthAccountRoutes = [
  beginSignIn,
  completeSignIn,
  ...resource.routes,
  beginLink,
  completeLink,
  unlink,
];
