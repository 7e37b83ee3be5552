import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './generated/paths.js';

/** What a client is told. */
export interface ApiClientOptions {
  /** Where the API is, such as https://plinth.example. */
  baseUrl: string;
  /** Sent with every request: an access token, or what answers the current one. */
  accessToken?: string | (() => string | Promise<string>);
  /** Instead of an access token: an API key. */
  apiKey?: string;
  fetch?: typeof globalThis.fetch;
}

/** The API's operations with the types of its OpenAPI document: `client.GET('/v1/artists/{id}', ...)`. */
export type ApiClient = Client<paths>;

/** Makes a typed client. Failures come as `error`, an RFC 9457 problem; only a broken connection throws. */
export function createApiClient({ baseUrl, accessToken, apiKey, ...rest }: ApiClientOptions): ApiClient {
  const client = createClient<paths>({ baseUrl, ...rest });
  client.use({
    async onRequest({ request }) {
      const token = typeof accessToken === 'function' ? await accessToken() : accessToken;
      if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`);
      if (apiKey !== undefined) request.headers.set('x-api-key', apiKey);
      return request;
    },
  });
  return client;
}
