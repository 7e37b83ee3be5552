import pg from 'pg';
import { quoteIdentifier } from '../sql.js';
import { replaceEnumsLast } from './create-enums.js';
import { alterCommands, nodeOf, textOf } from './lint/tree.js';
import { parseScript, type Statement } from './split.js';

const integerOf: Readonly<Record<string, string>> = {
  serial: 'INTEGER',
  bigserial: 'BIGINT',
  smallserial: 'SMALLINT',
};

/**
 * Mends what Prisma's engine writes wrongly: SERIAL as the type to change to, transactions inside the file, enum
 * values that come back at the end of the list instead of at their place, and tables that are dropped only after the
 * enum they use was replaced. `client` is on a database in the state that down.sql leads back to.
 */
export async function repairGenerated(
  client: pg.Client,
  sql: string,
  direction: 'up' | 'down',
): Promise<string> {
  const file = direction === 'up' ? 'migration.sql' : 'down.sql';
  if (sql === '') return '';
  let text = sql;
  const enums = direction === 'down' ? replaceEnumsLast : dropTablesFirst;
  for (const repair of [enums, removeTransactions, repairSerial, placeEnumValues]) {
    text = await repair(client, text, file);
  }
  return text.replace(/\n{3,}/g, '\n\n').trim();
}

async function removeTransactions(_client: pg.Client, sql: string, file: string): Promise<string> {
  const { neutralised } = await parseScript(sql, file);
  const lines = new Set(neutralised.map(({ line }) => line));
  return sql
    .split('\n')
    .filter((_text, at) => !lines.has(at + 1))
    .join('\n');
}

/** `SET DATA TYPE BIGSERIAL` becomes BIGINT, and the column's sequence counts as far. */
async function repairSerial(client: pg.Client, sql: string, file: string): Promise<string> {
  const script = await parseScript(sql, file);
  const edits: Edit[] = [];
  for (const { statement, subtype, table, name, column } of alterCommands(script)) {
    const integer = integerOf[textOf(column?.typeName?.names?.at(-1))];
    if (subtype !== 'AT_AlterColumnType' || integer === undefined) continue;
    const qualified = table.split('.').map(quoteIdentifier).join('.');
    const { rows } = await client.query<{ sequence: string | null }>(
      'select pg_get_serial_sequence($1, $2) as sequence',
      [qualified, name],
    );
    const sequence = rows[0]?.sequence;
    const text = statement.text.replace(
      new RegExp(`(${forPattern(quoteIdentifier(name))} SET DATA TYPE )\\w*SERIAL`, 'i'),
      `$1${integer}`,
    );
    const type = sequence ? `;\n\n-- AlterSequence\nALTER SEQUENCE ${sequence} AS ${integer}` : '';
    edits.push({ statement, text: text + type });
  }
  return applyEdits(sql, edits);
}

/** In an enum that loses and regains a value, the value has its place. */
async function placeEnumValues(client: pg.Client, sql: string, file: string): Promise<string> {
  const script = await parseScript(sql, file);
  const edits: Edit[] = [];
  for (const statement of script.statements) {
    const alter = nodeOf(statement, 'AlterEnumStmt');
    if (alter?.newVal === undefined || alter.oldVal !== undefined || alter.newValNeighbor) continue;
    const type = (alter.typeName ?? []).map(textOf).map(quoteIdentifier).join('.');
    const { rows } = await client.query<{ label: string }>(
      'select enumlabel as label from pg_enum where enumtypid = to_regtype($1) order by enumsortorder',
      [type],
    );
    const labels = rows.map(({ label }) => label);
    const at = labels.indexOf(alter.newVal);
    if (at === -1) continue;
    // Its predecessor is there: either it never left or it was put back by the statement before.
    const [before, after] = [labels[at - 1], labels[at + 1]];
    const place =
      before !== undefined
        ? `AFTER ${pg.escapeLiteral(before)}`
        : after !== undefined
          ? `BEFORE ${pg.escapeLiteral(after)}`
          : '';
    edits.push({ statement, text: `${statement.text} ${place}`.trim() });
  }
  return applyEdits(sql, edits);
}

/** Replacing an enum fails while a table that is about to be dropped still uses the old one. */
async function dropTablesFirst(_client: pg.Client, sql: string, file: string): Promise<string> {
  const script = await parseScript(sql, file);
  const enums = script.statements.findIndex((statement) =>
    nodeOf(statement, 'CreateEnumStmt')?.typeName?.map(textOf).join('.').endsWith('_new'),
  );
  if (enums === -1) return sql;
  const created = new Set(
    script.statements.flatMap((statement) => nodeOf(statement, 'CreateStmt')?.relation?.relname ?? []),
  );
  const isDrop = (statement: Statement) =>
    nodeOf(statement, 'DropStmt')?.removeType === 'OBJECT_TABLE' ||
    alterCommands({ ...script, statements: [statement] }).some(
      ({ subtype, name }) => subtype === 'AT_DropConstraint' && name.endsWith('_fkey'),
    );
  // A table that this file makes anew is made with the new enum: there is nothing to convert.
  const isIdle = (statement: Statement) => {
    const commands = alterCommands({ ...script, statements: [statement] });
    const relation = nodeOf(statement, 'AlterTableStmt')?.relation?.relname ?? '';
    return (
      created.has(relation) &&
      commands.some(
        ({ subtype, column }) =>
          subtype === 'AT_AlterColumnType' && textOf(column?.typeName?.names?.at(-1)).endsWith('_new'),
      )
    );
  };
  const kept = script.statements.filter((statement) => !isIdle(statement));
  const first = kept.filter(isDrop);
  if (first.length === 0 && kept.length === script.statements.length) return sql;
  const rest = kept.filter((statement) => !isDrop(statement));
  return [...first, ...rest]
    .map((statement) => `${statement.comments.trim()}\n${statement.text};`.trim())
    .join('\n\n');
}

interface Edit {
  statement: Statement;
  text: string;
}

/** From the end, so that the places before stay what they are. */
function applyEdits(sql: string, edits: readonly Edit[]): string {
  return edits
    .toReversed()
    .reduce(
      (text, { statement, text: next }) =>
        text.slice(0, statement.start) + next + text.slice(statement.start + statement.text.length),
      sql,
    );
}

const forPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
