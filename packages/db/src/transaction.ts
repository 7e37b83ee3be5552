import type { Actor } from './actor.js';
import { translateError } from './errors.js';
import type { Prisma, PrismaClient } from './generated/prisma/client.js';
import { type Handle, RUNNER, type SqlTransaction } from './handle.js';
import { type IdempotencyKey, runOnce } from './idempotency.js';
import type { LinkedAdapter } from './linked-adapter.js';
import type { DatabasePool } from './pool.js';
import { type RetryContext, type RetryLimits, retryByRule } from './retry-policy.js';
import { bindTransaction } from './sql-transaction.js';

/** A Prisma client bound to one transaction, with SQL helpers and repositories on the same connection. */
export type Transaction = Prisma.TransactionClient & TransactionParts;

/** What a transaction has beside Prisma's models. */
export interface TransactionParts extends Handle {
  /** SQL in this very transaction. */
  readonly sql: SqlTransaction;
  /** Runs `work` under a savepoint of this transaction: its failure undoes only what it did. */
  withTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** How a transaction runs. */
export interface TransactionOptions {
  isolationLevel?: Prisma.TransactionIsolationLevel;
  /** Longest duration of one try, in milliseconds; checked between statements. */
  timeoutMs?: number;
  /** Tries after the first, instead of the rules' own numbers. The function runs anew each time. */
  retries?: number;
  /** No new try starts after this long; 30 s unless told. */
  deadlineMs?: number;
  /** Makes the transaction repeatable: what it returned is stored with its effect and answered to every repetition. */
  idempotency?: IdempotencyKey;
  retryTiming?: RetryLimits['timing'];
}

/** What a Database lends to its transactions. */
export interface TransactionContext extends RetryContext {
  prisma: PrismaClient;
  pool: DatabasePool;
  adapter: LinkedAdapter;
  limits: { acquireTimeoutMs: number; statementTimeoutMs: number };
}

/** Prisma's transaction client with our parts before it. */
function extend(prismaTx: Prisma.TransactionClient, sql: SqlTransaction): Transaction {
  const parts: TransactionParts = {
    sql,
    [RUNNER]: sql[RUNNER],
    withTransaction: (work) => sql.savepoint(() => work(transaction)),
  };
  const transaction = new Proxy(prismaTx, {
    get: (target, key) => (Object.hasOwn(parts, key) ? Reflect.get(parts, key) : Reflect.get(target, key)),
    has: (target, key) => Object.hasOwn(parts, key) || Reflect.has(target, key),
  }) as Transaction;
  return transaction;
}

/**
 * Runs `work` in one interactive Prisma transaction, optionally as an actor: commits its result, rolls back when it
 * throws. Runs it again as retry-policy.ts says. Throws DatabaseError for database failures, else what `work` threw.
 */
export function runTransaction<T>(
  { prisma, pool, adapter, limits, ...context }: TransactionContext,
  work: (tx: Transaction) => Promise<T>,
  options: TransactionOptions = {},
  actor?: Actor,
): Promise<T> {
  const { idempotency } = options;
  const once = async () => {
    try {
      return await prisma.$transaction(
        async (prismaTx) => {
          const client = await adapter.clientOf(prismaTx, actor);
          const sql = bindTransaction(pool, client, actor);
          const transaction = extend(prismaTx, sql);
          return idempotency ? runOnce(sql, idempotency, () => work(transaction)) : work(transaction);
        },
        {
          maxWait: limits.acquireTimeoutMs,
          timeout: options.timeoutMs ?? limits.statementTimeoutMs + 5_000,
          ...(options.isolationLevel ? { isolationLevel: options.isolationLevel } : {}),
        },
      );
    } catch (error) {
      throw translateError(error);
    }
  };
  return retryByRule(once, context, {
    repeatable: idempotency !== undefined,
    retries: options.retries,
    deadlineMs: options.deadlineMs,
    timing: options.retryTiming,
  });
}
