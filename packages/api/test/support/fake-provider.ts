import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody with an account at the provider. */
export interface FakePerson {
  id: number;
  login: string;
  name: string | null;
  email: string;
  verified: boolean;
}

/** A provider's server: the code flow with PKCE (RFC 6749, 7636) as strict as Google and GitHub together. */
export interface FakeProvider {
  url: string;
  /** Settings of the API that lead here, for both providers. */
  env: Record<string, string>;
  /** Who is at the browser when it comes to authorize. */
  person: FakePerson;
  /** Access and refresh tokens given so far. */
  given: string[];
  /** Answers the next calls of a path with this instead. */
  breakWith: Map<string, { status: number; body: string }>;
  /** Does what a browser does: follows the authorization URL; answers what comes back to the application. */
  visit(authorizationUrl: string): Promise<{ code: string; state: string }>;
  close(): Promise<void>;
}

const CLIENT = { id: 'plinth-client', secret: 'plinth-client-secret' };
const REDIRECT_URL = 'https://app.example.com/signed-in';

interface Grant {
  challenge: string;
  redirectUri: string;
  person: FakePerson;
}

export async function startFakeProvider(): Promise<FakeProvider> {
  const grants = new Map<string, Grant>();
  const tokens = new Map<string, FakePerson>();
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const fake: FakeProvider = {
    url,
    env: { OAUTH_REDIRECT_URL: REDIRECT_URL, ...envOf('GOOGLE', url), ...envOf('GITHUB', url) },
    person: { id: 4711, login: 'ann', name: 'Ann Example', email: 'Ann@Example.com', verified: true },
    given: [],
    breakWith: new Map(),
    async visit(authorizationUrl) {
      const response = await fetch(authorizationUrl, { redirect: 'manual' });
      const location = response.headers.get('location');
      if (response.status !== 302 || location === null) throw new Error(`refused: ${await response.text()}`);
      const { searchParams, origin, pathname } = new URL(location);
      if (origin + pathname !== REDIRECT_URL) throw new Error(`sent to ${location}`);
      return { code: searchParams.get('code') ?? '', state: searchParams.get('state') ?? '' };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const broken = fake.breakWith.get(pathname);
    if (broken) return send(response, broken.status, broken.body);
    if (pathname === '/authorize') return authorize(searchParams, response);
    if (pathname === '/token') return token(new URLSearchParams(await bodyOf(request)), request, response);
    const person = tokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (person === undefined) return send(response, 401, { error: 'invalid_token' });
    const { id, login, name, email, verified } = person;
    if (pathname === '/github/user') return send(response, 200, { id, login, name, email: null });
    if (pathname === '/github/user/emails') {
      const other = { email: 'other@example.com', primary: false, verified: true };
      return send(response, 200, [other, { email, primary: true, verified }]);
    }
    if (pathname === '/google/user')
      return send(response, 200, { sub: String(id), email, email_verified: verified, name });
    send(response, 404, { error: 'not_found' });
  }

  function authorize(query: URLSearchParams, response: ServerResponse) {
    const redirectUri = query.get('redirect_uri') ?? '';
    const challenge = query.get('code_challenge') ?? '';
    const fits =
      query.get('response_type') === 'code' &&
      query.get('client_id') === CLIENT.id &&
      query.get('code_challenge_method') === 'S256' &&
      /^[\w-]{43}$/.test(challenge) &&
      redirectUri === REDIRECT_URL &&
      (query.get('scope') ?? '') !== '';
    if (!fits) return send(response, 400, { error: 'invalid_request' });
    const code = randomBytes(16).toString('hex');
    grants.set(code, { challenge, redirectUri, person: { ...fake.person } });
    const location = new URL(redirectUri);
    location.searchParams.set('code', code);
    location.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: location.href }).end();
  }

  function token(form: URLSearchParams, request: IncomingMessage, response: ServerResponse) {
    const grant = grants.get(form.get('code') ?? '');
    // A code works once, for whoever asks.
    grants.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    if (form.get('client_id') !== CLIENT.id || form.get('client_secret') !== CLIENT.secret)
      return send(response, 401, { error: 'invalid_client' });
    if (request.headers.accept !== 'application/json') return send(response, 200, 'access_token=x');
    const proven = createHash('sha256').update(verifier).digest('base64url');
    if (!grant || grant.challenge !== proven || grant.redirectUri !== form.get('redirect_uri'))
      return send(response, 400, { error: 'invalid_grant' });
    const [access, refresh] = [
      `access-${randomBytes(12).toString('hex')}`,
      `refresh-${randomBytes(12).toString('hex')}`,
    ];
    tokens.set(access, grant.person);
    fake.given.push(access, refresh);
    send(response, 200, {
      access_token: access,
      refresh_token: refresh,
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'read:user,user:email',
    });
  }

  return fake;
}

function envOf(name: string, url: string): Record<string, string> {
  return {
    [`OAUTH_${name}_CLIENT_ID`]: CLIENT.id,
    [`OAUTH_${name}_CLIENT_SECRET`]: CLIENT.secret,
    [`OAUTH_${name}_AUTHORIZE_URL`]: `${url}/authorize`,
    [`OAUTH_${name}_TOKEN_URL`]: `${url}/token`,
    [`OAUTH_${name}_USER_URL`]: `${url}/${name.toLowerCase()}/user`,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
