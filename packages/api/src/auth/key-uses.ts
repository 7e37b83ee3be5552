import type { Database } from '@plinth/db';

/** Notes that a key was used. */
export type KeyUses = (database: Database, key: { keyId: string; userId: string }) => void;

/** Uses are counted here and written at most this often. */
const INTERVAL_MS = 60_000;

const NOTE = `
update api_keys
   set use_count = use_count + $2,
       last_used_at = case when last_used_at > now() - interval '59 seconds' then last_used_at else now() end
 where id = $1`;

/**
 * Counts uses of API keys: the first of a minute is written at once, later ones together at its end. No request waits
 * for it; a process that ends loses a minute's count at most, and no failure to write reaches a client.
 */
export function createKeyUses(
  onFailure: (error: unknown) => void,
  intervalMs: number = INTERVAL_MS,
): KeyUses {
  const open = new Map<string, { count: number }>();
  const write = (database: Database, keyId: string, userId: string, count: number) =>
    database.tx((sql) => sql.none(NOTE, [keyId, count]), { type: 'user', userId }).catch(onFailure);
  return (database, { keyId, userId }) => {
    const minute = open.get(keyId);
    if (minute !== undefined) {
      minute.count++;
      return;
    }
    const begun = { count: 0 };
    open.set(keyId, begun);
    setTimeout(() => {
      open.delete(keyId);
      if (begun.count > 0) void write(database, keyId, userId, begun.count);
    }, intervalMs).unref();
    void write(database, keyId, userId, 1);
  };
}
