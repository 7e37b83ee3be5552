import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { z } from 'zod';
import { createOpenApiDocument } from '../src/openapi.js';
import { anyone, defineRoute } from '../src/route.js';
import { routes } from '../src/routes.js';
import { createTestApi, type TestApi } from './support/api.js';
import { checkContract, openApi } from './support/contract.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  test('is served, and is what the routes say', async () => {
    const { status, body } = await api.ask('/openapi.json');
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    expect(body).toEqual(JSON.parse(JSON.stringify(openApi())));
  });

  test('has every route once, under a name of its own', () => {
    const operations = Object.entries(openApi().paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => ({
        key: `${method.toUpperCase()} ${path}`,
        operationId,
      })),
    );
    expect(operations.map(({ key }) => key).sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`).sort(),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });

  test('passes the recommended rules of a linter, offline', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: JSON.stringify(openApi()), config });
    const told = problems.map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
    );
    expect(told).toEqual([]);
    const broken = JSON.stringify(openApi()).replace('"operationId":"getMe"', '"operationId":"getArtists"');
    expect((await lintFromString({ source: broken, config })).map(({ ruleId }) => ruleId)).toContain(
      'operation-operationId-unique',
    );
  });

  test('tells what a route takes, answers and needs', () => {
    const get = openApi().paths['/v1/businesses/{id}']?.patch;
    expect(get?.parameters.map(({ name, in: where, required }) => [name, where, required])).toEqual([
      ['id', 'path', true],
      ['If-Match', 'header', true],
    ]);
    expect(get?.description).toBe('Needs businesses:write.');
    expect(Object.keys(get?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '404', '412', '428', 'default']),
    );
    expect(openApi().paths['/v1/me/blocks/import']?.post?.requestBody?.content).toHaveProperty('text/csv');
    const [keys, me] = [openApi().paths['/v1/me/api-keys']?.post, openApi().paths['/v1/me']?.patch];
    expect(keys?.security).toEqual([{ bearer: [] }]);
    expect(me?.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
    expect(me?.description).toBe('For everybody who is signed in; an API key needs me:write.');
    expect(openApi().components.responses.Problem?.headers).toHaveProperty('RateLimit-Policy');
  });

  test('never lets a request leave out what the route demands, nor answers say less than they are', () => {
    const document = createOpenApiDocument([
      defineRoute({
        method: 'POST',
        path: '/v1/things/:id',
        summary: 'A thing',
        access: anyone,
        params: z.strictObject({ id: z.uuid() }),
        query: z.strictObject({ need: z.string(), may: z.string().default('x') }),
        body: z.strictObject({ a: z.int(), b: z.string().default('b') }),
        response: z.strictObject({ a: z.int(), b: z.string().default('b') }),
        handler: async () => ({ a: 1, b: 'b' }),
      }),
    ]);
    const operation = document.paths['/v1/things/{id}']?.post;
    expect(operation?.parameters.map(({ name, required }) => [name, required])).toEqual([
      ['id', true],
      ['need', true],
      ['may', false],
    ]);
    expect(operation?.requestBody?.content['application/json']?.schema.required).toEqual(['a']);
    const response = operation?.responses[200] as {
      content: { 'application/json': { schema: { required: string[] } } };
    };
    expect(response.content['application/json'].schema.required).toEqual(['a', 'b']);
  });
});

describe('the check of every answer', () => {
  const answer = (status: number, body: unknown, type = 'application/json') => ({
    status,
    text: JSON.stringify(body),
    headers: new Headers({ 'content-type': type }),
  });
  const good = { data: [], nextCursor: null };

  test('lets through what the document says', () => {
    checkContract('GET', '/v1/artists?limit=3', answer(200, good));
  });

  test.each([
    ['a status that it does not have', answer(202, good)],
    ['a missing field', answer(200, { data: [] })],
    ['a field too many', answer(200, { ...good, total: 1 })],
    ['another type', answer(200, good, 'text/html')],
    ['a failure that is no problem', answer(404, good)],
    [
      'a problem with an unknown code',
      answer(
        404,
        { type: 'x', title: 'x', status: 404, detail: 'x', instance: '/', code: 'nope', requestId: 'r' },
        'application/problem+json',
      ),
    ],
  ])('refuses %s', (_what, wrong) => {
    expect(() => checkContract('GET', '/v1/artists', wrong)).toThrow(/^GET \/v1\/artists answered/);
  });
});

describe('the documentation page', () => {
  test('comes from disk, under a policy without inline scripts', async () => {
    const page = await api.ask('/docs');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source as string);
    expect(sources).toHaveLength(4);
    for (const source of sources) {
      expect(source).toMatch(/^\/docs\//);
      expect([source, (await api.ask(source)).status]).toEqual([source, 200]);
    }
    expect(page.text).not.toMatch(/<script>|<style>| on\w+=/);
  });

  test('serves nothing else of the package', async () => {
    for (const path of ['/docs/package.json', '/docs/../package.json', '/docs/swagger-ui.js.map']) {
      expect([path, (await api.ask(path)).status]).toEqual([path, 404]);
    }
  });
});
