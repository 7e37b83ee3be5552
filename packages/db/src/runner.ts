import type pg from 'pg';
import type { Actor } from './actor.js';
import { DatabaseError, translateError } from './errors.js';
import {
  type ActorHandle,
  answerOf,
  RUNNER,
  type Runner,
  type SqlTransaction,
  type Statement,
  toQuery,
} from './handle.js';
import type { DatabasePool } from './pool.js';
import { type RetryContext, retryByRule, retryRule } from './retry-policy.js';
import { MODEL_TYPES } from './row-types.js';
import { runAsActor, runSqlTransaction } from './sql-transaction.js';

/**
 * Runs repository statements on the pool, for an actor or for nobody. Statements that change rows or that row security
 * concerns run in a transaction which knows the actor; others go straight to any connection.
 */
export class PoolRunner implements Runner {
  readonly actor: Actor | undefined;
  readonly #pool: DatabasePool;
  readonly #context: RetryContext;

  constructor(pool: DatabasePool, context: RetryContext, actor?: Actor) {
    this.actor = actor;
    this.#pool = pool;
    this.#context = context;
  }

  /** The first try has no retry machinery around it: nearly all succeed. */
  async run<T extends object>(
    statement: Statement,
    values: unknown[],
  ): Promise<{ rows: T[]; rowCount: number }> {
    this.#context.budget.earn();
    try {
      return answerOf<T>(await this.#send(statement, values));
    } catch (error) {
      return this.#again<T>(translateError(error), statement, values);
    }
  }

  transaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    return runSqlTransaction(this.#pool, this.#context, work, this.actor);
  }

  #send(statement: Statement, values: unknown[]): Promise<pg.QueryResult> {
    const { actor } = this;
    const query = toQuery(statement, values, MODEL_TYPES);
    if (actor !== undefined && (statement.write || statement.owned))
      return runAsActor(this.#pool, actor, query);
    if (statement.owned) {
      throw new DatabaseError('permission', {
        fix: `${statement.operation} needs to know who acts: use database.as(actor) or withActor`,
      });
    }
    return this.#pool.run(query);
  }

  async #again<T extends object>(first: unknown, statement: Statement, values: unknown[]) {
    if (retryRule(first).when === 'never') throw first;
    let failed = false;
    const result = await retryByRule(
      async () => {
        if (!failed) {
          failed = true;
          throw first;
        }
        try {
          return await this.#send(statement, values);
        } catch (error) {
          throw translateError(error);
        }
      },
      this.#context,
      { repeatable: !statement.write },
    );
    return answerOf<T>(result);
  }
}

/**
 * What `database.as` answers. Classes, not objects with functions written out: every call of the API makes one, and closures
 * on each kept what they saw from being collected cheaply (docs/decisions/0009-classes-where-requests-pass.md).
 */
export class PoolActorHandle implements ActorHandle {
  readonly actor: Actor;
  readonly [RUNNER]: PoolRunner;

  constructor(pool: DatabasePool, context: RetryContext, actor: Actor) {
    this.actor = actor;
    this[RUNNER] = new PoolRunner(pool, context, actor);
  }

  tx<T>(work: (sql: SqlTransaction) => Promise<T>): Promise<T> {
    return this[RUNNER].transaction(work);
  }
}
