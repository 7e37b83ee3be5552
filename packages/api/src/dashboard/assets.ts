import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** How a body may be packed, the smallest first. */
export const ENCODINGS = ['br', 'gzip', 'identity'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A file of the page as it is sent. */
export interface Asset {
  type: string;
  /** Each encoding has bytes and so an ETag of its own; one that saves nothing is left out. */
  encodings: ReadonlyMap<Encoding, { body: Buffer; etag: string }>;
}

/** The page and everything it asks for, packed once: nobody waits for it again. */
export interface Dashboard {
  page: Asset;
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

/**
 * Reads the page from disk, and of uPlot the two files it needs, and packs what is not as in `before`. Throws when one is
 * missing.
 */
export async function readDashboard({
  open,
  before,
  folder = FOLDER,
}: {
  open: boolean;
  before?: Dashboard | undefined;
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
    const known = before?.assets.get(name);
    const isSame = known?.encodings.get('identity')?.body.equals(body);
    assets.set(name, known && isSame ? known : await pack(TYPES[extname(name)] as string, body));
    hash.update(`${name}\n${body.length}\n`).update(body);
  }
  const version = hash.digest('base64url').slice(0, 16);
  const template = await readFile(join(folder, 'page.html'), 'utf8');
  const values = { assets: `/dashboard/assets/${version}`, open: String(open) };
  const html = template.replaceAll(/{{(assets|open)}}/g, (_, name: keyof typeof values) => values[name]);
  return { page: await pack('text/html; charset=utf-8', Buffer.from(html)), version, assets };
}

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
/** Two levels below the best: a twentieth of its time, some percent larger. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

async function pack(type: string, body: Buffer): Promise<Asset> {
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  const packed = {
    br: await brotli(body, QUALITY),
    gzip: await deflate(body, { level: constants.Z_BEST_COMPRESSION }),
    identity: body,
  };
  const worthwhile = ENCODINGS.filter(
    (encoding) => encoding === 'identity' || packed[encoding].length < body.length,
  );
  const encodings = worthwhile.map((encoding) => {
    const etag = encoding === 'identity' ? `"${tag}"` : `"${tag}-${encoding}"`;
    return [encoding, { body: packed[encoding], etag }] as const;
  });
  return { type, encodings: new Map(encodings) };
}
