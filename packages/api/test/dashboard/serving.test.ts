import { type IncomingHttpHeaders, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, type TestApi } from '../support/api.js';

let api: TestApi;
const get = (path: string, init: RequestInit = {}) => fetch(api.url + path, init);
const pathsIn = (html: string) =>
  [...html.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, path]) => path ?? '');

beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

test('every view is the same page, with a policy that allows nothing inline and nothing from elsewhere', async () => {
  const pages = await Promise.all(
    ['', '/', '/sessions', '/queries', '/tables', '/application', '/backups'].map((view) =>
      get(`/dashboard${view}`),
    ),
  );
  const texts = await Promise.all(pages.map((page) => page.text()));
  expect(new Set(texts).size).toBe(1);
  for (const { status, headers } of pages) {
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    );
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(headers.get('cache-control')).toBe('no-cache');
  }
  expect(texts[0]).not.toMatch(/<script(?![^>]* src=)|<style|style="|\son\w+=/);
});

test('a page that is known is not sent again', async () => {
  const etag = (await get('/dashboard')).headers.get('etag') ?? '';
  const again = await get('/dashboard', { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

describe('what is sent is packed', () => {
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync, identity: (body: Buffer) => body };

  /** The bytes as they travel: fetch() would unpack them. */
  const send = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
      request(api.url + path, { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
  const places = async () => {
    const paths = pathsIn((await send('/dashboard', {})).body.toString());
    return ['/dashboard', ...paths.filter((path) => /vendor\/uplot|main\.js|\.css/.test(path))];
  };

  test.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip, br;q=0', 'gzip'],
    ['br', 'br'],
    ['*', 'br'],
    ['deflate', 'identity'],
    ['', 'identity'],
    [undefined, 'identity'],
  ] as const)('to a client that takes %j as %s, the same once unpacked', async (accepted, encoding) => {
    const headers: Record<string, string> = accepted === undefined ? {} : { 'accept-encoding': accepted };
    for (const path of await places()) {
      const plain = await send(path, {});
      const packed = await send(path, headers);
      expect([path, packed.status, packed.headers['content-encoding'] ?? 'identity']).toEqual([
        path,
        200,
        encoding,
      ]);
      expect(packed.headers.vary).toMatch(/\bAccept-Encoding\b/);
      expect(packed.headers['content-type']).toBe(plain.headers['content-type']);
      expect(Number(packed.headers['content-length'])).toBe(packed.body.length);
      expect(unpack[encoding](packed.body).equals(plain.body)).toBe(true);
      if (encoding !== 'identity') expect(packed.body.length).toBeLessThan(plain.body.length * 0.7);
      const head = await send(path, headers, 'HEAD');
      expect([head.headers['content-length'], head.headers['content-encoding'], head.body.length]).toEqual([
        packed.headers['content-length'],
        packed.headers['content-encoding'],
        0,
      ]);
    }
  });

  test('each encoding has an ETag of its own, which the others do not answer to', async () => {
    for (const path of await places()) {
      const tags = new Map<string, string>();
      for (const encoding of ['br', 'gzip', 'identity']) {
        const { headers } = await send(path, { 'accept-encoding': encoding });
        tags.set(encoding, headers.etag ?? '');
      }
      expect(new Set(tags.values()).size).toBe(3);
      for (const [held, etag] of tags)
        for (const encoding of tags.keys()) {
          const { status, headers, body } = await send(path, {
            'accept-encoding': encoding,
            'if-none-match': `"another", W/${etag}`,
          });
          expect([path, held, encoding, status]).toEqual([
            path,
            held,
            encoding,
            held === encoding ? 304 : 200,
          ]);
          expect([headers.etag, headers.vary]).toEqual([tags.get(encoding), 'Accept-Encoding']);
          if (status === 304) expect(body.length).toBe(0);
        }
    }
  });
});

test('assets are kept for good, under an address that their contents give them', async () => {
  const html = await (await get('/dashboard')).text();
  const assets = pathsIn(html);
  expect(assets.length).toBeGreaterThan(8);
  for (const path of assets) {
    expect(path).toMatch(/^\/dashboard\/assets\/[\w-]{16}\//);
    const { status, headers } = await get(path);
    expect([path, status, headers.get('cache-control')]).toEqual([
      path,
      200,
      'public, max-age=31536000, immutable',
    ]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
  const main = assets.find((path) => path.endsWith('/main.js')) ?? '';
  const head = await get(main, { method: 'HEAD' });
  expect([head.status, Number(head.headers.get('content-length')) > 500, await head.text()]).toEqual([
    200,
    true,
    '',
  ]);
});

test('every module that a module imports is served', async () => {
  const html = await (await get('/dashboard')).text();
  const seen = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    seen.add(path);
    const response = await get(path);
    expect([path, response.status, response.headers.get('content-type')]).toEqual([
      path,
      200,
      'text/javascript; charset=utf-8',
    ]);
    if (path.includes('/vendor/')) return;
    const imports = [...(await response.text()).matchAll(/^(?:import|export) [^;]*?from '([^']+)'/gm)];
    for (const [, specifier = ''] of imports) await visit(new URL(specifier, `http://x${path}`).pathname);
  };
  await visit(pathsIn(html).find((path) => path.endsWith('/main.js')) ?? '');
  expect(seen.size).toBeGreaterThan(20);
});

test.each([
  '/dashboard/nothing',
  '/dashboard/assets/',
  '/dashboard/assets/0000000000000000/main.js',
  '/dashboard/assets/VERSION/nothing.js',
  '/dashboard/assets/VERSION/page.html',
  '/dashboard/assets/VERSION/tsconfig.json',
  '/dashboard/assets/VERSION/bodies.d.ts',
  '/dashboard/assets/VERSION/..%2f..%2fpackage.json',
  '/dashboard/assets/VERSION/../../../package.json',
  '/dashboard/assets/VERSION/__proto__',
])('%s is not there', async (path) => {
  const html = await (await get('/dashboard')).text();
  const [, version = ''] = /assets\/([\w-]{16})\//.exec(html) ?? [];
  const response = await get(path.replace('VERSION', version));
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'not_found']);
});
