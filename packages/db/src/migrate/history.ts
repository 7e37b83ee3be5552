import { PlinthError } from '../errors.js';
import { compareNames, type MigrationFile } from './folder.js';
import type { MigrationSession } from './session.js';

export type MigrationState =
  | 'applied'
  | 'pending'
  | 'failed'
  | 'rolled_back'
  | 'edited'
  | 'missing'
  | 'out_of_order';

/** A row of `_prisma_migrations`. */
export interface MigrationRow {
  readonly id: string;
  readonly checksum: string;
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly rolledBackAt: string | null;
  readonly steps: number;
  readonly logs: string | null;
}

/** One migration as folder and database see it together. */
export interface HistoryEntry {
  readonly name: string;
  readonly state: MigrationState;
  /** undefined for `missing`. */
  readonly file: MigrationFile | undefined;
  /** The row in force: not rolled back; undefined where it is not applied. */
  readonly row: MigrationRow | undefined;
}

/** Reads Prisma's table; no rows where it is missing. */
export async function readRows({
  client,
  table,
}: Pick<MigrationSession, 'client' | 'table'>): Promise<MigrationRow[]> {
  const exists = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    table,
  ]);
  if (!exists.rows[0]?.found) return [];
  const iso = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const { rows } = await client.query<MigrationRow>(
    `select id, checksum, migration_name as name, ${iso('started_at')} as "startedAt", ${iso('finished_at')} as "finishedAt",
            ${iso('rolled_back_at')} as "rolledBackAt", applied_steps_count as steps, logs
       from ${table} order by started_at, id`,
  );
  return rows;
}

/** Compares folder and rows; in the order of names. Every name of either is in the answer once. */
export function compareHistory(
  files: readonly MigrationFile[],
  rows: readonly MigrationRow[],
): HistoryEntry[] {
  const inForce = new Map(rows.filter((row) => row.rolledBackAt === null).map((row) => [row.name, row]));
  const rolledBack = new Set(rows.map((row) => row.name).filter((name) => !inForce.has(name)));
  const newest = [...inForce.keys()].sort(compareNames).at(-1) ?? '';
  const known = new Map(files.map((file) => [file.name, file]));
  const names = [...new Set([...known.keys(), ...inForce.keys()])].sort(compareNames);
  return names.map((name) => {
    const [file, row] = [known.get(name), inForce.get(name)];
    return { name, file, row, state: stateOf() };

    function stateOf(): MigrationState {
      if (row !== undefined && row.finishedAt === null) return 'failed';
      if (file === undefined) return 'missing';
      if (row !== undefined) return file.checksums.has(row.checksum) ? 'applied' : 'edited';
      if (compareNames(name, newest) < 0) return 'out_of_order';
      return rolledBack.has(name) ? 'rolled_back' : 'pending';
    }
  });
}

/** Finds a migration by its name, its stamp or what follows the stamp. Throws `usage` when none or several match. */
export function findByName(entries: readonly HistoryEntry[], given: string): HistoryEntry {
  const exact = entries.find(({ name }) => name === given);
  if (exact !== undefined) return exact;
  const matching = entries.filter(({ name }) => name.startsWith(`${given}_`) || name.endsWith(`_${given}`));
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return only;
  const found = only === undefined ? 'no migration has' : `${matching.length} migrations have`;
  throw new PlinthError('usage', `${found} the name ${given}`, {
    fix: 'run `plinth migrate status` for the names',
  });
}

/** Throws `history_failed` or `history_diverged` with the command that repairs it, unless the history can be built upon. */
export function guardHistory(
  entries: readonly HistoryEntry[],
  options: { allowOutOfOrder?: boolean | undefined } = {},
): void {
  const named = (state: MigrationState) =>
    entries.filter((entry) => entry.state === state).map(({ name }) => name);
  const [failed] = named('failed');
  if (failed !== undefined) {
    throw new PlinthError('history_failed', `migration ${failed} failed and was not completed`, {
      fix: `undo by hand what it left, then run: plinth migrate repair --failed ${failed} --why "..."`,
    });
  }
  const [edited] = named('edited');
  if (edited !== undefined) {
    throw new PlinthError('history_diverged', `migration ${edited} was edited after it was applied`, {
      fix: `restore the file from version control, or accept it: plinth migrate repair --accept ${edited} --why "..."`,
    });
  }
  const [missing] = named('missing');
  if (missing !== undefined) {
    throw new PlinthError('history_diverged', `migration ${missing} is applied, but its folder is missing`, {
      fix: `restore it from version control, or from the database: plinth migrate repair --restore ${missing} --why "..."`,
    });
  }
  const outOfOrder = named('out_of_order');
  if (outOfOrder.length > 0 && options.allowOutOfOrder !== true) {
    throw new PlinthError(
      'history_diverged',
      `migration ${outOfOrder.join(', ')} is older than the newest applied one`,
      {
        fix: 'rename it with a newer stamp, or run: plinth migrate up --allow-out-of-order',
      },
    );
  }
}
