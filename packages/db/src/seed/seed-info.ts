import type { Database } from '../database.js';
import { quoteIdentifier } from '../sql.js';
import { idColumnOf, isSeeded, listTables, openAllRows, publicTable } from './seeded-tables.js';

/** What is seeded in one table. */
export interface SeededTable {
  table: string;
  /** Rows that seeding created and that are still there. */
  seeded: number;
  /** All other rows. */
  other: number;
  /** When seeding last touched the table. */
  lastRunAt: Date | null;
}

/** When a scenario ran. */
export interface SeedRun {
  scenario: string;
  seed: number;
  firstRunAt: Date;
  lastRunAt: Date;
  /** Rows inserted by all its runs, and skipped by the last one. */
  inserted: number;
  skipped: number;
}

/** Counts seeded and other rows of every table, exactly: on large tables that reads them. */
export async function seedInfo(database: Database): Promise<{ tables: SeededTable[]; runs: SeedRun[] }> {
  return await database.tx(async (sql) => {
    const names = await listTables(sql);
    await openAllRows(sql, names);
    const tables: SeededTable[] = [];
    for (const table of names) {
      const id = `t.${quoteIdentifier(idColumnOf(table))}`;
      const counts = await sql.one<Omit<SeededTable, 'table'>>(
        `select count(*) filter (where ${isSeeded('$1', id)})::float8 as seeded,
                count(*) filter (where not ${isSeeded('$1', id)})::float8 as other,
                (select max(at) from (
                   select n.last_run_at from plinth.seed_runs n
                    where exists (select from plinth.seeded_rows s where s.table_name = $1 and s.scenario = n.scenario)
                   union all select g.updated_at from plinth.seeded_ranges g where g.table_name = $1
                 ) as runs(at)) as "lastRunAt"
           from ${publicTable(table)} t`,
        [table],
      );
      tables.push({ table, ...counts });
    }
    const runs = await sql.query<SeedRun>(
      `select scenario, seed::float8 as seed, first_run_at as "firstRunAt", last_run_at as "lastRunAt",
              inserted::float8 as inserted, skipped::float8 as skipped
         from plinth.seed_runs order by last_run_at`,
    );
    return { tables, runs };
  });
}
