import pg from 'pg';
import { requestCancel } from './cancel.js';
import { PreparedQuery, type QueryConfig } from './prepared-query.js';
import { currentRequestContext } from './request-context.js';

/** What one statement did, whoever sent it (repositories, SQL helpers or Prisma); for logs and metrics. Never holds parameters. */
export interface QueryEvent {
  /** Such as `businesses.list`; for statements that nobody named, their first word. */
  operation: string;
  text: string;
  durationMs: number;
  /** Of the request that sent it; read when it was sent, because pg calls back from the connection's own context. */
  requestId?: string;
  error?: unknown;
}

type Callback = (error: Error | null | undefined, result?: pg.QueryResult) => void;
type Send = (config: unknown, values: unknown, callback: Callback) => unknown;

/**
 * A client that reports each statement, and that leaves a statement it no longer waits for in no doubt: the
 * server is asked to cancel it and the socket is destroyed. Otherwise pg returns the busy connection to the
 * pool and the next caller's query waits behind the one that timed out (node-postgres#3399).
 */
export function createClientClass(onQuery: (event: QueryEvent) => void): typeof pg.Client {
  return class PlinthClient extends pg.Client {
    #report(
      config: unknown,
      startedAt: number,
      requestId: string | undefined,
      error: Error | null | undefined,
    ): void {
      if (error?.message === 'Query read timeout') {
        void requestCancel(this);
        (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      }
      const text = typeof config === 'string' ? config : ((config as QueryConfig).text ?? '');
      const operation = (config as QueryConfig).operation ?? operationOf(text);
      onQuery({
        operation,
        text,
        durationMs: performance.now() - startedAt,
        ...(requestId ? { requestId } : {}),
        ...(error ? { error } : {}),
      });
    }

    #send(config: unknown, values: unknown, callback: Callback): void {
      const startedAt = performance.now();
      const requestId = currentRequestContext()?.requestId;
      const done: Callback = (error, result) => {
        this.#report(config, startedAt, requestId, error);
        callback(error, result);
      };
      if (isPlainlyNamed(config))
        (super.query as (query: unknown) => unknown)(new PreparedQuery(config, values, done));
      else (super.query as Send)(config, values, done);
    }

    override query(...given: unknown[]): never {
      const [config, second, third] = given;
      // Copy streams and the like bring their own protocol.
      if (typeof (config as { submit?: unknown })?.submit === 'function')
        return (super.query as (...args: unknown[]) => never)(...given);
      const callback = typeof second === 'function' ? second : third;
      const values = typeof second === 'function' ? undefined : second;
      if (typeof callback === 'function') return this.#send(config, values, callback as Callback) as never;
      return new Promise<pg.QueryResult | undefined>((resolve, reject) => {
        this.#send(config, values, (error, result) => (error ? reject(error) : resolve(result)));
      }) as never;
    }
  };
}

/** Whether a query is nothing but a named statement and its values. Prisma's ask for rows as arrays. */
function isPlainlyNamed(config: unknown): config is QueryConfig & { name: string } {
  const { name, rowMode } = config as { name?: unknown; rowMode?: unknown };
  return typeof name === 'string' && name !== '' && rowMode === undefined;
}

const operations = new Map<string, string>();

/** The first word of a statement, in lower case: few values, so that metrics stay small. */
function operationOf(text: string): string {
  const known = operations.get(text);
  if (known !== undefined) return known;
  const word = /^[\s(]*([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? 'other';
  const operation = WORDS.has(word) ? word : 'other';
  if (operations.size < 2_000) operations.set(text, operation);
  return operation;
}

const WORDS = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'with',
  'begin',
  'commit',
  'rollback',
  'savepoint',
  'release',
  'set',
  'call',
  'copy',
  'listen',
  'notify',
]);
