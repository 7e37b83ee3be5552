import pg from 'pg';
import { PlinthError } from '../errors.js';

export interface ScriptFailureDetails {
  /** Such as `20261121000100_init/migration.sql`. */
  readonly file: string;
  readonly sql: string;
  /** PostgreSQL's words. */
  readonly message: string;
  readonly sqlstate?: string | undefined;
  /** Where it failed: PostgreSQL's position (characters, from 1) or an offset (UTF-16 units, from 0). */
  readonly position?: number | undefined;
  readonly offset?: number | undefined;
  /** The failing statement, from 1, and how many there are. */
  readonly statement?: number | undefined;
  readonly statements?: number | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly fix?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A migration file that did not run: PostgreSQL's message, the place in the file with a caret and detail; its hint is the fix.
 * The author of the SQL reads it, so unlike DatabaseError it carries PostgreSQL's words.
 */
export class ScriptFailure extends PlinthError {
  readonly sqlstate: string | undefined;
  readonly statement: number | undefined;
  /** From 1. */
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(details: ScriptFailureDetails) {
    const { sql, position, cause } = details;
    const offset = position === undefined ? details.offset : offsetOf(sql, position);
    const place = offset === undefined ? undefined : placeOf(sql, offset);
    super('migration_failed', words(details, place), {
      fix: details.fix ?? fixOf(details),
      ...(cause === undefined ? {} : { cause }),
    });
    this.name = 'ScriptFailure';
    this.sqlstate = details.sqlstate;
    this.statement = details.statement;
    this.line = place?.line;
    this.column = place?.column;
  }
}

/** Words whatever pg threw while `sql` ran. `offset` is where the failing statement begins, `base` where the sent text
 * did; below 0 where that had so many characters before it. */
export function scriptFailure(
  error: unknown,
  context: Pick<ScriptFailureDetails, 'file' | 'sql' | 'statement' | 'statements' | 'offset'> & {
    base?: number;
  },
): PlinthError {
  if (!(error instanceof pg.DatabaseError) || error.severity === 'FATAL') {
    const { message } = error as Error;
    return new PlinthError('connection_lost', `${context.file}: the connection was lost: ${message}`, {
      fix: 'run `plinth migrate status`: the file was applied completely or not at all, or can be resumed',
      cause: error,
    });
  }
  const { base = 0, ...rest } = context;
  const position = error.position === undefined ? undefined : Number(error.position);
  return new ScriptFailure({
    ...rest,
    message: error.message,
    sqlstate: error.code,
    position: position === undefined ? undefined : position + charactersBefore(context.sql, base),
    detail: error.detail,
    hint: error.hint,
    cause: error,
  });
}

/** Characters that the sent text lacks at its beginning; less than none where it has a head of ASCII before the file's. */
function charactersBefore(sql: string, base: number): number {
  return base < 0 ? base : Array.from(sql.slice(0, base)).length;
}

/** Line and column (characters), both from 1, of an offset in UTF-16 units. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line++;
  return { line, column: Array.from(before.slice(lineStart)).length + 1 };
}

/** PostgreSQL counts characters, JavaScript UTF-16 units. */
function offsetOf(text: string, position: number): number {
  return Array.from(text)
    .slice(0, position - 1)
    .join('').length;
}

function words(details: ScriptFailureDetails, place: { line: number; column: number } | undefined): string {
  const { file, message, sqlstate, statement, statements, detail, sql } = details;
  const at = place === undefined ? '' : `:${place.line}:${place.column}`;
  const which = statement === undefined ? '' : ` (statement ${statement} of ${statements ?? statement})`;
  const lines = [`${file}${at}${which}: ${message}${sqlstate === undefined ? '' : ` [${sqlstate}]`}`];
  if (place !== undefined) lines.push(...excerpt(sql, place));
  if (detail !== undefined) lines.push(`detail: ${detail}`);
  return lines.join('\n');
}

function excerpt(sql: string, { line, column }: { line: number; column: number }): string[] {
  const all = sql.split(/\r?\n/);
  const number = (of: number) => String(of).padStart(4);
  const shown = all.slice(Math.max(0, line - 3), line).map((text, index, { length }) => {
    return `${number(line - length + index + 1)} | ${text}`;
  });
  const before = Array.from(all[line - 1] ?? '').slice(0, column - 1);
  const indent = before.map((character) => (character === '\t' ? '\t' : ' ')).join('');
  return [...shown, `     | ${indent}^`];
}

/** What the server itself advises knows the statement; ours knows the runner. */
function fixOf({ file, sqlstate, hint }: ScriptFailureDetails): string {
  if (sqlstate === '55P04')
    return 'a new enum value can be used only after its transaction: use it in the next migration';
  if (sqlstate === '2D000' || sqlstate === '25001') {
    return `put \`-- migrate: no-transaction\` at the top of ${file}: a statement in it does not run in a transaction`;
  }
  if (sqlstate === '55P03') return 'run it again when the sessions that hold the lock have ended';
  if (hint !== undefined) return `${asSentencePart(hint)}; then run it again: nothing that failed was kept`;
  return `correct ${file}, then run it again: nothing that failed was kept`;
}

/** As our own: lowercase, without the full stop. A word in capitals (DROP ... CASCADE) stays. */
function asSentencePart(text: string): string {
  const begins = /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
  return begins.trim().replace(/\.$/, '');
}
