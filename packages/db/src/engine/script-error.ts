import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** Statements refused inside a transaction block, in one place: PostgreSQL's wording of 25001 for each. */
const notInTransaction =
  /cannot (?:run|be executed) (?:inside a transaction block|within a pipeline|from a function)/;

/**
 * PostgreSQL's own failure of a script, worded for a person: message, detail, hint and the place in the file.
 * Always of kind `postgres`: the engine replaces the message of every more specific kind.
 */
export function scriptError(error: unknown, script: string): DriverAdapterError {
  if (!(error instanceof pg.DatabaseError)) return new DriverAdapterError(rawScriptError(error));
  const lines = [error.message ?? ''];
  if (error.detail !== undefined) lines.push(`DETAIL: ${error.detail}`);
  if (error.hint !== undefined) lines.push(`HINT: ${error.hint}`);
  if (error.where !== undefined) lines.push(`CONTEXT: ${error.where}`);
  lines.push(...fixOf(error));
  if (error.position !== undefined) lines.push('', ...place(script, Number(error.position)));
  return new DriverAdapterError({
    kind: 'postgres',
    // With the space the engine does not know the code: it has its own words, without PostgreSQL's, for those it knows.
    code: `${error.code ?? 'XX000'} `,
    originalCode: error.code ?? 'XX000',
    severity: error.severity ?? 'ERROR',
    message: lines.join('\n'),
    detail: error.detail,
    column: error.column,
    hint: error.hint,
  });
}

function rawScriptError(error: unknown) {
  const { code, message } = error as { code?: string; message: string };
  const base = {
    kind: 'postgres',
    severity: 'FATAL',
    detail: undefined,
    column: undefined,
    hint: undefined,
  } as const;
  return {
    ...base,
    code: code ?? '08006',
    originalCode: code ?? '08006',
    message: `the connection was lost while the script ran: ${message}`,
  };
}

function fixOf(error: pg.DatabaseError): string[] {
  if (error.code === '25001' && notInTransaction.test(error.message)) {
    return [
      'FIX: a migration file runs as one transaction, and this statement cannot run in one. ' +
        'Give it a migration file of its own with nothing else in it (one such statement per file), or use `plinth migrate up`.',
    ];
  }
  if (error.code === '55P04') {
    return [
      'FIX: a migration file runs as one transaction. Use the new enum value in the next migration file.',
    ];
  }
  return [];
}

/** Lines around a 1-based character position, the failing one marked, as Prisma's own engine prints them. */
function place(script: string, position: number): string[] {
  // PostgreSQL counts characters, JavaScript UTF-16 units.
  const before = Array.from(script).slice(0, position - 1);
  const line = before.filter((character) => character === '\n').length;
  const column = before.length - before.lastIndexOf('\n');
  const all = script.split('\n');
  const first = Math.max(0, line - 3);
  const shown = all.slice(first, line + 2).map((text, i) => {
    const number = first + i;
    return `${number === line ? '>' : ' '} ${String(number + 1).padStart(3)} ${text}`;
  });
  return [`Position: line ${line + 1}, column ${column}`, ...shown];
}
