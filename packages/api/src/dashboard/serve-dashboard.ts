import type { Express, Response } from 'express';
import { type Dashboard, readDashboard } from './assets.js';

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
 * have other addresses. The page holds no data and is open to everybody; what it asks for is not. In development the files
 * are read for every page, so that a reload shows what was changed.
 */
export function mountDashboard(app: Express, { production, open }: DashboardOptions): void {
  let kept: Promise<Dashboard> | undefined;
  const read = (fresh = false): Promise<Dashboard> => {
    if (fresh) kept = undefined;
    kept ??= readDashboard({ open }).catch((error) => {
      // A failure is not kept: the next request tries again.
      kept = undefined;
      throw error;
    });
    return kept;
  };

  app.get(PAGES, async (request, response) => {
    const { html, etag } = await read(!production);
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('ETag', etag);
    if (request.get('if-none-match') === etag) response.status(304).end();
    else send(response, 'text/html; charset=utf-8', html);
  });

  app.get('/dashboard/assets/:version/*path', async (request, response, next) => {
    const { version, assets } = await read();
    const { path } = request.params as unknown as { path: string[] };
    const asset = request.params.version === version ? assets.get(path.join('/')) : undefined;
    if (asset === undefined) return next();
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    send(response, asset.type, asset.body);
  });
}

/** The bytes as they are: Express would add a charset of its own. HEAD gets the headers alone. */
function send(response: Response, type: string, body: Buffer): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', body.length);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
