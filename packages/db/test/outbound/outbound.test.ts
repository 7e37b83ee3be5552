import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import net, { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type CallRecord,
  createOutbound,
  type Database,
  type OutboundOptions,
  recordCalls,
} from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { isPublicAddress } from '../../src/outbound/public-address.js';
import { redactUrl } from '../../src/outbound/redact-url.js';

let server: Server;
let base: string;
let requests: { method: string; path: string; headers: IncomingMessage['headers'] }[] = [];
let calls: CallRecord[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const outbound = (options: Partial<OutboundOptions> = {}) =>
  createOutbound({ record: async (call) => calls.push(call), allowPrivate: true, ...options });
const call = { service: 'test', operation: 'try' };

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = [];
  calls = [];
  answer = (_request, response) => response.end('hello');
});

test.each([
  '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1 198.18.0.1 224.0.0.1 255.255.255.255 100.100.100.200 168.63.129.16',
  ':: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 2001::1',
  'localhost example.com',
])('not public: %s', (addresses) => {
  for (const address of addresses.split(' '))
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
});
test('public addresses are public', () => {
  for (const address of [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
});

describe('in production, where only the public internet may be called', () => {
  const guarded = (options: Partial<OutboundOptions> = {}) => outbound({ allowPrivate: false, ...options });

  test.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://127.1:PORT/',
    'http://0.0.0.0:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
  ])('%s is refused before anything is sent', async (url) => {
    const target = url.replace('PORT', new URL(base).port);
    await expect(guarded().call({ ...call, url: target })).rejects.toMatchObject({ code: 'address_refused' });
    expect(requests).toEqual([]);
    expect(calls).toMatchObject([{ ok: false, errorCode: 'address_refused', statusCode: null }]);
  });

  test('a name that resolves to one private address among public ones is refused', async () => {
    const resolve: LookupFunction = (_host, _options, callback) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    await expect(
      guarded({ resolve }).call({ ...call, url: `http://evil.example:${new URL(base).port}/` }),
    ).rejects.toMatchObject({
      code: 'address_refused',
    });
    expect(requests).toEqual([]);
  });

  test('a name is resolved once: an answer that changes after it was judged is never asked for', async () => {
    let asked = 0;
    const resolve: LookupFunction = (_host, _options, callback) => {
      asked++;
      callback(null, [{ address: asked === 1 ? '240.0.0.1' : '93.184.216.34', family: 4 }]);
    };
    const url = `http://rebind.example:${new URL(base).port}/`;
    await expect(guarded({ resolve }).call({ ...call, url, redirects: 5 })).rejects.toMatchObject({
      code: 'address_refused',
    });
    expect([asked, requests]).toEqual([1, []]);
  });

  test('a redirect to a private address is refused, although the first host was allowed', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://10.0.0.1/latest/' }).end();
    // No public host answers a test: the first connection is led to our server after its address was judged.
    const { port } = new URL(base);
    const connect = net.Socket.prototype.connect;
    net.Socket.prototype.connect = function (this: net.Socket, ...given: unknown[]) {
      const [options] = (Array.isArray(given[0]) ? given[0] : given) as [net.TcpNetConnectOpts];
      return Reflect.apply(connect, this, [
        { ...options, host: '127.0.0.1', port: Number(port), lookup: undefined },
        ...given.slice(1),
      ]);
    } as typeof connect;
    try {
      const url = `http://93.184.216.34:${port}/`;
      await expect(guarded().call({ ...call, url, redirects: 3 })).rejects.toMatchObject({
        code: 'address_refused',
      });
    } finally {
      net.Socket.prototype.connect = connect;
    }
    expect(requests).toHaveLength(1);
    expect(calls.map(({ statusCode, errorCode }) => [statusCode, errorCode])).toEqual([
      [302, null],
      [null, 'address_refused'],
    ]);
  });
});

test.each([
  'ftp://example.com/',
  'file:///etc/passwd',
  'http://user:secret@127.0.0.1/',
  'nonsense',
  'http://',
])('%s is no url to call', async (url) => {
  await expect(outbound().call({ ...call, url })).rejects.toMatchObject({ code: 'url_invalid' });
});

test('an answer comes with status, headers and body, and is recorded without query and credentials', async () => {
  answer = (_request, response) => response.writeHead(404, { 'x-seen': 'yes' }).end('nothing');
  const token = 'xoxb1234567890abcdef';
  const made = await outbound().call({
    ...call,
    url: `${base}/services/${token}/send?key=s3cret#part`,
    method: 'POST',
    headers: { authorization: 'Bearer s3cret' },
    body: '{}',
    requestId: 'r-1',
  });
  expect([made.status, made.headers['x-seen'], made.body.toString()]).toEqual([404, 'yes', 'nothing']);
  expect(calls).toEqual([
    {
      ...call,
      method: 'POST',
      url: `${base}/services/***/send`,
      statusCode: 404,
      durationMs: expect.any(Number),
      ok: false,
      errorCode: null,
      requestId: 'r-1',
      userId: null,
    },
  ]);
  expect(redactUrl('https://u:p@h.example/a?b#c')).toBe('https://h.example/a');
});

