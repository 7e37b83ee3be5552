import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '@plinth/db';
import { MAX_GROWTH_BYTES, type ServerProcess } from './server-process.js';
import { quantile } from './statistics.js';

/** The state of the server and its database at one moment. */
export interface LoadLook {
  /** Since the steady load began. */
  seconds: number;
  /** Resident memory of the server. */
  memoryBytes: number;
  /** Sessions of this database, without the one that looks. */
  connections: number;
  /** Of them in a transaction that nobody works on. */
  idleInTransaction: number;
  /** Of this database since its statistics began. */
  deadlocks: number;
  /** As /ready tells; its reason where it says no. */
  pool: Pool | string;
}

interface Pool {
  size: number;
  inUse: number;
  /** Callers waiting for a connection. */
  waiting: number;
}

const STATE = `
select count(*)::int as connections, count(*) filter (where state like 'idle in transaction%')::int as "idleInTransaction",
       (select deadlocks::int from pg_stat_database where datname = current_database()) as deadlocks
  from pg_stat_activity
 where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;

/** Sessions report their statistics when they have been idle for ten seconds (PGSTAT_IDLE_INTERVAL), at the latest. */
const SETTLE_MS = 11_000;

/** One look. `startedAt` is on the clock of performance.now(). */
export async function look(server: ServerProcess, databaseUrl: string, startedAt: number): Promise<LoadLook> {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const [memoryBytes, pool, state] = await Promise.all([
    server.memory(),
    poolOf(server),
    withClient(databaseUrl, async (client) => (await client.query(STATE)).rows[0] as SessionsState),
  ]);
  return { seconds, memoryBytes, ...state, pool };
}

type SessionsState = Pick<LoadLook, 'connections' | 'idleInTransaction' | 'deadlocks'>;

/** Every look at the server, and what only a closer watch sees. */
export interface Watched {
  looks: LoadLook[];
  mostWaiting: number;
  /** How often /ready said no, by its reason. */
  unready: Record<string, number>;
}

/** Looks every so often while `load` runs; the first look is before it, the last once everything has come to rest. */
export async function watchLoad(
  server: ServerProcess,
  { databaseUrl, everyMs }: { databaseUrl: string; everyMs: number },
  load: () => Promise<void>,
): Promise<Watched> {
  const startedAt = performance.now();
  const looks = [await look(server, databaseUrl, startedAt)];
  const unready: Record<string, number> = {};
  let mostWaiting = 0;
  const ended = new AbortController();
  const every = async (ms: number, work: () => Promise<void>) => {
    while (await sleep(ms, true, { signal: ended.signal }).catch(() => false)) await work();
  };
  const watching = Promise.all([
    every(everyMs, async () => void looks.push(await look(server, databaseUrl, startedAt))),
    // Who waits does so for milliseconds; once a minute would miss it.
    every(500, async () => {
      const pool = await poolOf(server);
      if (typeof pool === 'string') unready[pool] = (unready[pool] ?? 0) + 1;
      else mostWaiting = Math.max(mostWaiting, pool.waiting);
    }),
  ]);
  await Promise.all([load().finally(() => ended.abort()), watching]);
  await sleep(SETTLE_MS);
  looks.push(await look(server, databaseUrl, startedAt));
  // The server's own looks at its database borrow a connection now and then: that is no leak unless it stays.
  for (let again = 0; again < 5 && leftBehind(looks).length > 0; again++) {
    await sleep(1_000);
    looks.splice(-1, 1, await look(server, databaseUrl, startedAt));
  }
  return { looks, mostWaiting, unready };
}

async function poolOf(server: ServerProcess): Promise<Pool | string> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/ready`);
  const { checks, reason = String(answer.status) } = (await answer.json()) as ReadyBody;
  if (checks === undefined) return reason;
  const { size, checked_out: inUse, overflow: waiting } = checks.database.connection_pool;
  return { size, inUse, waiting };
}

interface ReadyBody {
  reason?: string;
  checks?: { database: { connection_pool: { size: number; checked_out: number; overflow: number } } };
}

/** What was left behind: deadlocks, connections and memory, one sentence each. */
export function leftBehind(looks: readonly LoadLook[]): string[] {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('no looks');
  const mb = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;
  const found: string[] = [];
  const deadlocks = last.deadlocks - first.deadlocks;
  if (deadlocks > 0) found.push(`${deadlocks} deadlocks`);
  if (last.connections > first.connections)
    found.push(
      `${last.connections} connections to the database after the load, ${first.connections} before it`,
    );
  if (last.idleInTransaction > 0) found.push(`${last.idleInTransaction} transactions left open`);
  if (typeof last.pool === 'string') found.push(`the server was not ready after the load: ${last.pool}`);
  else if (last.pool.inUse > 0) found.push(`${last.pool.inUse} connections of the pool never given back`);
  const [early, late] = [memoryOf(looks, 'first'), memoryOf(looks, 'last')];
  if (late - early > MAX_GROWTH_BYTES)
    found.push(
      `the server held ${mb(late)} in the last third of the load, more than ${mb(MAX_GROWTH_BYTES)} over the ${mb(early)} of its first third`,
    );
  return found;
}

/**
 * The middle of the server's memory in a third of the looks: between two collections a heap grows and shrinks by more than
 * a leak does in a minute.
 */
export function memoryOf(looks: readonly LoadLook[], third: 'first' | 'last'): number {
  const count = Math.max(1, Math.floor(looks.length / 3));
  const part = third === 'first' ? looks.slice(0, count) : looks.slice(-count);
  return quantile(
    part.map(({ memoryBytes }) => memoryBytes),
    0.5,
  );
}
