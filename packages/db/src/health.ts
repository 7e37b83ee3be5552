import { DatabaseError } from './errors.js';
import type { Sql } from './sql.js';

/** What a server says of itself to any role: counts and ages, no names and no texts. */
export interface HealthFacts {
  /** Exact while users are few, the planner's estimate when counting would take long; null while the table is locked. */
  user_count: number | null;
  current_time: Date;
  pg_version: string;
  role: 'primary' | 'replica';
  /** Of the whole server; `usable` is what ordinary roles can have. */
  connections: { used: number; usable: number };
  /** Sessions of this database that wait for a lock. */
  locks: { blocked: number; oldest_wait_ms: number };
  /** `lag_seconds` is null where there is no standby, or the role may not see how far it is. */
  replication: { lag_seconds: number | null; standbys: number };
  /** Share of the 2^31 transaction ids that the oldest database has used. */
  xid_age_ratio: number;
}

const COUNT =
  'case when c.reltuples < 50000 then (select count(*) from users where deleted_at is null) else c.reltuples end::float8';

/** One statement; without the count it reads nothing that anybody could lock. */
const facts = (userCount: string) => `
select ${userCount} as user_count, now() as "current_time", current_setting('server_version') as pg_version,
       case when pg_is_in_recovery() then 'replica' else 'primary' end as role,
       (select jsonb_build_object(
          'used', sum(numbackends),
          'usable', current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                      - coalesce(current_setting('reserved_connections', true), '0')::int)
          from pg_stat_database) as connections,
       (select jsonb_build_object(
          'blocked', count(distinct l.pid),
          'oldest_wait_ms', coalesce(round(extract(epoch from clock_timestamp() - min(l.waitstart)) * 1000), 0))
          from pg_locks l join pg_stat_activity a on a.pid = l.pid and a.datname = current_database()
         where not l.granted) as locks,
       (select jsonb_build_object(
          'lag_seconds', case when not pg_is_in_recovery() then max(extract(epoch from replay_lag))
                              when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
                              else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end,
          'standbys', count(*))
          from pg_stat_replication) as replication,
       (select (max(age(datfrozenxid)) / 2147483648.0)::float8 from pg_database) as xid_age_ratio
  from pg_class c where c.oid = 'public.users'::regclass`;

/** Reads all of it with one statement; with a second one, without the count, where users are locked. Throws DatabaseError. */
export async function readHealthFacts(sql: Sql): Promise<HealthFacts> {
  try {
    return await sql.one<HealthFacts>(facts(COUNT));
  } catch (error) {
    const locked =
      error instanceof DatabaseError && (error.code === 'query_timeout' || error.code === 'lock_timeout');
    if (!locked) throw error;
    return await sql.one<HealthFacts>(facts('null::float8'));
  }
}
