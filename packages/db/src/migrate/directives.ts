import { parseDurationMs } from '../env.js';
import { PlinthError } from '../errors.js';

/** What the comment at the top of a file asks for: `-- migrate: no-transaction, lock_timeout=10s`. */
export interface Directives {
  /** Statement by statement, each in a transaction of its own where it can be. */
  readonly noTransaction: boolean;
  readonly lockTimeoutMs: number | undefined;
  readonly statementTimeoutMs: number | undefined;
  /** The reason of `-- irreversible: reason` in a down.sql. */
  readonly irreversible: string | undefined;
}

/** Reads the directives of a script's leading comment lines. Throws `migration_invalid` for one it does not know. */
export function parseDirectives(sql: string, file: string): Directives {
  const found = { noTransaction: false } as { -readonly [K in keyof Directives]: Directives[K] };
  for (const line of leadingComments(sql)) {
    const irreversible = /^irreversible(?::\s*(.*))?$/i.exec(line);
    if (irreversible) {
      if (!irreversible[1]) throw invalid(file, 'irreversible gives no reason', '-- irreversible: why');
      found.irreversible = irreversible[1];
    }
    const asked = /^migrate:\s*(.*)$/i.exec(line)?.[1];
    for (const word of asked?.split(',') ?? []) {
      const [name = '', value = ''] = word.split('=').map((part) => part.trim().toLowerCase());
      if (name === 'no-transaction' && value === '') found.noTransaction = true;
      else if (name === 'lock_timeout') found.lockTimeoutMs = duration(file, name, value);
      else if (name === 'statement_timeout') found.statementTimeoutMs = duration(file, name, value);
      else {
        const known = '-- migrate: no-transaction, lock_timeout=10s, statement_timeout=5m';
        throw invalid(file, `"${word.trim()}" is no directive`, known);
      }
    }
  }
  return found;
}

function leadingComments(sql: string): string[] {
  const comments: string[] = [];
  for (const line of sql.split(/\r?\n/)) {
    const text = line.trim();
    if (text !== '' && !text.startsWith('--')) break;
    if (text !== '') comments.push(text.replace(/^--\s*/, ''));
  }
  return comments;
}

function duration(file: string, name: string, value: string): number {
  const ms = value === '0' ? 0 : parseDurationMs(value);
  if (ms === undefined)
    throw invalid(file, `${name} is "${value}", not a duration`, `-- migrate: ${name}=10s`);
  return ms;
}

function invalid(file: string, what: string, example: string): PlinthError {
  return new PlinthError('migration_invalid', `${file}: ${what}`, { fix: `write it like this: ${example}` });
}
