import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Check, fail, pass } from './check.js';

const GIBIBYTE = 1024 ** 3;

/** Below this a server soon stops accepting writes, whatever its database's size. */
const LEAST_FREE_BYTES = GIBIBYTE;

/** The server's disk has room to grow and the backup folder has room for a backup, where each can be read. */
export const diskSpace: Check = {
  name: 'disk space',
  async run({ db, dataDir, backupDir }) {
    const { bytes } = await db.one<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
    const needed = Math.max(LEAST_FREE_BYTES, Number(bytes));
    const parts: string[] = [];
    const places: [string, string | undefined][] = [
      ['data folder', dataDir],
      ['backup folder', backupDir],
    ];
    for (const [what, folder] of places) {
      const free = folder === undefined ? undefined : await freeBytes(folder);
      if (free === undefined) {
        parts.push(`${what}: not readable from here`);
      } else if (free < needed) {
        return fail(
          `${what} ${folder}: ${gibibytes(free)} free, ${gibibytes(needed)} needed`,
          what === 'data folder'
            ? "enlarge the server's volume"
            : 'enlarge its volume, or point BACKUP_DIR elsewhere',
        );
      } else parts.push(`${what}: ${gibibytes(free)} free`);
    }
    return pass(parts.join(', '));
  },
};

/** Free bytes for this user where a folder is or will be made; undefined when that cannot be read. */
async function freeBytes(folder: string): Promise<number | undefined> {
  for (let place = folder; ; place = dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place);
      return bavail * bsize;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || place === dirname(place)) return undefined;
    }
  }
}

const gibibytes = (bytes: number): string => `${(bytes / GIBIBYTE).toFixed(1)} GiB`;
