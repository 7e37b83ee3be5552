import type { Database } from '../database.js';
import { PlinthError } from '../errors.js';
import { quoteIdentifier, type Sql } from '../sql.js';
import { type ForeignKey, listForeignKeys, orderForDeletion } from './foreign-keys.js';
import { idColumnOf, isSeeded, listTables, openAllRows, publicTable } from './seeded-tables.js';

/** What was removed. */
export interface ClearResult {
  removed: number;
  /** Rows removed per table; tables without any are left out. */
  tables: Record<string, number>;
  /** Sign-ins of seeded users that ended with them. */
  endedSessions: number;
}

/** What a sign-in leaves behind for its user alone: it goes with the user instead of standing in the way. */
const OF_A_SIGN_IN: readonly string[] = ['sessions', 'email_verification_tokens', 'password_reset_tokens'];

/** Ids named per table when rows stand in the way. */
const NAMED = 5;

/**
 * Removes exactly the rows that seeding created, children first, in one transaction, and forgets the runs. Throws
 * `seeded_rows_in_use` naming the rows when others refer to seeded ones: deleting those would delete or change them.
 * `dryRun` counts and undoes it.
 */
export async function clearSeed(
  database: Database,
  options: { dryRun?: boolean } = {},
): Promise<ClearResult> {
  let result: ClearResult = { removed: 0, tables: {}, endedSessions: 0 };
  const undone = new PlinthError('dry_run', 'nothing was removed');
  await database
    .tx(async (sql) => {
      await sql.query("select pg_advisory_xact_lock(hashtext('plinth seed'))");
      const tables = await listTables(sql);
      await openAllRows(sql, tables);
      const keys = await listForeignKeys(sql);
      // Until the end nobody may add a row that refers to a seeded one: it would go with it.
      await sql.none(`lock table ${tables.map(publicTable).join(', ')} in share row exclusive mode`);
      await refuseInUse(sql, keys);
      const endedSessions = await endSessions(sql);
      result = { removed: 0, tables: {}, endedSessions };
      for (const table of orderForDeletion(tables, keys)) {
        const removed = await sql.none(
          `delete from ${publicTable(table)} t where ${isSeeded('$1', `t.${quoteIdentifier(idColumnOf(table))}`)}`,
          [table],
        );
        if (removed > 0) result.tables[table] = removed;
        result.removed += removed;
      }
      for (const records of ['seeded_rows', 'seeded_ranges', 'seed_runs'] as const) {
        await sql.none(`delete from plinth.${records}`);
      }
      if (options.dryRun) throw undone;
    })
    .catch((thrown: unknown) => {
      if (thrown !== undone) throw thrown;
    });
  return result;
}

/** Deletes what sign-ins of seeded users left, and answers how many sessions those were. */
async function endSessions(sql: Sql): Promise<number> {
  let sessions = 0;
  for (const table of OF_A_SIGN_IN) {
    const gone = await sql.none(
      `delete from ${publicTable(table)} t where ${isSeeded("'users'", 't.user_id')} and not ${isSeeded('$1', 't.id')}`,
      [table],
    );
    if (table === 'sessions') sessions = gone;
  }
  return sessions;
}

async function refuseInUse(sql: Sql, keys: readonly ForeignKey[]): Promise<void> {
  const found: string[] = [];
  for (const { child, column, parent } of keys) {
    if (parent === 'users' && OF_A_SIGN_IN.includes(child)) continue;
    const id = `c.${quoteIdentifier(idColumnOf(child))}`;
    const rows = await sql.query<{ id: string; total: number }>(
      `select ${id}::text as id, count(*) over ()::float8 as total from ${publicTable(child)} c
        where ${isSeeded('$1', `c.${quoteIdentifier(column)}`)} and not ${isSeeded('$2', id)}
        order by 1 limit ${NAMED}`,
      [parent, child],
    );
    const [first] = rows;
    if (first === undefined) continue;
    const more = first.total > rows.length ? ', ...' : '';
    found.push(
      `${first.total} in ${child} by ${column} to ${parent} (${rows.map((row) => row.id).join(', ')}${more})`,
    );
  }
  if (found.length === 0) return;
  throw new PlinthError(
    'seeded_rows_in_use',
    `rows that were not seeded refer to seeded ones: ${found.join('; ')}`,
    {
      fix: 'delete those rows first, or empty every table with `plinth db clear`',
    },
  );
}
