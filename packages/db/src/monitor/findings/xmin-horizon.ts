import { type Check, NOW, repairBy } from './check.js';

// Sessions of other databases hold back shared catalogs alone; slots and standbys hold back every database.
const READ = `
select kind, name, age::float8 as age, state, repair from (
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
    from pg_replication_slots
) holders where age is not null order by age desc limit 1`;

interface Row {
  kind: string;
  name: string;
  age: number;
  state: string | null;
  repair: string;
}

/** Who keeps vacuum from removing dead rows: the oldest of sessions, prepared transactions, slots and standbys. */
export const xminHorizon: Check = {
  id: 'xmin-horizon',
  title: 'Vacuum is held back',
  tier: 2,
  async run(sql, { xminAgeWarning, xminAgeCritical }) {
    const holder = await sql.oneOrNone<Row>(READ);
    if (holder === null || holder.age < xminAgeWarning) return [];
    const { kind, name, age, state, repair } = holder;
    return [
      {
        check: 'xmin-horizon',
        severity: age >= xminAgeCritical ? 'critical' : 'warning',
        object: `${kind} ${name}`,
        summary: `${kind} ${name} keeps rows deleted during the last ${age} transactions`,
        evidence: { kind, name, state, ageTransactions: age },
        window: NOW,
        why: 'vacuum may not remove rows that the oldest snapshot could still see: tables and indexes grow, and freezing stops, until this holder is gone',
        repair: repairBy('none', [repair]),
      },
    ];
  },
};
