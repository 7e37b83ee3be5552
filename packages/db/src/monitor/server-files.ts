import type { Sql } from '../sql.js';

/** What the server keeps on disk beside the tables. */
export interface ServerFiles {
  /** The write-ahead log; null without pg_monitor. */
  wal: { bytes: number; segments: number } | null;
  /** The first twenty, by name. */
  slots: {
    name: string;
    active: boolean;
    /** Bytes that can still be written before the slot is lost; null where nothing limits it. */
    safeWalBytes: number | null;
  }[];
}

/** Reads both; what the role may not see is left out. */
export async function readServerFiles(sql: Sql): Promise<ServerFiles> {
  const wal = await sql
    .one<{ bytes: number; segments: number }>(
      'select coalesce(sum(size), 0)::float8 as bytes, count(*)::int as segments from pg_ls_waldir()',
    )
    .catch(() => null);
  const slots = await sql.query<ServerFiles['slots'][number]>(
    'select slot_name::text as name, active, safe_wal_size::float8 as "safeWalBytes" from pg_replication_slots order by 1 limit 20',
  );
  return { wal, slots };
}
