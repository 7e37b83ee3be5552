import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';

/** Reads a migrations folder the way Prisma's CLI does; a folder that is not there is an empty history. */
export async function readMigrations(migrationsDir: string): Promise<MigrationList> {
  const baseDir = resolve(migrationsDir);
  const read = (path: string) => readFile(join(baseDir, path), 'utf8');
  const lockfile = 'migration_lock.toml';
  const entries = await readdir(baseDir, { withFileTypes: true }).catch(ifMissing([]));
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: { path: lockfile, content: await read(lockfile).catch(ifMissing(null)) },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names
        .sort((a, b) => a.localeCompare(b))
        .map(async (name) => ({
          path: name,
          migrationFile: {
            path: 'migration.sql',
            content: await read(join(name, 'migration.sql')).then(
              (value) => ({ tag: 'ok', value }) as const,
              (error: Error) => ({ tag: 'error', value: error.message }) as const,
            ),
          },
        })),
    ),
  };
}

function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
