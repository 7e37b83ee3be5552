import type { Actor } from './actor.js';
import type { QueryEvent } from './client.js';
import type { DatabaseConfig } from './config.js';
import { DatabaseError, PlinthError, translateError } from './errors.js';
import { PrismaClient } from './generated/prisma/client.js';
import { type ActorHandle, type Handle, RUNNER, type SqlTransaction } from './handle.js';
import { createLinkedAdapter } from './linked-adapter.js';
import { createMetrics, type DatabaseMetrics } from './metrics.js';
import { createPool, type DatabasePool, type PoolEvent, type PoolStatus } from './pool.js';
import { type RetryOptions, retry } from './retry.js';
import { createRetryBudget, type RetryContext } from './retry-policy.js';
import { PoolActorHandle, PoolRunner } from './runner.js';
import { createSql, type Sql } from './sql.js';
import { runSqlTransaction, type SqlTransactionOptions } from './sql-transaction.js';
import {
  runTransaction,
  type Transaction,
  type TransactionContext,
  type TransactionOptions,
} from './transaction.js';

/** Whether the last contact with the server worked, and since when that is so. */
export interface ConnectionStatus {
  state: 'connected' | 'disconnected' | 'closed';
  since: Date;
}

/** One pool, three ways to use it: repositories, SQL helpers and typed Prisma. Everything else of packages/db takes one of these. */
export interface Database extends Sql, Handle {
  readonly config: DatabaseConfig;
  readonly pool: DatabasePool;
  readonly prisma: PrismaClient;
  /** A handle for repositories whose statements this actor does: row security and audit know it. */
  as(actor: Actor): ActorHandle;
  /** SQL helpers and repositories on one connection in one transaction; collisions run the function again. */
  tx<T>(
    work: (sql: SqlTransaction) => Promise<T>,
    actor?: Actor,
    options?: SqlTransactionOptions,
  ): Promise<T>;
  /** One transaction for Prisma, SQL and repositories alike; collisions run the function again. */
  withTransaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** One such transaction in which row security and audit know who acts. */
  withActor<T>(actor: Actor, work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Whether the server answers now. */
  isHealthy(): Promise<boolean>;
  connectionStatus(): ConnectionStatus;
  poolStatus(): PoolStatus;
  /** Latencies and errors per operation, waiting times, retries, since it was opened. */
  metrics(): DatabaseMetrics;
  /** Ends Prisma and every connection; safe to call twice. */
  close(): Promise<void>;
}

/** Observers and, for tests, time. */
export interface OpenOptions {
  onPoolEvent?: (event: PoolEvent) => void;
  onQuery?: (event: QueryEvent) => void;
  onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
  retryTiming?: Pick<RetryOptions, 'sleep' | 'random' | 'now'>;
  /** How long a connection may have been idle before it is checked at hand-out; 10 s unless told. */
  checkAfterIdleMs?: number;
}

/** Failures to connect that may pass by themselves: nothing was sent yet. */
const TRANSIENT = new Set([
  'unavailable',
  'starting',
  'too_many_connections',
  'connection_lost',
  'pool_exhausted',
]);

/** True when an error says that the server may answer later (refused, starting, full). */
export function isTransientConnectError(error: unknown): boolean {
  return error instanceof DatabaseError && TRANSIENT.has(error.code);
}

/**
 * Opens the database: connects (with backoff while the server cannot be reached), checks the session, opens
 * the pool's minimum. Throws DatabaseError, or PlinthError `superuser_refused` in production.
 */
export async function openDatabase(config: DatabaseConfig, options: OpenOptions = {}): Promise<Database> {
  const status: ConnectionStatus = { state: 'disconnected', since: new Date() };
  const become = (state: ConnectionStatus['state']) => {
    if (status.state === state || status.state === 'closed') return;
    status.state = state;
    status.since = new Date();
  };
  const metrics = createMetrics();
  const pool = createPool(config, {
    onEvent(event) {
      if (event.type === 'acquire') metrics.acquired(event.waitedMs);
      if (event.type === 'shed') metrics.shed();
      if (event.type === 'acquire_failed' && codeOf(event.error) === 'pool_exhausted') metrics.timedOut();
      if (event.type === 'recycle') metrics.recycled();
      if (event.type === 'connect') become('connected');
      if (event.type === 'error' && pool.totalCount === 0) become('disconnected');
      options.onPoolEvent?.(event);
    },
    onQuery(event) {
      metrics.statement(
        event.operation,
        event.durationMs,
        event.error === undefined ? undefined : codeOf(event.error),
      );
      options.onQuery?.(event);
    },
    ...(options.checkAfterIdleMs === undefined ? {} : { checkAfterIdleMs: options.checkAfterIdleMs }),
  });
  const sql = createSql((statement) => pool.run(statement));
  const adapter = createLinkedAdapter(pool);
  const prisma = new PrismaClient({ adapter: adapter.factory });
  const retries: RetryContext = { budget: createRetryBudget(), metrics, timing: options.retryTiming };
  const transactions: TransactionContext = { ...retries, prisma, pool, adapter, limits: config };

  try {
    await retry(() => verifySession(sql, config), {
      retries: config.connectRetries,
      baseMs: 200,
      capMs: 5_000,
      shouldRetry: isTransientConnectError,
      ...(options.onRetry ? { onRetry: options.onRetry } : {}),
      ...options.retryTiming,
    });
    await pool.fill();
  } catch (error) {
    await pool.end();
    throw translateError(error, config.url);
  }

  let closing: Promise<void> | undefined;
  return {
    ...sql,
    config,
    pool,
    prisma,
    [RUNNER]: new PoolRunner(pool, retries),
    as: (actor) => new PoolActorHandle(pool, retries, actor),
    tx: (work, actor, transaction) => runSqlTransaction(pool, retries, work, actor, transaction),
    withTransaction: (work, transaction) => runTransaction(transactions, work, transaction),
    withActor: (actor, work, transaction) => runTransaction(transactions, work, transaction, actor),
    metrics: () => metrics.snapshot(pool.status()),
    async isHealthy() {
      try {
        await sql.query('select 1');
        become('connected');
        return true;
      } catch {
        become('disconnected');
        return false;
      }
    },
    connectionStatus: () => ({ ...status }),
    poolStatus: () => pool.status(),
    close() {
      become('closed');
      closing ??= prisma.$disconnect().then(() => pool.end());
      return closing;
    },
  };
}

function codeOf(error: unknown): string {
  const translated = translateError(error);
  return translated instanceof DatabaseError ? translated.code : 'other';
}

/** What a session must be before anything is entrusted to it. */
async function verifySession(sql: Sql, config: DatabaseConfig): Promise<void> {
  const session = await sql.one<{ zone: string; role: string; superuser: boolean; bypasses: boolean }>(
    `select current_setting('TimeZone') as zone, current_user as role, rolsuper as superuser, rolbypassrls as bypasses
       from pg_catalog.pg_roles where rolname = current_user`,
  );
  if (session.zone !== 'UTC') {
    throw new PlinthError('timezone_not_utc', `the session's time zone is ${session.zone}, not UTC`, {
      fix: "run: alter role current_user set timezone = 'UTC' (a pooler may drop the setting sent at connect)",
    });
  }
  if (config.environment === 'production' && (session.superuser || session.bypasses)) {
    throw new PlinthError(
      'superuser_refused',
      `role ${session.role} ${session.superuser ? 'is a superuser' : 'bypasses row security'}`,
      {
        fix: 'set DATABASE_URL to the application role (plinth_app); docs/deployment.md shows how to make it',
      },
    );
  }
}
