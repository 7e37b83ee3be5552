import pg from 'pg';
import type { DatabaseConfig } from '../config.js';
import { translateError } from '../errors.js';
import { sslOptions } from '../pool.js';
import { createSql, type Sql } from '../sql.js';

/** By this name the monitor's session is known in pg_stat_activity. */
export const MONITOR_APPLICATION = 'plinth:monitor';
/** The longest the monitor waits for a lock; then it says "locked" and goes on. */
export const LOCK_TIMEOUT_MS = 100;
const STATEMENT_TIMEOUT_MS = 5_000;
/** Past this no answer comes any more: the connection is dead although nobody said so. */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + 3_000;

export type Tls = Pick<DatabaseConfig, 'ssl' | 'sslCa'>;

/** The monitor's one connection. */
export interface MonitorSession {
  readonly sql: Sql;
  /** Milliseconds that its statements took so far, waiting for the network included. */
  spentMs(): number;
  /** Runs a text that is not prepared by name; for EXPLAIN. */
  raw<T extends object>(text: string): Promise<T[]>;
  isLost(): boolean;
  close(): Promise<void>;
}

/**
 * Where and how to connect. What a URL says wins over the client's own options in pg, so those that would undo ours
 * are taken out of it.
 */
export function connectionTo(url: string, tls: Tls | undefined): pg.ClientConfig {
  const bare = new URL(url);
  const ours = ['application_name', 'options', 'schema', 'connection_limit', 'pool_timeout'];
  for (const name of tls ? [...ours, 'sslmode', 'sslrootcert'] : ours) bare.searchParams.delete(name);
  return { connectionString: bare.href, ...(tls ? { ssl: sslOptions(tls) } : {}) };
}

/** Connects read-only, with limits on every wait; `onLost` is told when the connection breaks. Throws DatabaseError. */
export async function openMonitorSession(
  url: string,
  tls?: Tls,
  onLost: () => void = () => {},
): Promise<MonitorSession> {
  const client = new pg.Client({
    ...connectionTo(url, tls),
    application_name: MONITOR_APPLICATION,
    connectionTimeoutMillis: 5_000,
    query_timeout: SILENCE_MS,
    keepAlive: true,
    options: `-c TimeZone=UTC -c lock_timeout=${LOCK_TIMEOUT_MS} -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c default_transaction_read_only=on -c jit=off`,
  });
  let lost = false;
  let closing = false;
  let spentMs = 0;
  const lose = () => {
    if (!lost && !closing) onLost();
    lost = true;
  };
  client.on('error', lose);
  client.on('end', lose);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw translateError(error);
  }

  async function timed<T>(work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') lose();
      throw error;
    } finally {
      spentMs += performance.now() - startedAt;
    }
  }
  const runner = {
    query: (config: pg.QueryConfig) => timed(() => client.query(config)),
  } as unknown as Pick<pg.Client, 'query'>;

  return {
    sql: createSql(runner as Parameters<typeof createSql>[0]),
    spentMs: () => spentMs,
    async raw<T extends object>(text: string) {
      try {
        // The extended protocol takes one statement only: nothing can hide behind a semicolon.
        return (await timed(() => client.query<T>({ text, queryMode: 'extended' } as pg.QueryConfig))).rows;
      } catch (error) {
        throw translateError(error);
      }
    },
    isLost: () => lost,
    async close() {
      closing = true;
      if (lost)
        (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      await client.end().catch(() => {});
    },
  };
}
