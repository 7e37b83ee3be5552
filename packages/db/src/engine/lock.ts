import type pg from 'pg';

/** Prisma's migration lock: `SELECT pg_advisory_lock(72707369)`, with the key in the text of the statement. */
const lockCall = /^\s*select\s+pg_advisory_lock\((\d+)\)\s*;?\s*$/i;

/** The key a statement wants to wait for, or undefined when it is no lock call. */
export function requestedLock(sql: string): string | undefined {
  return lockCall.exec(sql)?.[1];
}

/**
 * Takes a session's advisory lock by asking again and again. A backend that waits inside `pg_advisory_lock` holds a
 * snapshot, for which the lock's holder would wait in CREATE INDEX CONCURRENTLY: a deadlock, and it stays queued
 * after its client gave up. Returns false once `abandoned()`; the engine's own timeout (P1002) has spoken by then.
 */
export async function pollAdvisoryLock(
  client: pg.ClientBase,
  key: string,
  abandoned: () => boolean,
  wait: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
): Promise<boolean> {
  for (let pauseMs = 20; !abandoned(); pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS got', [
      key,
    ]);
    if (rows[0]?.got === true) return true;
    await wait(pauseMs * (0.75 + Math.random() / 2));
  }
  return false;
}
