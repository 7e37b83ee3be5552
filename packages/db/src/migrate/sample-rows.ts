import type pg from 'pg';
import { PlinthError } from '../errors.js';
import { quoteIdentifier } from '../sql.js';
import { readSampleTables, type SampleTable } from './sample-tables.js';
import { candidatesFor, type SampleColumn } from './sample-values.js';

/** Rows that a table has at least, once samples are made. */
export const SAMPLE_ROWS = 2;

/** Values tried for one row before giving up: uniqueness and triggers can refuse what the checks allow. */
const ATTEMPTS = 24;

/**
 * Gives every table at least two rows that its types, NOT NULLs, CHECKs, foreign keys and unique indexes accept.
 * Candidates come from the catalog and are filtered by the constraints' own expressions, in PostgreSQL. Throws
 * `no_sample_row` for a table where that does not succeed, naming it and why.
 */
export async function insertSampleRows(client: pg.Client): Promise<void> {
  const tables = await readSampleTables(client);
  // Row security that binds the owner too would refuse the rows, for there is nobody they belong to, and hide those of
  // the tables that they refer to.
  await withoutForcedRowSecurity(client, tables, async () => {
    for (const table of tables) {
      const rows = table.forcedRowSecurity ? await countRows(client, table) : table.rows;
      for (let row = rows; row < SAMPLE_ROWS; row++) await insertRow(client, table, row);
    }
  });
}

async function countRows(client: pg.Client, table: SampleTable): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table.name}`);
  return rows[0]?.n ?? 0;
}

/** Runs `work` with the owner seeing every row of these tables; puts FORCE back whatever happens. */
export async function withoutForcedRowSecurity<T>(
  client: pg.Client,
  tables: readonly Pick<SampleTable, 'name' | 'forcedRowSecurity'>[],
  work: () => Promise<T>,
): Promise<T> {
  const forced = tables.filter(({ forcedRowSecurity }) => forcedRowSecurity);
  const set = (what: string) =>
    client.query(forced.map(({ name }) => `alter table ${name} ${what} row level security`).join('; '));
  if (forced.length === 0) return work();
  await set('no force');
  try {
    return await work();
  } finally {
    await set('force');
  }
}

async function insertRow(client: pg.Client, table: SampleTable, row: number): Promise<void> {
  let reason = 'no combination of values satisfies its constraints';
  let partition = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const values = await chooseValues(client, table, row + attempt * SAMPLE_ROWS, attempt);
      if (values === undefined) continue;
      const columns = [...values.keys()].map(quoteIdentifier).join(', ');
      const source =
        columns === '' ? 'default values' : `(${columns}) values (${[...values.values()].join(', ')})`;
      await client.query(`insert into ${table.name} ${source}`);
      return;
    } catch (error) {
      const failure = error as { message: string; code?: string; constraint?: string };
      reason = failure.message;
      // A partitioned table that has no partition for the value: give it one that takes everything.
      if (failure.code === '23514' && failure.constraint === undefined && table.partitioned && !partition) {
        partition = true;
        await client.query(
          `create table ${table.name.replace(/"?$/, '')}_sample_rest${table.name.endsWith('"') ? '"' : ''} partition of ${table.name} default`,
        );
      }
    }
  }
  throw new PlinthError('no_sample_row', `no sample row could be made for ${table.name}: ${reason}`, {
    fix: 'put INSERTs for it into sample.sql beside the migration that creates the table',
  });
}

/** Expressions for the columns that need one, or undefined when the constraints accept none of the candidates. */
async function chooseValues(
  client: pg.Client,
  table: SampleTable,
  seed: number,
  attempt: number,
): Promise<Map<string, string> | undefined> {
  const values = new Map<string, string>();
  for (const group of groupsOf(table)) {
    const solution = await solve(client, table, group, seed, attempt);
    if (solution === undefined) return undefined;
    for (const [name, value] of solution) values.set(name, value);
  }
  return values;
}

