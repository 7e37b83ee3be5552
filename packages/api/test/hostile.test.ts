import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DatabaseError } from '@plinth/db';
import { z } from 'zod';
import { createApiKey } from '../src/auth/api-key-format.js';
import { PERMISSIONS } from '../src/auth/permissions.js';
import { anyone, defineRoute } from '../src/route.js';
import { routes } from '../src/routes.js';
import { createTestApi, insertArtist, PASSWORD, type TestApi, type TestUser } from './support/api.js';
import { expectNoSecrets } from './support/logged-secrets.js';

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
let artistId: string;
beforeAll(async () => {
  api = await createTestApi({ routes: [...routes, ...failing, ...broken] });
  user = await api.signUp('eve', PERMISSIONS);
  artistId = await insertArtist(api.admin, 'Target');
});
afterAll(() => api.close());

const TEXTS = [
  "' or 1=1 --",
  "'; drop table users; --",
  '$1',
  '%',
  '\\',
  '\0',
  'a\0b',
  '\ud800',
  '\u202e',
  '{{7*7}}',
  '../../etc/passwd',
  'x'.repeat(100_000),
  '__proto__',
  'null',
  '-1',
  '1e309',
  'NaN',
];
const VALUES = [null, true, 0, -1, 1e308, [], {}, { not: '' }, { $gt: '' }, [['x']], ...TEXTS];

/** Every route about one thing, with this as its id. */
const aboutOne = (id: string) =>
  routes
    .filter(({ path }) => path.includes(':id'))
    .map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, encodeURIComponent(id)) }));

describe('hostile input', () => {
  test('in any query parameter of any list never is a 5xx, and changes nothing', async () => {
    const lists = ['/v1/artists', '/v1/me/blocks', '/v1/businesses'];
    const names = [
      'q',
      'cursor',
      'limit',
      'sort',
      'tag',
      'artistId',
      'externalId',
      'status',
      'riskLevel',
      'country',
      'other',
    ];
    const before = await counts();
    for (const list of lists) {
      for (const name of names) {
        for (const value of TEXTS) {
          if (value.length > 10_000 || !isEncodable(value)) continue;
          const { status } = await user.ask(`${list}?${name}=${encodeURIComponent(value)}`);
          expect([list, name, value, status < 500]).toEqual([list, name, value, true]);
        }
      }
    }
    expect(await counts()).toEqual(before);
  });

  test('in any field of any body never is a 5xx', async () => {
    const bodies: [string, string, Record<string, unknown>][] = [
      ['POST', '/v1/auth/sign-in', { email: 'eve@example.com', password: 'x' }],
      ['POST', '/v1/auth/refresh', { refreshToken: 'x' }],
      ['PATCH', '/v1/me', { fullName: 'Eve' }],
      ['PUT', '/v1/me/settings', { settings: {} }],
      ['POST', '/v1/me/blocks', { artistId, tags: ['a'], note: 'n' }],
      [
        'POST',
        '/v1/businesses',
        { legalName: 'n', registrationNumber: 'r', country: 'DE', metadata: {}, foundedOn: '2000-01-01' },
      ],
    ];
    for (const [method, path, body] of bodies) {
      for (const name of [...Object.keys(body), 'unknown']) {
        for (const value of VALUES) {
          const { status } = await user.ask(path, {
            method,
            body: { ...body, [name]: value },
            headers: { 'if-match': '*' },
          });
          expect([path, name, value, status < 500]).toEqual([path, name, value, true]);
        }
      }
    }
  }, 120_000);

  test('as id is 400 or 404, on every route', async () => {
    for (const id of [
      '1',
      'x'.repeat(2_000),
      "' or 1=1",
      '\0',
      '00000000-0000-0000-0000-000000000000',
      crypto.randomUUID(),
    ]) {
      for (const { method, path } of aboutOne(id)) {
        const body = method === 'PATCH' ? { body: { note: 'x' } } : {};
        const { status } = await user.ask(path, { method, ...body, headers: { 'if-match': '*' } });
        expect([400, 404]).toContain(status);
      }
    }
  });

  test.each([
    ['no JSON', '{"email":', {}, 400, 'invalid_json'],
    ['JSON that is no object', '"text"', {}, 400, 'invalid_json'],
    ['an array', '[]', {}, 400, 'invalid_request'],
    ['nothing', '', {}, 400, 'invalid_request'],
    ['300 KB', JSON.stringify({ email: 'x'.repeat(300_000) }), {}, 413, 'body_too_large'],
    [
      'a form',
      'email=a&password=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    [
      'an unknown charset',
      '{}',
      { 'content-type': 'application/json; charset=klingon' },
      415,
      'unsupported_media_type',
    ],
    ['an unknown encoding', '{}', { 'content-encoding': 'klingon' }, 415, 'unsupported_media_type'],
    ['a nesting of 50,000', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, {}, 400, undefined],
  ] as const)('a body of %s has its own problem', async (_what, raw, headers, status, code) => {
    const answer = await api.ask('/v1/auth/sign-in', { method: 'POST', raw, headers });
    expect(answer.status).toBe(status);
    if (code) expect(answer.body.code).toBe(code);
  });

  test('below HTTP ends with 400 and a closed connection, and the next request is served', async () => {
    const { hostname, port } = new URL(api.url);
    for (const bytes of [
      'GARBAGE\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n',
      'GET /%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ]) {
      const answer = await new Promise<string>((resolve, reject) => {
        let text = '';
        const socket = connect(Number(port), hostname, () => socket.write(bytes));
        socket.on('data', (data) => {
          text += data;
        });
        socket.on('close', () => resolve(text)).on('error', reject);
      });
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect((await api.ask('/')).status).toBe(200);
  });
});

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

describe('the log', () => {
  test('has one line per request, with its id and no header, query, body or secret', async () => {
    await api.ask('/v1/auth/sign-in?x=canary-77aa', {
      method: 'POST',
      body: { email: 'canary-77aa@example.com', password: 'canary-77aa' },
    });
    await user.ask('/v1/artists?q=canary-77aa', {
      headers: { 'x-request-id': 'one-line', cookie: 'canary-77aa' },
    });
    const lines = api.logs.filter((line) => line.requestId === 'one-line');
    expect(lines).toEqual([
      expect.objectContaining({
        level: 30,
        method: 'GET',
        path: '/v1/artists',
        status: 200,
        msg: 'answered',
      }),
    ]);
    expect(JSON.stringify(api.logs)).not.toMatch(/canary-77aa|Bearer|argon2/);
  });

  test('is searched for secrets at the end of every test of the API, and the search finds them', () => {
    for (const line of [
      { deep: { er: `x ${user.accessToken}` } },
      { path: `/v1/${user.refreshToken}` },
      { key: createApiKey('test').key },
      { hash: '$argon2id$v=19$m=19456,t=2,p=1$x' },
      { list: ['whsec_x'] },
      { msg: PASSWORD },
    ])
      expect(() => expectNoSecrets([line], [user.refreshToken])).toThrow('a secret was logged');
    expectNoSecrets(api.logs, [user.accessToken, user.refreshToken]);
    expect(api.logs.length).toBeGreaterThan(100);
  });
});

function isEncodable(text: string): boolean {
  try {
    encodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Rows per table that the lists read. */
const counts = () =>
  api.admin.query(
    'select (select count(*) from users) u, (select count(*) from artists) a, (select count(*) from user_artist_blocks) b, (select count(*) from businesses) c',
  );
