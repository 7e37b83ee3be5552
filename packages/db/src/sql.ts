import { createHash } from 'node:crypto';
import type pg from 'pg';
import { DatabaseError, translateError } from './errors.js';

/** A value that pg can send as a parameter. */
export type SqlParameter =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Buffer
  | Uint8Array
  | null
  | undefined
  | readonly unknown[]
  | object;

/**
 * Queries with parameters. Each text becomes a named prepared statement, parsed and planned once per connection (searches
 * by similarity alone are planned for each text they look for): keep texts constant and put values into `parameters`.
 * All throw DatabaseError.
 */
export interface Sql {
  /** Any number of rows. */
  query<T extends object>(text: string, parameters?: readonly SqlParameter[]): Promise<T[]>;
  /** Exactly one row; not_found when there is none, internal when there are several. */
  one<T extends object>(text: string, parameters?: readonly SqlParameter[]): Promise<T>;
  /** One row, or null; internal when there are several. */
  oneOrNone<T extends object>(text: string, parameters?: readonly SqlParameter[]): Promise<T | null>;
  /** One or more rows; not_found when there is none. */
  many<T extends object>(text: string, parameters?: readonly SqlParameter[]): Promise<T[]>;
  /** No rows wanted (INSERT, UPDATE, DELETE); returns how many were touched. */
  none(text: string, parameters?: readonly SqlParameter[]): Promise<number>;
}

type Send = (config: pg.QueryConfig) => Promise<pg.QueryResult>;

const names = new Map<string, string>();
/** Beyond this many texts something builds SQL from values; those run unnamed rather than filling the server's memory. */
const MAX_NAMES = 2_000;

/**
 * Similarity and ILIKE: how many rows match hangs on the text that is looked for, and so does the right plan. A named
 * statement soon gets one plan for all texts, which reads a list in its order until enough rows match: for a rare text, all
 * of them, at 40 µs each. Unnamed statements are planned for their values.
 */
const PLANNED_FOR_VALUES = / (?:<?%>?|ilike) /i;

/** The statement name of a text: the same in every process, so that poolers and logs can tell; undefined for those to be planned anew. */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MAX_NAMES || PLANNED_FOR_VALUES.test(text)) return undefined;
  const name = `p_${createHash('sha1').update(text).digest('hex').slice(0, 16)}`;
  names.set(text, name);
  return name;
}

/** Builds the query helpers over what sends a statement: a pool, or one connection in a transaction. */
export function createSql(runner: Send | Pick<pg.Client, 'query'>): Sql {
  const send: Send = typeof runner === 'function' ? runner : (config) => runner.query(config);

  async function run<T extends object>(
    text: string,
    parameters: readonly SqlParameter[],
  ): Promise<pg.QueryResult<T>> {
    const name = statementName(text);
    try {
      return await send({ text, values: parameters as unknown[], ...(name ? { name } : {}) });
    } catch (error) {
      throw translateError(error);
    }
  }

  async function oneOrNone<T extends object>(
    text: string,
    parameters: readonly SqlParameter[] = [],
  ): Promise<T | null> {
    const { rows } = await run<T>(text, parameters);
    if (rows.length > 1)
      throw new DatabaseError('internal', { fix: 'the query returned several rows where one was asked for' });
    return rows[0] ?? null;
  }

  return {
    async query<T extends object>(text: string, parameters: readonly SqlParameter[] = []) {
      return (await run<T>(text, parameters)).rows;
    },
    async one<T extends object>(text: string, parameters: readonly SqlParameter[] = []) {
      const row = await oneOrNone<T>(text, parameters);
      if (row === null) throw new DatabaseError('not_found');
      return row;
    },
    oneOrNone,
    async many<T extends object>(text: string, parameters: readonly SqlParameter[] = []) {
      const { rows } = await run<T>(text, parameters);
      if (rows.length === 0) throw new DatabaseError('not_found');
      return rows;
    },
    async none(text: string, parameters: readonly SqlParameter[] = []) {
      return (await run(text, parameters)).rowCount ?? 0;
    },
  };
}

/** Quotes an identifier (table, column, role); the only way names get into SQL text. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) throw new DatabaseError('invalid_value');
  return `"${name.replaceAll('"', '""')}"`;
}
