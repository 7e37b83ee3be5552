import type pg from 'pg';
import type { Actor } from './actor.js';
import { DatabaseError, translateError } from './errors.js';
import { type Runner, type Statement, toQuery } from './handle.js';
import type { DatabasePool } from './pool.js';
import { type RetryContext, retryByRule, retryRule } from './retry-policy.js';
import { MODEL_TYPES } from './row-types.js';
import { runAsActor, runSqlTransaction } from './sql-transaction.js';

/**
 * Runs repository statements on the pool, for an actor or for nobody. Statements that change rows or that row security
 * concerns run in a transaction which knows the actor; others go straight to any connection.
 */
export function createRunner(pool: DatabasePool, context: RetryContext, actor?: Actor): Runner {
  function send(statement: Statement, values: unknown[]): Promise<pg.QueryResult> {
    const query = toQuery(statement, values, MODEL_TYPES);
    if (actor !== undefined && (statement.write || statement.owned)) return runAsActor(pool, actor, query);
    if (statement.owned) {
      throw new DatabaseError('permission', {
        fix: `${statement.operation} needs to know who acts: use database.as(actor) or withActor`,
      });
    }
    return pool.run(query);
  }

  /** The first try has no retry machinery around it: nearly all succeed. */
  async function run<T extends object>(statement: Statement, values: unknown[]) {
    context.budget.earn();
    try {
      const { rows, rowCount } = await send(statement, values);
      return { rows: rows as T[], rowCount: rowCount ?? 0 };
    } catch (error) {
      return again<T>(translateError(error), statement, values);
    }
  }

  async function again<T extends object>(first: unknown, statement: Statement, values: unknown[]) {
    if (retryRule(first).when === 'never') throw first;
    let failed = false;
    const { rows, rowCount } = await retryByRule(
      async () => {
        if (!failed) {
          failed = true;
          throw first;
        }
        try {
          return await send(statement, values);
        } catch (error) {
          throw translateError(error);
        }
      },
      context,
      { repeatable: !statement.write },
    );
    return { rows: rows as T[], rowCount: rowCount ?? 0 };
  }

  return {
    actor,
    run,
    transaction: (work) => runSqlTransaction(pool, context, work, actor),
  };
}
