import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { quoteIdentifier } from '../sql.js';

/** Where statements are measured: a database of our own, and further sessions on it as the same role. */
export interface MeasuringPlace {
  readonly client: pg.Client;
  connect(): Promise<pg.Client>;
}

const lockQuery = (pid: string) =>
  `select l.relation::int as oid, l.mode, (select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = l.relation) as name
     from pg_locks l where l.pid = ${pid} and l.locktype = 'relation' and l.granted and l.relation >= 16384
      and l.database = (select oid from pg_database where datname = current_database())`;

const LOOK_MS = 5;

/** A lock of a session on a relation of ours. */
export interface Lock {
  readonly oid: number;
  readonly mode: string;
  readonly name: string | null;
}

/** As format('%I') has it. */
export const quoteIfNeeded = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);

/** Tells two locks apart. */
export const keyOf = ({ oid, mode }: Lock): string => `${oid} ${mode}`;

/** The locks that the client's own session holds. */
export async function readLocks(client: pg.Client): Promise<Lock[]> {
  const { rows } = await client.query<Lock>(lockQuery('pg_backend_pid()'));
  return rows;
}

/**
 * A statement outside a transaction holds no lock once it has ended: a second session looks while it runs. A third one
 * writes to the table meanwhile, for CONCURRENTLY waits for writers: so it is seen, however small the table.
 */
export async function watchLocks(
  place: MeasuringPlace,
  tables: readonly string[],
): Promise<{ seen: Promise<Lock[]>; stop(): void }> {
  const { rows } = await place.client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const [other, writer] = [await place.connect(), await place.connect()];
  await writer.query(
    ['begin', ...tables.map((table) => `lock table ${table} in row exclusive mode`)].join('; '),
  );
  let running = true;
  const look = async () => {
    const seen = new Map<string, Lock>();
    do {
      const found = await other.query<Lock>(lockQuery(String(rows[0]?.pid ?? 0)));
      for (const lock of found.rows) seen.set(keyOf(lock), lock);
      if (seen.size === 0) continue;
      if (writer.getTransactionStatus() !== 'I') await writer.query('commit');
      // What is to be measured should not have to share the machine with who looks.
      await sleep(LOOK_MS);
    } while (running);
    await Promise.all([other.end(), writer.end()]);
    return [...seen.values()];
  };
  return {
    seen: look(),
    stop: () => {
      running = false;
    },
  };
}
