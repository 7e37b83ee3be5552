import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DatabaseError } from '@plinth/db';
import { z } from 'zod';
import { anyone, defineRoute } from '../src/route.js';
import { routes } from '../src/routes.js';
import { createTestApi, type TestApi, type TestUser } from './support/api.js';

/** Routes that fail in every way a handler can. */
const failing = (
  ['conflict', 'connection_lost', 'query_timeout', 'permission', 'disk_full', 'internal'] as const
).map((code) =>
  defineRoute({
    method: 'GET',
    path: `/fails/${code}`,
    summary: code,
    access: anyone,
    handler: () => Promise.reject(new DatabaseError(code, { sqlstate: 'XX000' })),
  }),
);
const broken = [
  defineRoute({
    method: 'GET',
    path: '/fails/otherwise',
    summary: 'an error with data in its message',
    access: anyone,
    handler: () => Promise.reject(new Error('Failing row contains (canary-5c1d)')),
  }),
  defineRoute({
    method: 'GET',
    path: '/leaks',
    summary: 'answers more than its schema',
    access: anyone,
    response: z.strictObject({ id: z.string() }),
    handler: async () => ({ id: '1', passwordHash: 'canary-5c1d' }),
  }),
];

let api: TestApi;
let user: TestUser;
beforeAll(async () => {
  api = await createTestApi({ routes: [...routes, ...failing, ...broken] });
  user = await api.signUp('eve');
});
afterAll(() => api.close());

describe('a problem', () => {
  test('has the shape of RFC 9457, the request’s id, and the path without its query', async () => {
    const { body, headers } = await user.ask('/v1/artists?limit=0&secret=1', {
      headers: { 'x-request-id': 'my.request-1' },
    });
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('x-request-id')).toBe('my.request-1');
    expect(body).toEqual({
      type: 'urn:plinth:problem:invalid_request',
      title: 'the request is not valid',
      status: 400,
      detail: 'the request is not valid',
      instance: '/v1/artists',
      code: 'invalid_request',
      requestId: 'my.request-1',
      errors: [
        { in: 'query', pointer: '/limit', code: 'too_small', message: expect.any(String) },
        { in: 'query', pointer: '/secret', code: 'unrecognized_keys', message: expect.any(String) },
      ],
    });
  });

  test('carries the headers of every answer: an explicit policy, nothing guessed, nothing told of what serves it', async () => {
    for (const { headers } of [await api.ask('/nowhere'), await user.ask('/v1/me'), await api.ask('/')]) {
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none';object-src 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('does not take a request id that could break a log line', async () => {
    for (const id of ['a b', 'x'.repeat(65), '"', '<script>']) {
      const { headers } = await api.ask('/', { headers: { 'x-request-id': id } });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('names the allowed methods of a path that exists', async () => {
    const { status, headers, body } = await api.ask('/v1/artists', { method: 'DELETE' });
    expect([status, headers.get('allow'), body.code]).toEqual([
      405,
      'GET, HEAD, OPTIONS, POST',
      'method_not_allowed',
    ]);
    expect((await api.ask('/v1/artists', { method: 'OPTIONS' })).status).toBe(204);
    expect((await api.ask('/nowhere')).body.code).toBe('not_found');
  });

  test.each([
    ['conflict', 409, null],
    ['connection_lost', 503, '1'],
    ['query_timeout', 504, null],
    ['permission', 403, null],
    ['disk_full', 503, '30'],
    ['internal', 500, null],
  ])('of a database failure %s is %d', async (code, status, retryAfter) => {
    const answer = await api.ask(`/fails/${code}`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(answer.text).not.toMatch(/XX000|sqlstate|stack/i);
  });

  test('of an unexpected error says nothing about it; nor does an answer outside its schema get out', async () => {
    for (const path of ['/fails/otherwise', '/leaks']) {
      const answer = await api.ask(path);
      expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
      expect(answer.text).not.toContain('canary-5c1d');
    }
  });
});
