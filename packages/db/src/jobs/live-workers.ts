import type pg from 'pg';
import type { Database } from '../database.js';

const LOCK = (id: string) => `hashtextextended('plinth worker ' || ${id}, 0)`;

/** A worker's proof of life: an advisory lock of a connection of its own, which ends with the process, also by kill -9. */
export interface Lease {
  release(): Promise<void>;
}

/**
 * Takes the proof of life of a worker, and takes it again whenever its connection is lost. `onReplaced` is told when that
 * leads to another database of the same name: a backup that was put in its place.
 */
export function holdLease(
  database: { pool: { connect(): Promise<pg.PoolClient> } },
  workerId: string,
  { onError, onReplaced }: { onError: (error: unknown) => void; onReplaced: () => void },
): Lease {
  let oid: string | undefined;
  let isLossTold = false;
  let released = false;
  let client: pg.PoolClient | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function take(): Promise<void> {
    try {
      const mine = await database.pool.connect();
      // Given back meanwhile: held now, it would be proof of a life that is over, and keep its jobs from everybody.
      if (released) {
        mine.release();
        return;
      }
      client = mine;
      mine.once('end', () => {
        if (client !== mine) return;
        client = undefined;
        mine.release(true);
        later();
      });
      const { rows } = await mine.query<{ oid: string }>(
        `select d.oid::text as oid, pg_advisory_lock(${LOCK('$1')}) from pg_database d where d.datname = current_database()`,
        [workerId],
      );
      isLossTold = false;
      const before = oid;
      oid = rows[0]?.oid;
      if (before !== undefined && before !== oid) onReplaced();
    } catch (error) {
      if (released) return;
      client?.release(true);
      client = undefined;
      // It tries again five times a second: once is enough to hear of it.
      if (!isLossTold) onError(error);
      isLossTold = true;
      later();
    }
  }
  function later(): void {
    if (released) return;
    timer = setTimeout(() => {
      taking = take();
    }, 200);
  }

  let taking = take();
  return {
    async release() {
      released = true;
      clearTimeout(timer);
      const mine = client;
      client = undefined;
      // With its connection the lock goes too.
      mine?.release(true);
      await taking;
    },
  };
}

/**
 * Whether jobs lie locked by these workers, which live, that none of them runs: the answer that would have told of them was
 * lost on the way. Call it regularly with the same `suspects`: only what was so at two looks in a row counts.
 */
export async function hasStrandedJobs(
  database: Pick<Database, 'query'>,
  workerIds: readonly string[],
  running: ReadonlySet<string>,
  suspects: Set<string>,
): Promise<boolean> {
  const locked = await database.query<{ id: string }>(
    'select id::text from graphile_worker._private_jobs where locked_by = any($1::text[])',
    [[...workerIds]],
  );
  const stranded = locked.map(({ id }) => id).filter((id) => !running.has(id));
  return seenAgain(stranded, suspects).length > 0;
}

/** Those that were there at the last look too; `suspects` becomes what is there now. */
function seenAgain(ids: readonly string[], suspects: Set<string>): string[] {
  const again = ids.filter((id) => suspects.has(id));
  suspects.clear();
  for (const id of ids) suspects.add(id);
  return again;
}

/**
 * Frees the jobs of workers that are no more, so that another one runs them again (the library itself would wait four
 * hours). Call it regularly with the same `suspects`: a worker counts as dead when it was so at two looks in a row, for
 * a lost connection is taken anew within a second. Answers the ids of the workers whose jobs were freed.
 */
export async function freeJobsOfDeadWorkers(
  database: Pick<Database, 'query'>,
  suspects: Set<string>,
): Promise<string[]> {
  const silent = await database.query<{ id: string }>(
    `select id from (
       select locked_by as id from graphile_worker._private_jobs where locked_by is not null
       union select locked_by from graphile_worker._private_job_queues where locked_by is not null) w
      where pg_try_advisory_xact_lock(${LOCK('id')})`,
  );
  const dead = seenAgain(
    silent.map(({ id }) => id),
    suspects,
  );
  if (dead.length > 0) {
    await database.query('select graphile_worker.force_unlock_workers($1::text[])', [dead]);
    for (const id of dead) suspects.delete(id);
  }
  return dead;
}
