import type pg from 'pg';
import { quoteIdentifier } from '../sql.js';
import { withoutForcedRowSecurity } from './sample-rows.js';
import { type DataTable, readDataTables } from './sample-tables.js';
import { quoteIfNeeded } from './trace-locks.js';

interface Table extends DataTable {
  /** Every row as texts, in the order of `columns`. */
  readonly rows: readonly (string | null)[][];
}

/** Every row of a database, as text. */
export type DataSnapshot = readonly Table[];

/** A column that a migration leaves in place: where it was and where it is. */
export interface Survivor {
  readonly before: { readonly table: string; readonly column: string };
  readonly after: { readonly table: string; readonly column: string };
  readonly sameType: boolean;
}

/** What of the data is not as it was. */
export interface DataDifference {
  readonly kind: 'rows' | 'values';
  /** The table, or the table's column. */
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** Reads every row of every table in scope. */
export async function readData(client: pg.Client): Promise<DataSnapshot> {
  const tables = await readDataTables(client);
  return withoutForcedRowSecurity(client, tables, async () => {
    const read: Table[] = [];
    for (const table of tables) {
      const list = table.columns.map(({ name }) => `${quoteIdentifier(name)}::text`).join(', ');
      const { rows } = await client.query<{ row: (string | null)[] }>(
        `select array[${list}]::text[] as row from ${table.name}`,
      );
      read.push({ ...table, rows: rows.map(({ row }) => row) });
    }
    return read;
  });
}

/**
 * The columns of `before` that are still there in `after`: the same column by PostgreSQL's own identity, whatever it
 * is called now, or one of the same name in a table of the same name.
 */
export function findSurvivors(before: DataSnapshot, after: DataSnapshot): Survivor[] {
  return before.flatMap((table) => {
    const same = after.find(({ oid }) => oid === table.oid);
    const next = same ?? after.find(({ name }) => name === table.name);
    if (next === undefined) return [];
    return table.columns.flatMap((column) => {
      const byNumber = same?.columns.find(({ number }) => number === column.number);
      const found = byNumber ?? next.columns.find(({ name }) => name === column.name);
      if (found === undefined) return [];
      return {
        before: { table: table.name, column: column.name },
        after: { table: next.name, column: found.name },
        sameType: found.type === column.type,
      };
    });
  });
}

/**
 * Compares the surviving columns' rows: each row of `before` must be among those of `after`; with `exact` there may
 * be no others either. Names the table whose rows are not the same number, or the column whose values changed.
 */
export function compareData(
  before: DataSnapshot,
  after: DataSnapshot,
  survivors: readonly Survivor[],
  options: { exact: boolean },
): DataDifference[] {
  return before.flatMap((table) => {
    const columns = survivors.filter((survivor) => survivor.before.table === table.name);
    const next = after.find(({ name }) => name === columns[0]?.after.table);
    if (columns.length === 0) return [];
    const name = table.name;
    const [had, has] = [table.rows.length, next?.rows.length ?? 0];
    if (next === undefined || has < had || (options.exact && has > had)) {
      return { kind: 'rows', name, before: `${had} rows`, after: `${has} rows` };
    }
    const changed = columns.filter(({ before: from, after: to }) => {
      const lost = missing(project(table, [from.column]), project(next, [to.column]));
      return lost.length > 0;
    });
    if (changed.length > 0) {
      return changed.map(({ before: from, after: to }): DataDifference => {
        const was = missing(project(table, [from.column]), project(next, [to.column]));
        const now = missing(project(next, [to.column]), project(table, [from.column]));
        return {
          kind: 'values',
          name: `${name}.${quoteIfNeeded(from.column)}`,
          before: sampleOf(was),
          after: sampleOf(now),
        };
      });
    }
    // Every column holds its values, but not in the same rows.
    const whole = missing(
      project(
        table,
        columns.map((column) => column.before.column),
      ),
      project(
        next,
        columns.map((column) => column.after.column),
      ),
    );
    return whole.length === 0
      ? []
      : {
          kind: 'rows',
          name,
          before: 'each row as one',
          after: `${whole.length} rows with their values mixed up`,
        };
  });
}

function project(table: Table, names: readonly string[]): string[] {
  const at = names.map((name) => table.columns.findIndex((column) => column.name === name));
  return table.rows.map((row) => JSON.stringify(at.map((index) => row[index] ?? null)));
}

/** What of `wanted` is not in `found`, counting repetitions. */
function missing(wanted: readonly string[], found: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const value of found) left.set(value, (left.get(value) ?? 0) + 1);
  return wanted.filter((value) => {
    const count = left.get(value) ?? 0;
    left.set(value, count - 1);
    return count <= 0;
  });
}

/** Sample values are made up, so a message may show them. */
const sampleOf = (rows: readonly string[]): string =>
  rows.length === 0
    ? 'nothing else'
    : rows
        .slice(0, 3)
        .map((row) => row.slice(1, -1).slice(0, 60))
        .join(', ');
