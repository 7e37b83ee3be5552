import type { Sql } from '../sql.js';

/** The jobs an application may queue (the function plinth.enqueue_job refuses others), with their payloads. */
export interface JobPayloads {
  'deliver-webhook': { eventId: string };
  'collect-metrics': Record<string, never>;
}

/**
 * Queues a job in the caller's transaction: it exists if and only if that commits. The same `key` replaces a job that
 * has not begun. Answers the job's id. Throws DatabaseError.
 */
export async function enqueueJob<T extends keyof JobPayloads>(
  sql: Pick<Sql, 'one'>,
  task: T,
  payload: JobPayloads[T],
  options: { key?: string; runAt?: Date } = {},
): Promise<string> {
  const { id } = await sql.one<{ id: string }>(
    'select plinth.enqueue_job($1, $2::jsonb, $3, $4)::text as id',
    [task, JSON.stringify(payload), options.key ?? null, options.runAt ?? null],
  );
  return id;
}
