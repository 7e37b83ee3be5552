import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiClient, createApiClient } from '../src/client/client.js';
import { createTestApi, insertArtist, PASSWORD, type TestApi } from './support/api.js';
import { checkContract } from './support/contract.js';

let api: TestApi;
let client: ApiClient;
let email: string;

/** fetch, with every answer checked against the OpenAPI document. */
const checkedFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const response = await fetch(request);
  const text = await response.clone().text();
  checkContract(request.method, request.url, { status: response.status, headers: response.headers, text });
  return response;
};

beforeAll(async () => {
  api = await createTestApi();
  ({ email } = await api.signUp('clara', ['businesses:read', 'businesses:write']));
  const anonymous = createApiClient({ baseUrl: api.url, fetch: checkedFetch });
  const { data } = await anonymous.POST('/v1/auth/sign-in', { body: { email, password: PASSWORD } });
  client = createApiClient({
    baseUrl: api.url,
    fetch: checkedFetch,
    accessToken: async () => data?.accessToken ?? '',
  });
});
afterAll(() => api.close());

describe('the typed client', () => {
  test('signs in and reads the profile', async () => {
    const { data } = await client.GET('/v1/me');
    expect(data?.email).toBe(email);
  });

  test('creates, reads, changes by version and lists, with the types of the document', async () => {
    const created = await client.POST('/v1/businesses', {
      body: { legalName: 'Acme', registrationNumber: 'A-1', country: 'DE' },
    });
    const id = created.data?.id ?? '';
    const etag = created.response.headers.get('etag') ?? '';
    const changed = await client.PATCH('/v1/businesses/{id}', {
      params: { path: { id }, header: { 'If-Match': etag } },
      body: { city: 'Ulm' },
    });
    expect(changed.data?.version).toBe(2);
    const stale = await client.PATCH('/v1/businesses/{id}', {
      params: { path: { id }, header: { 'If-Match': etag } },
      body: { city: 'Bonn' },
    });
    expect([stale.response.status, stale.error?.code]).toEqual([412, 'precondition_failed']);
    const list = await client.GET('/v1/businesses', { params: { query: { country: 'DE', limit: 10 } } });
    expect(list.data?.data.map((business) => business.city)).toEqual(['Ulm']);
  });

  test('sends a write once, however often', async () => {
    const artistId = await insertArtist(api.admin, 'Drake');
    const send = () =>
      client.POST('/v1/me/blocks', {
        params: { header: { 'Idempotency-Key': 'block-drake' } },
        body: { artistId, tags: [], note: null },
      });
    const [first, second] = [await send(), await send()];
    expect(second.data).toEqual(first.data);
    expect(second.response.headers.get('idempotent-replayed')).toBe('true');
  });

  test('gives failures as problems, with what is wrong', async () => {
    const { error } = await client.POST('/v1/businesses', {
      body: { legalName: '', registrationNumber: 'A-2', country: 'de' },
    });
    expect(error?.errors?.map(({ pointer }) => pointer)).toEqual(['/legalName', '/country']);
  });

  test('knows at compile time what a route does not take', () => {
    // @ts-expect-error: there is no such path
    const unknownPath = () => client.GET('/v1/nowhere');
    const incomplete = { legalName: 'x', registrationNumber: 'y' };
    // @ts-expect-error: a business needs its country
    const missingField = () => client.POST('/v1/businesses', { body: incomplete });
    // @ts-expect-error: this list has no such filter
    const unknownFilter = () => client.GET('/v1/businesses', { params: { query: { colour: 'red' } } });
    expect([unknownPath, missingField, unknownFilter]).toHaveLength(3);
  });
});
