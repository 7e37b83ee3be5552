import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlinthError } from '../errors.js';
import { EVENTS, ensureTables, insertEvent } from './events.js';
import { readMigrationFolder } from './folder.js';
import { compareHistory, findByName, type HistoryEntry, type MigrationState, readRows } from './history.js';
import { withMigrationLock } from './lock.js';
import { type MigrateOptions, runOf } from './run.js';
import { type MigrationSession, withMigrationSession } from './session.js';

/**
 * accept: the edited file is what the database has. failed: what the failed migration left was undone by hand.
 * restore: write the files of a migration whose folder is missing, from the texts stored when it was applied.
 */
export type RepairAction = 'accept' | 'failed' | 'restore';

export interface RepairOptions extends MigrateOptions {
  readonly action: RepairAction;
  readonly name: string;
  /** Recorded for ever, with who asked (`runner.who`). */
  readonly why: string;
}

export interface RepairResult {
  readonly name: string;
  readonly action: RepairAction;
  readonly before: MigrationState;
  readonly after: MigrationState;
}

const applicable: Record<RepairAction, MigrationState> = {
  accept: 'edited',
  failed: 'failed',
  restore: 'missing',
};

/**
 * Repairs the history of one migration and records who and why. It changes no schema.
 * Throws `usage` when the migration is not in the state that the action repairs, or no reason is given.
 */
export async function repairMigration(options: RepairOptions): Promise<RepairResult> {
  const { action, dir, why } = options;
  if (why.trim() === '') {
    throw new PlinthError('usage', 'a repair needs a reason', { fix: 'add --why "what happened"' });
  }
  return withMigrationSession(options, (session) =>
    withMigrationLock(session, runOf(options), async () => {
      const entry = findByName(
        compareHistory(await readMigrationFolder(dir), await readRows(session)),
        options.name,
      );
      const { name, state: before, row } = entry;
      if (before !== applicable[action]) {
        throw new PlinthError('usage', `migration ${name} is ${before}, not ${applicable[action]}`, {
          fix: 'run `plinth migrate status`',
        });
      }
      await ensureTables(session);
      if (action === 'restore') await restore(session, entry, dir);
      await session.client.query('begin');
      if (action === 'accept') {
        await session.client.query(`update ${session.table} set checksum = $2 where id = $1`, [
          row?.id,
          entry.file?.checksum,
        ]);
      }
      if (action === 'failed') {
        await session.client.query(
          `update ${session.table} set rolled_back_at = clock_timestamp() where id = $1`,
          [row?.id],
        );
      }
      const text =
        action === 'accept' && entry.file ? { checksum: entry.file.checksum, upSql: entry.file.sql } : {};
      const event = {
        action: 'repair',
        name,
        migrationId: row?.id ?? null,
        why: `${action}: ${why}`,
        ...text,
      } as const;
      await insertEvent(session, options.runner ?? {}, event);
      await session.client.query('commit');
      const entries = compareHistory(await readMigrationFolder(dir), await readRows(session));
      return { name, action, before, after: findByName(entries, name).state };
    }),
  );
}

async function restore(
  { client }: MigrationSession,
  { name, row }: HistoryEntry,
  dir: string,
): Promise<void> {
  const { rows } = await client.query<{ up: string; down: string | null }>(
    `select up_sql as up, down_sql as down from ${EVENTS}
      where migration_id = $1 and action in ('apply', 'baseline') and up_sql is not null order by id desc limit 1`,
    [row?.id],
  );
  const [stored] = rows;
  if (stored === undefined) {
    throw new PlinthError('not_stored', `the text of ${name} is not stored: another tool applied it`, {
      fix: 'restore the folder from version control',
    });
  }
  const folder = join(dir, name);
  await mkdir(folder, { recursive: true });
  // Never over a file that is there.
  await writeFile(join(folder, 'migration.sql'), stored.up, { flag: 'wx' });
  if (stored.down !== null) await writeFile(join(folder, 'down.sql'), stored.down, { flag: 'wx' });
}
