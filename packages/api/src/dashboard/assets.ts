import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the page as it is sent. */
export interface Asset {
  body: Buffer;
  type: string;
}

/** The page and everything it asks for. */
export interface Dashboard {
  html: Buffer;
  /** Of `html`, for If-None-Match. */
  etag: string;
  /** Part of every asset's address: other contents, another address. */
  version: string;
  /** By path below the version. */
  assets: ReadonlyMap<string, Asset>;
}

/** The files of the page: the same place from src and from dist, since browsers run them as they are written. */
const FOLDER = fileURLToPath(new URL('../../dashboard/', import.meta.url));

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads the page from disk, and of uPlot the two files it needs. Throws when one is missing. */
export async function readDashboard({
  open,
  folder = FOLDER,
}: {
  open: boolean;
  folder?: string;
}): Promise<Dashboard> {
  const uplot = createRequire(import.meta.url).resolve('uplot/package.json');
  const files = new Map<string, string>([
    ['vendor/uplot.js', join(uplot, '../dist/uPlot.esm.js')],
    ['vendor/uplot.css', join(uplot, '../dist/uPlot.min.css')],
  ]);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && extname(path) in TYPES)
      files.set(path.slice(folder.length).replaceAll('\\', '/'), path);
  }
  const assets = new Map<string, Asset>();
  const hash = createHash('sha256');
  for (const [name, path] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const body = await readFile(path);
    assets.set(name, { body, type: TYPES[extname(name)] as string });
    hash.update(`${name}\n${body.length}\n`).update(body);
  }
  const version = hash.digest('base64url').slice(0, 16);
  const template = await readFile(join(folder, 'page.html'), 'utf8');
  const values = { assets: `/dashboard/assets/${version}`, open: String(open) };
  const html = Buffer.from(
    template.replaceAll(/{{(assets|open)}}/g, (_, name: keyof typeof values) => values[name]),
  );
  const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`;
  return { html, etag, version, assets };
}
