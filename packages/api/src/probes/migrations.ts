import { readdir } from 'node:fs/promises';
import { MIGRATIONS_DIR, type Sql } from '@plinth/db';

/** How the database's migrations compare with those this code was built with. */
export interface MigrationState {
  applied: number;
  pending: string[];
  failed: string[];
}

/** The migrations this code expects: the folders beside the schema. */
export async function expectedMigrations(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS_DIR, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Only the expected ones count: a newer release may deploy further ones while this one still serves. Throws DatabaseError. */
export async function readMigrations(sql: Sql, expected: readonly string[]): Promise<MigrationState> {
  const { present } = await sql.one<{ present: boolean }>(
    `select to_regclass('public._prisma_migrations') is not null as present`,
  );
  if (!present) return { applied: 0, pending: [...expected], failed: [] };
  const rows = await sql.query<{ name: string; finished: boolean }>(
    `select migration_name as name, bool_or(finished_at is not null) as finished
       from public._prisma_migrations where rolled_back_at is null and migration_name = any($1::text[]) group by migration_name`,
    [expected],
  );
  const finished = new Set(rows.filter((row) => row.finished).map((row) => row.name));
  const failed = rows.filter((row) => !row.finished).map((row) => row.name);
  return {
    applied: finished.size,
    pending: expected.filter((name) => !finished.has(name) && !failed.includes(name)),
    failed,
  };
}
