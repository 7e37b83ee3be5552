import type { Database } from '@plinth/db';

/** Written by every request that is let in, whoever sends it. */
const BOOKKEEPING = new Set(['idempotency_keys', 'rate_limits', 'token_blacklist', 'health_check']);

/** A hash of every table's rows. Read as superuser, so that nothing is hidden. */
export async function fingerprint(admin: Database): Promise<Record<string, string>> {
  const tables = await admin.query<{ name: string }>(
    "select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1",
  );
  const hashes: Record<string, string> = {};
  for (const { name } of tables) {
    if (BOOKKEEPING.has(name) || name.startsWith('_')) continue;
    const { hash } = await admin.one<{ hash: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by t::text)), '') as hash from public."${name}" t`,
    );
    hashes[name] = hash;
  }
  return hashes;
}
