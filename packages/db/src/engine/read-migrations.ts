import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import { createEngine } from './engine.js';
import { parseEngineUrl } from './target.js';

export interface DeployOptions {
  /** The migrator's connection URL. */
  readonly url: string;
  /** The folder that holds `<stamp>_<what>/migration.sql`. */
  readonly migrationsDir: string;
  /** Told each applied migration's name and the engine's own log lines (JSON). */
  readonly log?: (line: string) => void;
}

/**
 * Applies pending migrations as `prisma migrate deploy` does, in this process: same table, same checksums, same
 * advisory lock, each file atomically. Answers the names it applied, none when there was nothing to do.
 * Throws `EngineError` with Prisma's code (P3018 a file failed, P3009 an earlier failure is unresolved, P1002 locked ...).
 */
export async function deployMigrations(options: DeployOptions): Promise<{ applied: string[] }> {
  const migrationsList = await readMigrations(options.migrationsDir);
  const engine = createEngine({
    target: parseEngineUrl(options.url),
    ...(options.log === undefined ? {} : { log: options.log }),
  });
  try {
    const filters = { externalTables: [], externalEnums: [] };
    const { appliedMigrationNames } = await engine.call((it) =>
      it.applyMigrations({ migrationsList, filters }),
    );
    return { applied: appliedMigrationNames };
  } finally {
    await engine.close();
  }
}

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
