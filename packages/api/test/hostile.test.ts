import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApiKey } from '../src/auth/api-key-format.js';
import { PERMISSIONS } from '../src/auth/permissions.js';
import { routes } from '../src/routes.js';
import { createTestApi, insertArtist, PASSWORD, type TestApi, type TestUser } from './support/api.js';
import { expectNoSecrets } from './support/logged-secrets.js';

let api: TestApi;
let user: TestUser;
let artistId: string;
beforeAll(async () => {
  api = await createTestApi();
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