/** Columns that a check or a foreign key ties together have to be chosen together. */
function groupsOf(table: SampleTable): SampleColumn[][] {
  const groups: Set<string>[] = table.columns.map((column) => new Set([column.name]));
  const ties = [
    ...table.checks.map((check) => check.columns),
    ...table.foreignKeys.map((key) => key.columns),
  ];
  for (const tie of ties) {
    const touched = groups.filter((group) => tie.some((name) => group.has(name)));
    const [first, ...others] = touched;
    for (const other of others) {
      for (const name of other) first?.add(name);
      groups.splice(groups.indexOf(other), 1);
    }
  }
  return groups.map((group) => table.columns.filter((column) => group.has(column.name)));
}

/** Candidates of one column that a group tries: the more columns, the fewer, so that the product stays small. */
const widthOf = (columns: number) => [0, 40, 24, 12, 7, 5][columns] ?? 3;

async function solve(
  client: pg.Client,
  table: SampleTable,
  group: SampleColumn[],
  seed: number,
  attempt: number,
): Promise<Map<string, string> | undefined> {
  const names = new Set(group.map((column) => column.name));
  const checks = table.checks.filter((check) => check.columns.some((name) => names.has(name)));
  const keys = table.foreignKeys.filter((key) => key.columns.some((name) => names.has(name)));
  const [only] = group;
  if (group.length === 1 && only !== undefined && checks.length === 0 && keys.length === 0)
    return free(only, seed);
  const sources: string[] = [];
  const conditions = checks.map((check) => `(${check.expression}) is not false`);
  const given = new Set<string>();
  keys.forEach((key, i) => {
    const alias = `parent_${i}`;
    const chosen = key.columns.map((name, at) => ({ name, from: key.parentColumns[at] ?? name }));
    const fresh = chosen.filter(({ name }) => names.has(name) && !given.has(name));
    const optional = fresh.every(({ name }) => !group.find((column) => column.name === name)?.notNull);
    const list = chosen.map(
      ({ from, name }, at) =>
        `${quoteIdentifier(from)} as ${quoteIdentifier(given.has(name) ? `again_${i}_${at}` : name)}`,
    );
    const parents = `select ${list.join(', ')}, row_number() over () as rank_${alias} from (select * from ${key.parentName} limit 6 offset ${attempt % 3 === 2 ? 1 : 0}) p`;
    const nulls = `select ${list.map((_, at) => `(select ${quoteIdentifier(key.parentColumns[at] ?? '')} from ${key.parentName} where false)`).join(', ')}, 9`;
    sources.push(`(${parents}${optional ? ` union all ${nulls}` : ''}) ${alias}`);
    chosen.forEach(({ name }, at) => {
      if (given.has(name))
        conditions.push(`${alias}.${quoteIdentifier(`again_${i}_${at}`)} = ${quoteIdentifier(name)}`);
    });
    for (const { name } of fresh) given.add(name);
  });
  const ranks = keys.map((_, i) => `abs(rank_parent_${i} - ${1 + (seed % SAMPLE_ROWS)})`);
  group
    .filter((column) => !given.has(column.name))
    .forEach((column, i, all) => {
      const hints = checks
        .filter((check) => check.columns.includes(column.name))
        .map((check) => check.expression);
      const candidates = candidatesFor(column, hints, seed);
      const width = widthOf(all.length);
      // Null comes last in the list and is the way out of many checks: never cut it off.
      const kept =
        candidates.length <= width
          ? candidates
          : [...candidates.slice(0, width - 1), ...candidates.slice(-1)];
      sources.push(
        `(values ${kept.map((value, rank) => `(${value}, ${rank})`).join(', ')}) free_${i}(${quoteIdentifier(column.name)}, rank_free_${i})`,
      );
      ranks.push(`rank_free_${i}`);
    });
  const list = group.map((column) => `quote_nullable(${quoteIdentifier(column.name)})`).join(', ');
  const text = `select array[${list}] as values from ${sources.join(' cross join ')} ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''} order by ${ranks.join(' + ')} limit 1 offset ${attempt % 4}`;
  const { rows } = await client.query<{ values: string[] }>(text);
  const values = rows[0]?.values;
  return values && new Map(group.map((column, i) => [column.name, `${values[i]}::${column.type}`]));
}

/** A column without any tie: its default serves where it has one, for that is what most rows hold. */
function free(column: SampleColumn, seed: number): Map<string, string> {
  if (column.defaultExpression !== null && seed < SAMPLE_ROWS) return new Map();
  return new Map([[column.name, candidatesFor(column, [], seed)[0] ?? 'default']]);
}