test('redirects are followed as often as told, each recorded; another host gets no credentials', async () => {
  answer = (request, response) => {
    const location = { '/one': '/two', '/two': `http://localhost:${new URL(base).port}/three` }[
      request.url ?? ''
    ];
    if (location) response.writeHead(302, { location }).end();
    else response.end('there');
  };
  const headers = { authorization: 'Bearer s3cret', 'x-kept': '1' };
  const made = await outbound().call({
    ...call,
    url: `${base}/one`,
    method: 'POST',
    body: 'x',
    headers,
    redirects: 2,
  });
  expect(made.body.toString()).toBe('there');
  expect(
    requests.map(({ method, path, headers: sent }) => [method, path, sent.authorization, sent['x-kept']]),
  ).toEqual([
    ['POST', '/one', 'Bearer s3cret', '1'],
    ['GET', '/two', 'Bearer s3cret', '1'],
    ['GET', '/three', undefined, '1'],
  ]);
  expect(calls.map(({ statusCode, ok }) => [statusCode, ok])).toEqual([
    [302, true],
    [302, true],
    [200, true],
  ]);
  await expect(outbound().call({ ...call, url: `${base}/one`, redirects: 1 })).rejects.toMatchObject({
    code: 'redirect_refused',
  });
});

test('the deadline covers a server that never answers and one that drips', async () => {
  answer = () => {};
  await expect(outbound().call({ ...call, url: base, timeoutMs: 150 })).rejects.toMatchObject({
    code: 'timeout',
  });
  answer = (_request, response) => {
    const timer = setInterval(() => response.write('.'), 20);
    response.once('close', () => clearInterval(timer));
  };
  const startedAt = performance.now();
  await expect(outbound().call({ ...call, url: base, timeoutMs: 200 })).rejects.toMatchObject({
    code: 'timeout',
  });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(calls.map(({ errorCode }) => errorCode)).toEqual(['timeout', 'timeout']);
});

test('a body beyond the limit ends the call', async () => {
  answer = (_request, response) => response.end('x'.repeat(2_000));
  await expect(outbound().call({ ...call, url: base, maxBytes: 1_999 })).rejects.toMatchObject({
    code: 'too_large',
  });
  expect((await outbound().call({ ...call, url: base, maxBytes: 2_000 })).body.length).toBe(2_000);
});

test('what goes wrong has one word each', async () => {
  const tcp = createTcpServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const { port } = tcp.address() as AddressInfo;
  await expect(outbound().call({ ...call, url: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'connection_lost',
  });
  await expect(outbound().call({ ...call, url: base.replace('http:', 'https:') })).rejects.toMatchObject({
    code: 'tls_failed',
  });
  await new Promise((resolve) => tcp.close(resolve));
  await expect(outbound().call({ ...call, url: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
    code: 'connect_failed',
  });
  const resolve: LookupFunction = (_host, _options, callback) =>
    callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), '', 0);
  await expect(outbound({ resolve }).call({ ...call, url: 'http://nowhere.example' })).rejects.toMatchObject({
    code: 'dns_failed',
  });
  const stop = new AbortController();
  answer = () => stop.abort();
  await expect(outbound().call({ ...call, url: base, signal: stop.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
});

describe('with the database', () => {
  let testDatabase: TestDatabase;
  let app: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    app = await testDatabase.open('app');
  });
  afterAll(() => testDatabase.drop());

  test('every call is a row, and a database that is away fails no call', async () => {
    const errors: unknown[] = [];
    const client = outbound({ record: recordCalls(app), onRecordError: (error) => errors.push(error) });
    await client.call({ ...call, url: `${base}/a?token=s3cret` });
    await expect(client.call({ ...call, url: 'http://127.0.0.1:1/b' })).rejects.toMatchObject({
      code: 'connect_failed',
    });
    const rows = await app.query(
      'select service, operation, url, status_code, ok, error_code from external_service_calls order by id',
    );
    expect(rows).toEqual([
      { ...call, url: `${base}/a`, status_code: 200, ok: true, error_code: null },
      { ...call, url: 'http://127.0.0.1:1/b', status_code: null, ok: false, error_code: 'connect_failed' },
    ]);
    await app.close();
    expect((await client.call({ ...call, url: base })).status).toBe(200);
    expect(errors).toHaveLength(1);
  });
});
