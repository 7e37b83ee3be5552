import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of its own for the database, small enough to be filled. */
export interface SmallDisk {
  /** Fills it to the last block. */
  fill(): void;
  /** Frees what fill() took. */
  free(): void;
  unmount(): void;
}

const SIZE_MB = 768;
const STEP_BYTES = 4 * 1_024 * 1_024;

/** Mounts one as `folder`, which it makes; undefined where mounting is forbidden or not known. */
export function mountSmallDisk(folder: string): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=755`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  const filler = join(folder, 'filler');
  return {
    fill() {
      const block = Buffer.alloc(STEP_BYTES);
      for (;;) {
        const { bavail, bsize } = statfsSync(folder);
        const room = Math.min(STEP_BYTES, bavail * bsize);
        if (room === 0) return;
        try {
          writeFileSync(filler, block.subarray(0, room), { flag: 'a' });
        } catch (error) {
          // Others write too: what is left is less than was free a moment ago.
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    },
    free: () => rmSync(filler, { force: true }),
    unmount: () => void execFileSync('umount', [folder]),
  };
}
