import type pg from 'pg';
import type { Actor } from './actor.js';
import type { QueryConfig } from './prepared-query.js';
import type { Sql } from './sql.js';

/** A statement of a repository: constant text, prepared under its name, measured under its operation. */
export interface Statement {
  readonly operation: string;
  readonly text: string;
  readonly name: string | undefined;
  /** Changes rows: never repeated after a lost connection. */
  readonly write: boolean;
  /** Reads or writes a table under row security: needs the actor in its transaction. */
  readonly owned: boolean;
}

/** How a handle runs statements. */
export interface Runner {
  readonly actor: Actor | undefined;
  /** One statement on its own, or as part of the open transaction. Throws DatabaseError. */
  run<T extends object>(statement: Statement, values: unknown[]): Promise<{ rows: T[]; rowCount: number }>;
  /** Several statements that happen together or not at all; a savepoint inside an open transaction. */
  transaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T>;
}

/** Where a handle keeps its runner: a symbol, so that handles can be databases and Prisma clients too. */
export const RUNNER = Symbol('plinth.runner');

/** What repositories work with: a Database, `database.as(actor)`, or an open transaction. */
export interface Handle {
  readonly [RUNNER]: Runner;
}

/** A handle whose every statement is done by an actor: `database.as(actor)`. */
export interface ActorHandle extends Handle {
  readonly actor: Actor;
  /** SQL helpers and repositories in one transaction of this actor. */
  tx<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T>;
}

/** SQL helpers bound to one transaction; also a handle for repositories. */
export interface SqlTransaction extends Sql, Handle {
  /** Runs `work` under a savepoint: its failure undoes only what it did. */
  savepoint<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T>;
}

/** The form in which pg takes a statement. */
export function toQuery(statement: Statement, values: unknown[], types: pg.CustomTypesConfig): QueryConfig {
  const { operation, text, name } = statement;
  return { operation, text, values, types, ...(name === undefined ? {} : { name }) };
}

/** What pg answered, as runners do. */
export function answerOf<T extends object>({
  rows,
  rowCount,
}: pg.QueryResult): { rows: T[]; rowCount: number } {
  return { rows: rows as T[], rowCount: rowCount ?? 0 };
}
