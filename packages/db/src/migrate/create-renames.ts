import type pg from 'pg';
import { PlinthError } from '../errors.js';
import { quoteIdentifier } from '../sql.js';
import { alterCommands, createdTables, droppedTables, nodeOf, tableOf, textOf } from './lint/tree.js';
import type { Script } from './split.js';

/** A drop and an add that may be one rename. */
export interface RenameCandidate {
  /** `public.users`; for a renamed table, its old name. */
  readonly table: string;
  /** The column's old name; null when the table itself is renamed. */
  readonly column: string | null;
  /** The column's, or the table's, new name. */
  readonly to: string;
}

/** Finds what a generated script drops and adds with the same type in one table, and tables that share most columns. */
export async function findRenames(client: pg.Client, up: Script): Promise<RenameCandidate[]> {
  const commands = alterCommands(up);
  const dropped = commands.filter(({ subtype }) => subtype === 'AT_DropColumn');
  const added = commands.filter(({ subtype }) => subtype === 'AT_AddColumn');
  const candidates: RenameCandidate[] = [];
  for (const { table, name } of dropped) {
    const was = (await columnsOf(client, table)).get(name);
    for (const other of added) {
      if (other.table === table && typeOf(other.column) === was)
        candidates.push({ table, column: name, to: other.name });
    }
  }
  for (const { table } of droppedTables(up)) {
    const had = [...(await columnsOf(client, table)).keys()];
    for (const created of createdTables(up)) {
      const has = new Set(columnsIn(up, created));
      const shared = had.filter((name) => has.has(name)).length;
      if (shared * 2 >= Math.max(had.length, has.size))
        candidates.push({ table, column: null, to: created.split('.')[1] ?? '' });
    }
  }
  return candidates;
}

/** The type as pg_type has it; SERIAL is a manner of speaking. */
function typeOf(column: ReturnType<typeof alterCommands>[number]['column']): string {
  const name = textOf(column?.typeName?.names?.at(-1));
  const plain = { serial: 'int4', bigserial: 'int8', smallserial: 'int2' }[name] ?? name;
  return column?.typeName?.arrayBounds === undefined ? plain : `_${plain}`;
}

async function columnsOf(client: pg.Client, table: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select a.attname as name, t.typname as type from pg_attribute a join pg_type t on t.oid = a.atttypid
      where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`,
    [quoted(table)],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}

function columnsIn(up: Script, table: string): string[] {
  return up.statements.flatMap((statement) => {
    const create = nodeOf(statement, 'CreateStmt');
    if (create === undefined || tableOf(create.relation) !== table) return [];
    return (create.tableElts ?? []).flatMap((node) =>
      'ColumnDef' in node ? [node.ColumnDef.colname ?? ''] : [],
    );
  });
}

/** `"public"."users"` */
const quoted = (table: string): string => table.split('.').map(quoteIdentifier).join('.');

/** How people write a candidate: `users.name=full_name`, `people=users`. */
export function describeRename({ table, column, to }: RenameCandidate): string {
  return `${subjectOf({ table, column })}=${to}`;
}

/** `users.name` or `users`: what `--drop` takes. */
export const subjectOf = ({ table, column }: Pick<RenameCandidate, 'table' | 'column'>): string =>
  [table.replace(/^public\./, ''), column].filter((part) => part !== null).join('.');

/** The statements of the renames, and those that undo them, newest first. */
export function renameSql(renames: readonly RenameCandidate[]): { up: string; down: string } {
  // A table's columns are renamed while it still has its old name.
  const ordered = renames.toSorted((a, b) => Number(a.column === null) - Number(b.column === null));
  const up = ordered.map(({ table, column, to }) =>
    column === null
      ? `ALTER TABLE ${quoted(table)} RENAME TO ${quoteIdentifier(to)};`
      : `ALTER TABLE ${quoted(table)} RENAME COLUMN ${quoteIdentifier(column)} TO ${quoteIdentifier(to)};`,
  );
  const down = ordered.map(({ table, column, to }) =>
    column === null
      ? `ALTER TABLE ${quoted(`${table.split('.')[0]}.${to}`)} RENAME TO ${quoteIdentifier(table.split('.')[1] ?? '')};`
      : `ALTER TABLE ${quoted(table)} RENAME COLUMN ${quoteIdentifier(to)} TO ${quoteIdentifier(column)};`,
  );
  return { up: up.join('\n'), down: down.reverse().join('\n') };
}

export interface RenameDecisions {
  /** `users.name=full_name`, `name=full_name` where that is clear, `people=users`. */
  readonly renames?: readonly string[];
  /** `users.name`, `people`: really dropped. */
  readonly drops?: readonly string[];
  /** Asks a person; without it what is not decided is refused. */
  readonly ask?: (candidate: RenameCandidate) => Promise<boolean>;
}

/** Decides each candidate. Throws `rename_unclear` for one that nobody decided, `usage` for a decision about nothing. */
export async function decideRenames(
  candidates: readonly RenameCandidate[],
  decisions: RenameDecisions,
): Promise<RenameCandidate[]> {
  const chosen = (decisions.renames ?? []).map((given) => {
    const matching = candidates.filter(
      (candidate) => describeRename(candidate) === given || `${candidate.column}=${candidate.to}` === given,
    );
    const [only, ...others] = matching;
    if (only !== undefined && others.length === 0) return only;
    const known = candidates.map(describeRename).join(', ') || 'nothing here';
    throw new PlinthError(
      'usage',
      `--rename ${given} names no drop and add of the same type; ${known} could be renamed`,
      {
        fix: 'give one of these, as table.old=new',
      },
    );
  });
  const isTaken = (candidate: RenameCandidate) =>
    chosen.some(
      (other) =>
        subjectOf(other) === subjectOf(candidate) ||
        (other.to === candidate.to && other.table === candidate.table),
    );
  for (const candidate of candidates) {
    if (isTaken(candidate) || decisions.drops?.includes(subjectOf(candidate))) continue;
    if (decisions.ask !== undefined) {
      if (await decisions.ask(candidate)) chosen.push(candidate);
      continue;
    }
    const [rename, subject] = [describeRename(candidate), subjectOf(candidate)];
    throw new PlinthError(
      'rename_unclear',
      `${subject} is dropped and ${candidate.to} added with the same type: is it a rename?`,
      {
        fix: `add --rename ${rename} to keep the data, or --drop ${subject} if it is really dropped`,
      },
    );
  }
  return chosen;
}
