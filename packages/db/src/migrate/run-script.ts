import pg from 'pg';
import { PlinthError } from '../errors.js';
import { type ScriptFailure, scriptFailure } from './script-failure.js';
import type { MigrationSession } from './session.js';
import type { Script, Statement } from './split.js';

/** How long a statement may wait for a lock and run, in milliseconds; 0 is for ever. */
export interface Limits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** A client that falls silent inside a transaction must not keep its locks. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** pg's query, which counts the statements that a text of many has completed. */
class CountedQuery extends (pg.Query as unknown as new (
  config: { text: string },
  values: undefined,
  callback: (error: Error | null) => void,
) => {
  handleCommandComplete(message: unknown, connection: unknown): void;
  submit(connection: unknown): void;
}) {
  completed = 0;

  override handleCommandComplete(message: unknown, connection: unknown): void {
    this.completed++;
    super.handleCommandComplete(message, connection);
  }
}

export interface TransactionRun {
  readonly limits: Limits;
  /** In the same transaction, at its end. */
  readonly record: () => Promise<void>;
  /** The same as SQL, where that is all: it is sent with the script and the commit, in one round trip. */
  readonly recordSql?: string | undefined;
  /** Looks at what the script does before it is committed. */
  readonly around?: ((run: () => Promise<void>) => Promise<void>) | undefined;
  /** A later commit of the same run is waited for, and makes this one durable too. */
  readonly deferDurability?: boolean;
}

/**
 * Runs a script as one transaction, `record` in it at the end: both happen or neither does. The whole text goes to the
 * server at once; what it answers per statement tells which one failed. Throws ScriptFailure after rolling back.
 */
export async function runInTransaction(
  session: MigrationSession,
  script: Script,
  { limits, record, recordSql, around, deferDurability = false }: TransactionRun,
): Promise<void> {
  const { client } = session;
  const begin = `begin; ${setLimits(limits)}`;
  // A SET of the file must reach neither the next one nor the bookkeeping. Not waiting for the disk comes after it, or
  // would be reset, too: after a crash of the server a run begins again where the log ends, rows and schema alike.
  const reset = `${session.resetSql}${deferDurability ? '; set local synchronous_commit = off' : ''}`;
  try {
    if (around === undefined && recordSql !== undefined) {
      return await sendScript(session, script, {
        before: begin,
        after: `${reset};\n${recordSql};\ncommit`,
      });
    }
    if (around === undefined) {
      await sendScript(session, script, { before: begin, after: reset });
    } else {
      await client.query(begin);
      await around(() => sendScript(session, script));
      await client.query(reset);
    }
    if (client.getTransactionStatus() !== 'T') {
      throw new PlinthError('migration_failed', `${script.file}: it ended the transaction it ran in`, {
        fix: 'remove what commits from it',
      });
    }
    await record();
    await commit(session, script);
  } catch (error) {
    await client.query('rollback').catch(() => {});
    await session.reset().catch(() => {});
    throw error;
  }
}

/** Sends the runnable text, in the open transaction or with what goes before and after it. Throws ScriptFailure. */
export async function sendScript(
  { client }: Pick<MigrationSession, 'client'>,
  script: Script,
  { before = '', after = '' }: { before?: string; after?: string } = {},
): Promise<void> {
  const { statements, sql, file, runnable } = script;
  const head = before === '' ? '' : `${before};\n`;
  const text = after === '' ? head + runnable : `${head}${runnable}\n;${after}`;
  if (head === '' && statements.length === 0) return;
  let query: CountedQuery | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      query = new CountedQuery({ text }, undefined, (error) => (error ? reject(error) : resolve()));
      client.query(query as unknown as pg.Submittable);
    });
  } catch (error) {
    const done = query?.completed ?? 0;
    // All of it is parsed before any of it runs, so a syntax error belongs to no statement.
    const isSyntax = (error as { code?: string }).code === '42601' && done === 0;
    const failing = isSyntax ? undefined : statements[done - countStatements(before)];
    const place = { statement: failing?.number, statements: statements.length, offset: failing?.start };
    // What the bookkeeping says has no place in the file.
    const cause =
      failing === undefined && !isSyntax && error instanceof pg.DatabaseError
        ? withoutPosition(error)
        : error;
    throw scriptFailure(cause, { file, sql, ...place, base: -head.length });
  }
}

function withoutPosition(error: pg.DatabaseError): pg.DatabaseError {
  error.position = undefined;
  return error;
}

/** Of our own prefix, which has no semicolon inside a statement. */
const countStatements = (sql: string): number => (sql === '' ? 0 : sql.split(';').length);

/** Runs one statement of a script, in whatever transaction is open or none. Throws ScriptFailure. */
export async function sendStatement(
  { client }: Pick<MigrationSession, 'client'>,
  script: Script,
  statement: Statement,
): Promise<void> {
  const { file, sql, statements } = script;
  const { text, number, start } = statement;
  await client.query({ text }).catch((error: unknown) => {
    const place = { statement: number, statements: statements.length, offset: start, base: start };
    throw scriptFailure(error, { file, sql, ...place });
  });
}

async function commit({ client }: MigrationSession, { file, sql }: Script): Promise<void> {
  // Deferred constraints speak here; there is no statement to blame.
  await client.query('commit').catch((error: unknown) => {
    throw scriptFailure(error, { file, sql });
  });
}

/** `SET LOCAL` for the transaction that is open. */
export function setLimits({ lockTimeoutMs, statementTimeoutMs }: Limits): string {
  return (
    `set local lock_timeout = ${Math.round(lockTimeoutMs)}; set local statement_timeout = ${Math.round(statementTimeoutMs)}; ` +
    `set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`
  );
}

export interface RetryPolicy {
  /** Tries after the first. */
  readonly lockRetries: number;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/**
 * Runs `work` again when a lock was not granted (55P03) or a deadlock ended it (40P01), after 1 s, 2 s ... 60 s, each
 * times 0.5 to 1, so that what it collided with is over and two runners do not meet again.
 */
export async function withLockRetries<T>(policy: RetryPolicy, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    policy.signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      const { sqlstate = '' } = error as Partial<ScriptFailure>;
      if (!['55P03', '40P01'].includes(sqlstate) || attempt >= policy.lockRetries) throw error;
      const pauseMs = Math.min(1_000 * 2 ** attempt, 60_000) * (0.5 + policy.random() / 2);
      const why = sqlstate === '55P03' ? 'a lock was not granted in time' : 'a deadlock was resolved';
      policy.log(
        `${why}; nothing was changed, try ${attempt + 2} of ${policy.lockRetries + 1} in ${(pauseMs / 1000).toFixed(1)} s`,
      );
      await policy.sleep(pauseMs);
    }
  }
}
