import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withClient } from '../../src/bootstrap.js';
import { type MigrateUpOptions, migrateUp } from '../../src/migrate/up.js';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { nameOf, type WrittenMigration, withHistory } from './history-folder.js';

export interface Place {
  readonly database: TestDatabase;
  readonly url: string;
  readonly dir: string;
  readonly lines: string[];
  /** Applies what is pending, keeping what it says in `lines`. */
  up(options?: Partial<MigrateUpOptions>): ReturnType<typeof migrateUp>;
  /** Rows of one query, as the migrator. */
  rows<T extends object>(sql: string): Promise<T[]>;
  /** Overwrites a file of the migration at a place in the list. */
  edit(at: number, file: 'migration.sql' | 'down.sql', text: string): Promise<void>;
}

/** An empty database with our roles, and a folder with these migrations; both are gone afterwards. */
export async function withPlace(
  migrations: readonly WrittenMigration[],
  work: (place: Place) => Promise<void>,
  major: 15 | 18 = 15,
): Promise<void> {
  const database = await createTestDatabase({ major, empty: true });
  try {
    await withHistory(migrations, async (dir) => {
      const url = database.url('migrator');
      const lines: string[] = [];
      await work({
        database,
        url,
        dir,
        lines,
        up: (options = {}) => migrateUp({ url, dir, log: (line) => lines.push(line), ...options }),
        rows: async <T extends object>(sql: string) => {
          const { rows } = await withClient(url, (client) => client.query<T>(sql));
          return rows;
        },
        edit: (at, file, text) => writeFile(join(dir, nameOf(at, migrations[at]), file), text),
      });
    });
  } finally {
    await database.drop();
  }
}

/** Rows of Prisma's table, in the order of their names. */
export const prismaRows = `select migration_name as name, finished_at is not null as finished, rolled_back_at is not null as back,
  applied_steps_count as steps from _prisma_migrations order by migration_name, started_at`;
