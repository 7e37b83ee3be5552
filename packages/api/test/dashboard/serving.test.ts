import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestApi, type TestApi } from '../support/api.js';

let api: TestApi;
const get = (path: string, init: RequestInit = {}) => fetch(api.url + path, init);
const pathsIn = (html: string) =>
  [...html.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, path]) => path ?? '');

beforeAll(async () => {
  api = await createTestApi({ env: { NODE_ENV: 'test' } });
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
