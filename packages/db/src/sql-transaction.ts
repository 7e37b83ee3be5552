import type { Socket } from 'node:net';
import type pg from 'pg';
import { type Actor, actorSettings, SET_ACTOR } from './actor.js';
import { DatabaseError, isPlanOutdated, swallowedFailure, translateError } from './errors.js';
import { answerOf, RUNNER, type SqlTransaction, toQuery } from './handle.js';
import type { DatabasePool } from './pool.js';
import { type RetryContext, type RetryLimits, retryByRule } from './retry-policy.js';
import { MODEL_TYPES } from './row-types.js';
import { createSql, statementName } from './sql.js';

/** How an SQL transaction runs. */
export interface SqlTransactionOptions extends Pick<RetryLimits, 'retries' | 'deadlineMs'> {
  isolationLevel?: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
  readOnly?: boolean;
}

const IN_FAILED_TRANSACTION = '25P02';

const ISOLATION = {
  ReadCommitted: 'read committed',
  RepeatableRead: 'repeatable read',
  Serializable: 'serializable',
} as const;

/** SQL helpers and a repository handle over a connection that is in a transaction. */
export function bindTransaction(
  pool: DatabasePool,
  client: pg.PoolClient,
  actor: Actor | undefined,
): SqlTransaction {
  const send = async (config: pg.QueryConfig) => {
    try {
      return await client.query(config);
    } catch (error) {
      pool.noteFailure(error);
      throw error;
    }
  };
  const savepoint = async <T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> => {
    const name = `plinth_${++savepoints}`;
    await transaction.none(`savepoint ${name}`);
    try {
      const result = await work(transaction);
      // A failure that `work` swallowed would fail the whole transaction at its end; here it is still known whose it is.
      await transaction.none(`release savepoint ${name}`).catch((error: unknown) => {
        throw error instanceof DatabaseError && error.sqlstate === IN_FAILED_TRANSACTION
          ? swallowedFailure()
          : error;
      });
      return result;
    } catch (error) {
      await transaction.none(`rollback to savepoint ${name}`);
      throw translateError(error);
    }
  };
  let savepoints = 0;
  const transaction: SqlTransaction = {
    ...createSql(send),
    savepoint,
    [RUNNER]: {
      actor,
      async run<T extends object>(statement: Parameters<typeof toQuery>[0], values: unknown[]) {
        try {
          return answerOf<T>(await send(toQuery(statement, values, MODEL_TYPES)));
        } catch (error) {
          throw translateError(error);
        }
      },
      transaction: savepoint,
    },
  };
  return transaction;
}

/**
 * Runs `work` in one SQL transaction on one connection, optionally as an actor. Commits its result, rolls back when it
 * throws. Runs again as retry-policy.ts says. Throws DatabaseError for database failures, else what `work` threw.
 */
export function runSqlTransaction<T>(
  pool: DatabasePool,
  context: RetryContext,
  work: (tx: SqlTransaction) => Promise<T>,
  actor?: Actor,
  options: SqlTransactionOptions = {},
): Promise<T> {
  const level = options.isolationLevel ? ` isolation level ${ISOLATION[options.isolationLevel]}` : '';
  const begin = `begin${level}${options.readOnly ? ' read only' : ''}`;
  return retryByRule(() => once(pool, begin, work, actor), context, {
    repeatable: options.readOnly === true,
    ...options,
  });
}

async function once<T>(
  pool: DatabasePool,
  begin: string,
  work: (tx: SqlTransaction) => Promise<T>,
  actor: Actor | undefined,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translateError(error);
  });
  let broken: Error | undefined;
  try {
    await Promise.all([client.query(begin), ...(actor ? [client.query(setActor(actor))] : [])]);
    const result = await work(bindTransaction(pool, client, actor));
    const { command } = await client.query('commit');
    // PostgreSQL's answer to the COMMIT of a failed transaction. pg's own state may lag behind the failure.
    if (command === 'ROLLBACK') throw swallowedFailure();
    return result;
  } catch (error) {
    pool.noteFailure(error);
    if (isPlanOutdated(error)) broken = error as Error;
    // Also after the caller's own errors. When it fails, the connection goes too, and its transaction with it.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw translateError(error);
  } finally {
    client.release(broken);
  }
}

/** The statement that tells a transaction who acts. */
export function setActor(actor: Actor): pg.QueryConfig {
  return { text: SET_ACTOR, name: statementName(SET_ACTOR) ?? '', values: actorSettings(actor) };
}

/**
 * One statement as an actor: BEGIN, set_config, the statement and COMMIT travel together, so that row security costs
 * no round trip. A failing statement turns the COMMIT into a ROLLBACK on the server.
 */
export function runAsActor(pool: DatabasePool, actor: Actor, query: pg.QueryConfig): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    pool.connect((connectError, client, release) => {
      if (client === undefined) return reject(connectError);
      let failure: Error | undefined;
      let result: pg.QueryResult | undefined;
      const note = (error: Error | null | undefined) => {
        if (error) failure ??= error;
      };
      // One packet for all four: otherwise each statement is a system call here and a wake-up there.
      const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
      stream.cork();
      client.query('begin', note);
      client.query(setActor(actor), note);
      client.query(query, (error: Error | null | undefined, answer: pg.QueryResult) => {
        note(error);
        result = answer;
      });
      client.query('commit', (error: Error | null | undefined) => {
        note(error);
        release(failure ? pool.noteFailure(failure) : undefined);
        if (failure || result === undefined) reject(failure ?? new DatabaseError('internal'));
        else resolve(result);
      });
      stream.uncork();
    });
  });
}
