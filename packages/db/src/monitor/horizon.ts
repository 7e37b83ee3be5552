import type { Sql } from '../sql.js';

/**
 * SQL: who keeps vacuum from removing rows, with how many transactions. Sessions of other databases hold back shared
 * catalogs alone; slots and standbys hold back every database.
 */
export const HORIZON_HOLDERS = `
  select case when backend_type = 'walsender' then 'standby' else 'session' end as kind, pid::text as name,
         greatest(age(backend_xmin), age(backend_xid)) as age, state,
         case when backend_type = 'walsender' then 'alter system set hot_standby_feedback = off -- on the standby'
              else format('select pg_terminate_backend(%s)', pid) end as repair
    from pg_stat_activity
   where pid <> pg_backend_pid() and (datname = current_database() or backend_type = 'walsender')
     and backend_type in ('client backend', 'walsender')
  union all
  select 'prepared transaction', gid, age(transaction), null, format('rollback prepared %L', gid)
    from pg_prepared_xacts where database = current_database()
  union all
  select 'replication slot', slot_name, greatest(age(xmin), age(catalog_xmin)), case when active then 'active' else 'inactive' end,
         format('select pg_drop_replication_slot(%L)', slot_name)
    from pg_replication_slots`;

/** How far vacuum and freezing lag behind. */
export interface Horizon {
  /** The oldest of each kind, the oldest first, in transactions. */
  holders: { kind: string; name: string; age: number }[];
  /** Share of the 2^31 transaction ids, and of the multixact ids, in use in the worst database. */
  transactionIdsUsed: number;
  multixactIdsUsed: number;
}

const READ = `
select (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'name', name, 'age', age) order by age desc), '[]') from (
          select distinct on (kind) kind, name, age from (${HORIZON_HOLDERS}) all_holders where age is not null order by kind, age desc
        ) oldest) as holders,
       (select (max(age(datfrozenxid)) / 2147483648.0)::float8 from pg_database) as "transactionIdsUsed",
       (select (max(mxid_age(datminmxid)) / 2147483648.0)::float8 from pg_database) as "multixactIdsUsed"`;

/** Reads all of it with one statement. */
export async function readHorizon(sql: Sql): Promise<Horizon> {
  return await sql.one<Horizon>(READ);
}
