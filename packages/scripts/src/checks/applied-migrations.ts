import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from '@plinth/db';
import { type Check, fail, listed, pass } from './check.js';

/** How the database's history compares with this release's migrations: names, in order. */
export interface MigrationComparison {
  applied: string[];
  pending: string[];
  /** Started, neither finished nor rolled back. */
  failed: string[];
  /** In the database, but not in this release. */
  unknown: string[];
  edited: string[];
}

/** Every migration of this release is applied, unchanged, and the database knows of no other. */
export const appliedMigrations: Check = {
  name: 'applied migrations',
  async run({ db, migrationsDir }) {
    const { applied, pending, failed, unknown, edited } = await compareMigrations(db, migrationsDir);
    if (failed.length > 0) {
      return fail(`failed half-way: ${listed(failed)}`, 'plinth migrate status, then migrate repair');
    }
    if (pending.length > 0) {
      return fail(`${pending.length} pending: ${listed(pending, 2)}`, 'plinth migrate up');
    }
    if (unknown.length > 0) {
      return fail(
        `applied but not in this release: ${listed(unknown, 2)}`,
        'deploy the release that has them, or check that DATABASE_URL names the right database',
      );
    }
    if (edited.length > 0) {
      return fail(
        `edited after they were applied: ${listed(edited, 2)}`,
        'git checkout the files as they were applied; write a new migration for the change',
      );
    }
    return pass(`${applied.length} applied, none pending`);
  },
};

/** Compares a folder of migrations with the history in the database; a database without a history has all pending. */
export async function compareMigrations(db: Sql, migrationsDir: string): Promise<MigrationComparison> {
  const files = await readChecksums(migrationsDir);
  const history = await db
    .query<{ name: string; checksum: string; finished: boolean }>(
      `select migration_name as name, checksum, finished_at is not null as finished
         from public._prisma_migrations where rolled_back_at is null order by migration_name`,
    )
    .catch((error: { sqlstate?: string }) => {
      if (error.sqlstate === '42P01') return [];
      throw error;
    });
  const known = new Map(history.map((row) => [row.name, row]));
  const finished = history.filter((row) => row.finished).map((row) => row.name);
  return {
    applied: finished.filter((name) => files.has(name)),
    pending: [...files.keys()].filter((name) => !known.has(name)),
    failed: history.filter((row) => !row.finished).map((row) => row.name),
    unknown: finished.filter((name) => !files.has(name)),
    edited: finished.filter((name) => files.has(name) && known.get(name)?.checksum !== files.get(name)),
  };
}

/** Name and Prisma's checksum (SHA-256 of migration.sql) of every migration in a folder. */
async function readChecksums(migrationsDir: string): Promise<Map<string, string>> {
  const names = (await readdir(migrationsDir)).filter((name) => /^\d+_/.test(name)).sort();
  const sums = names.map(async (name) => {
    const sql = await readFile(join(migrationsDir, name, 'migration.sql'));
    return [name, createHash('sha256').update(sql).digest('hex')] as const;
  });
  return new Map(await Promise.all(sums));
}
