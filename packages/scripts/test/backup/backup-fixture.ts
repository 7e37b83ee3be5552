import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlFor, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { generateIdentity } from 'age-encryption';
import { createOpener, recipientOf } from '../../src/backup/age.js';
import { type ClientTools, findClientTools } from '../../src/backup/client-tools.js';
import { type CreateOptions, createBackup } from '../../src/backup/create.js';
import { type BackupStore, openLocalStore } from '../../src/backup/store.js';

export const tools: ClientTools[] = await findClientTools({ path: process.env.PATH });
/** Every test that dumps or restores needs PostgreSQL's own programs; docs/skips.md says so. */
export const hasTools = tools.some(({ major }) => major >= 15);
export const identity = await generateIdentity();
export const key = { recipients: [await recipientOf(identity)] };
export const opener = createOpener({ identities: [identity] });

export interface Fixture {
  database: TestDatabase;
  store: BackupStore;
  folder: string;
  create(options?: Partial<CreateOptions>): ReturnType<typeof createBackup>;
  sql(text: string): Promise<{ [column: string]: unknown }[]>;
  close(): Promise<void>;
}

/** A migrated database with rows (their audit rows among them, unless told), and an empty store. */
export async function openFixture(
  options: { rows?: number; empty?: boolean; audited?: boolean } = {},
): Promise<Fixture> {
  const database = await createTestDatabase(options.empty ? { empty: true } : {});
  const folder = await mkdtemp(join(tmpdir(), 'plinth-backup-test-'));
  const store = await openLocalStore(join(folder, 'store'));
  const sql = async (text: string) =>
    await withClient(database.url('admin'), async (client) => {
      const result = await client.query(text);
      return Array.isArray(result) ? result.at(-1).rows : result.rows;
    });
  // Audit rows of many businesses are most of what is backed up.
  const quietly = options.audited === false ? 'SET session_replication_role = replica;' : '';
  if (!options.empty) await sql(`${quietly} ${rowsOf(options.rows ?? 500)}`);
  return {
    database,
    store,
    folder,
    sql,
    create: (given = {}) =>
      createBackup({
        store,
        url: database.url('backup'),
        tools,
        env: process.env,
        zstdLevel: 3,
        key,
        ...given,
      }),
    close: async () => {
      await rm(folder, { recursive: true, force: true });
      await database.drop();
    },
  };
}

/** What a command needs to back up a fixture's database to its store. */
export function commandEnv({ database, folder, store }: Fixture): Record<string, string> {
  return {
    NODE_ENV: 'test',
    PLINTH_HOME: join(folder, 'home'),
    DATABASE_URL: database.url('app'),
    WORKER_DATABASE_URL: database.url('worker'),
    BACKUP_DATABASE_URL: database.url('backup'),
    BACKUP_DIR: store.place,
    BACKUP_RECIPIENT: key.recipients[0] as string,
  };
}

/**
 * Scratch databases that nobody uses. Other test files use theirs at the same time, and one that is just being dropped
 * has no session any more: what is still there after a while was left behind.
 */
export async function abandonedScratch(adminUrl: string): Promise<string[]> {
  return await withClient(urlFor(adminUrl, 'postgres'), async (client) => {
    for (let tries = 0; ; tries++) {
      const { rows } = await client.query<{ name: string }>(
        `SELECT d.datname AS name FROM pg_database d WHERE d.datname LIKE 'plinth\\_scratch\\_%'
         AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)`,
      );
      if (rows.length === 0 || tries === 50) return rows.map(({ name }) => name);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
}

export const rowsOf = (count: number, from = 1) => `
  INSERT INTO businesses (legal_name, registration_number, country, metadata)
  SELECT 'Business ' || i || E' \\n\\t\\\\. ünïcode', 'R' || i, 'DE', jsonb_build_object('i', i) FROM generate_series(${from}, ${from + count - 1}) i;
  INSERT INTO health_check (source) VALUES ('test-${from}');`;

/** The code of the error that the work ends with. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
