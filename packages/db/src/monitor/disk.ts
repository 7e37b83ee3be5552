import { access, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from '../sql.js';

/** Free and total bytes where the server's data lies; undefined unless the server runs here and lets us look. */
export async function readDisk(
  sql: Sql,
  url: string,
): Promise<{ freeBytes: number; totalBytes: number } | undefined> {
  if (!['localhost', '127.0.0.1', '[::1]', ''].includes(new URL(url).hostname)) return undefined;
  try {
    const { folder } = await sql.one<{ folder: string }>(
      "select current_setting('data_directory') as folder",
    );
    // A forwarded port is local, too, but its server's folder is not here.
    await access(join(folder, 'PG_VERSION'));
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return undefined;
  }
}
