import type { Express, Request, Response } from 'express';
import { knows } from '../etag.js';
import { type Asset, type Dashboard, ENCODINGS, readDashboard } from './assets.js';

/** The addresses of the page: one per view (dashboard/main.js), so that each can be linked to and reloaded. */
const PAGES = ['', '/sessions', '/queries', '/tables', '/application', '/backups'].map(
  (view) => `/dashboard${view}`,
);

/** Nothing inline, nothing from elsewhere, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

interface DashboardOptions {
  production: boolean;
  /** Whether data is open to everybody: the page then asks for it without asking who is there. */
  open: boolean;
}

/**
 * Serves the dashboard from disk: the page is asked for anew each time, its assets are kept for good, since other contents
 * have other addresses; all of it is packed once and kept in memory. The page holds no data and is open to everybody; what it asks for is not. In development the files
 * are read for every page, so that a reload shows what was changed.
 */
export function mountDashboard(app: Express, { production, open }: DashboardOptions): void {
  let kept: Promise<Dashboard> | undefined;
  let before: Dashboard | undefined;
  const read = (fresh = false): Promise<Dashboard> => {
    if (fresh) kept = undefined;
    kept ??= readDashboard({ open, before }).then(
      (dashboard) => {
        before = dashboard;
        return dashboard;
      },
      (error) => {
        // A failure is not kept: the next request tries again.
        kept = undefined;
        throw error;
      },
    );
    return kept;
  };
  // Packed by the time that somebody asks; where it fails, the request tells.
  if (production) read().catch(() => {});

  app.get(PAGES, async (request, response) => {
    const { page } = await read(!production);
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Cache-Control', 'no-cache');
    send(request, response, page);
  });

  app.get('/dashboard/assets/:version/*path', async (request, response, next) => {
    const { version, assets } = await read();
    const { path } = request.params as unknown as { path: string[] };
    const asset = request.params.version === version ? assets.get(path.join('/')) : undefined;
    if (asset === undefined) return next();
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    send(request, response, asset);
  });
}

/**
 * The bytes in the smallest encoding that the client takes, as they are: Express would add a charset of its own. HEAD gets
 * the headers alone, and so does a client that has these bytes already.
 */
function send(request: Request, response: Response, { type, encodings }: Asset): void {
  // One encoding at a time: asked for the best of several, Express goes by their order in the header.
  const encoding =
    ENCODINGS.find((one) => encodings.has(one) && request.acceptsEncodings(one) !== false) ?? 'identity';
  const found = encodings.get(encoding);
  if (found === undefined) throw new Error(`no ${encoding} of ${type}`);
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('ETag', found.etag);
  if (knows(request.get('if-none-match'), found.etag)) {
    response.status(304).end();
    return;
  }
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', found.body.length);
  response.end(request.method === 'HEAD' ? undefined : found.body);
}
