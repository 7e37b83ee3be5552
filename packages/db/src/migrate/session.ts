import pg from 'pg';
import { openSession } from '../engine/session.js';
import { type EngineTarget, parseEngineUrl } from '../engine/target.js';
import { PlinthError, translateError } from '../errors.js';
import { quoteIdentifier } from '../sql.js';

/** One dedicated connection: advisory locks and settings belong to a session. */
export interface MigrationSession {
  readonly client: pg.Client;
  /** The schema that holds `_prisma_migrations` (the URL's `schema`, public unless given). */
  readonly schema: string;
  /** The qualified, quoted name of Prisma's table. */
  readonly table: string;
  readonly pid: number;
  /** SQL that goes back to how the connection began: what a file SET must not reach the next one. */
  readonly resetSql: string;
  reset(): Promise<void>;
  /** The server's clock, without asking it again. */
  serverTime(): string;
}

export interface SessionOptions {
  readonly url: string;
  /** The pooler in between keeps one server session per client (PgBouncer's pool_mode=session). */
  readonly sessionPooler?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects, runs `work`, disconnects; an abort cancels the running statement. Throws DatabaseError when it cannot
 * connect, and `pooler` when a connection pooler answers: it hands every transaction to another server session.
 */
export async function withMigrationSession<T>(
  options: SessionOptions,
  work: (session: MigrationSession) => Promise<T>,
): Promise<T> {
  const target = { ...parseEngineUrl(options.url), applicationName: 'plinth migrate' };
  options.signal?.throwIfAborted();
  const client = await openSession(target).catch((error: unknown) => {
    throw translateError(error, options.url);
  });
  const { signal } = options;
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    cancelling = cancelBackend(target, pid);
  };
  let pid = 0;
  try {
    const server = await checkDirect(client, options);
    pid = server.pid;
    // Who aborted while it connected is heard by nobody else.
    signal?.throwIfAborted();
    signal?.addEventListener('abort', cancel, { once: true });
    const resetSql = `reset role; reset all${(await watchClient(client)) ? `; ${watchSql}` : ''}`;
    const reset = async () => void (await client.query(resetSql));
    const { schema } = target;
    const table = `${quoteIdentifier(schema)}._prisma_migrations`;
    return await work({ client, schema, table, pid, resetSql, reset, serverTime: clockFrom(server.epochMs) });
  } catch (error) {
    // What the cancellation broke is not worth a word.
    signal?.throwIfAborted();
    throw error instanceof pg.DatabaseError || isConnectionLoss(error) ? translateError(error) : error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    await cancelling;
    await client.end().catch(() => {});
  }
}

function isConnectionLoss(error: unknown): boolean {
  return error instanceof Error && !(error instanceof PlinthError) && 'code' in error;
}

/** The server process that greeted the client must be the one that answers it. */
async function checkDirect(
  client: pg.Client,
  options: SessionOptions,
): Promise<{ pid: number; epochMs: number }> {
  const { rows } = await client.query<{ pid: number; epochMs: number }>(
    'select pg_catalog.pg_backend_pid() as pid, extract(epoch from clock_timestamp())::float8 * 1000 as "epochMs"',
  );
  const { pid = 0, epochMs = 0 } = rows[0] ?? {};
  const { processID } = client as unknown as { processID: number };
  const told = new URL(options.url).searchParams.get('pgbouncer') === 'true';
  if ((told || processID !== pid) && options.sessionPooler !== true) {
    throw new PlinthError('pooler', 'a connection pooler stands between: the migration lock would not hold', {
      fix: 'set MIGRATE_DATABASE_URL to the server itself, or add --session-pooler if it pools whole sessions',
    });
  }
  return { pid, epochMs };
}

/** ISO 8601 with microseconds: two migrations may start in the same millisecond, and are read back in this order. */
function clockFrom(epochMs: number): () => string {
  const readAt = performance.now();
  return () => {
    const micros = Math.round((epochMs + performance.now() - readAt) * 1000);
    const rest = String(micros % 1000).padStart(3, '0');
    return new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${rest}Z`);
  };
}

const watchSql = "set client_connection_check_interval = '1s'";

/** Where the platform can: a killed client's statement ends within a second instead of running on unseen. */
async function watchClient(client: pg.Client): Promise<boolean> {
  return client.query(watchSql).then(
    () => true,
    () => false,
  );
}

async function cancelBackend(target: EngineTarget, pid: number): Promise<void> {
  const client = await openSession(target).catch(() => undefined);
  // As the login itself: the owner role that it acts as may not cancel it.
  await client?.query('set role none').catch(() => {});
  await client?.query('select pg_catalog.pg_cancel_backend($1)', [pid]).catch(() => {});
  await client?.end().catch(() => {});
}
