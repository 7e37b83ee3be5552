import type { Database } from '@plinth/db';

/** How many sessions of the test's database wait for a lock. */
export async function countWaiting(admin: Database): Promise<number> {
  const waiting = await admin.query(
    "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
  );
  return waiting.length;
}
