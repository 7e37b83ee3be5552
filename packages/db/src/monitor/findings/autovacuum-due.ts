import { type Check, NOW, repairBy } from './check.js';

// The server's own arithmetic (autovacuum.c): options of the table win over the server's settings, and PostgreSQL 18
// caps the threshold (autovacuum_vacuum_max_threshold). Analyze goes by changed rows, not by dead ones.
const READ = `
with option as (
  select c.oid, c.reltuples::float8 as rows,
         (select jsonb_object_agg(option_name, option_value) from pg_options_to_table(c.reloptions)) as o
    from pg_class c where c.relkind in ('r', 'm')
), due as (
  select s.relid, s.schemaname, s.relname, s.n_dead_tup::float8 as dead, s.n_mod_since_analyze::float8 as changed,
         s.n_ins_since_vacuum::float8 as inserted, s.n_live_tup::float8 as live, s.last_autovacuum, s.last_vacuum,
         coalesce((o->>'autovacuum_enabled')::bool, true) and current_setting('autovacuum')::bool as enabled,
         least(coalesce((o->>'autovacuum_vacuum_threshold')::float8, current_setting('autovacuum_vacuum_threshold')::float8)
             + coalesce((o->>'autovacuum_vacuum_scale_factor')::float8, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(rows, 0),
           nullif(coalesce((o->>'autovacuum_vacuum_max_threshold')::float8, current_setting('autovacuum_vacuum_max_threshold', true)::float8), -1)) as vacuum_at,
         nullif(coalesce((o->>'autovacuum_vacuum_insert_threshold')::float8, current_setting('autovacuum_vacuum_insert_threshold')::float8), -1)
             + coalesce((o->>'autovacuum_vacuum_insert_scale_factor')::float8, current_setting('autovacuum_vacuum_insert_scale_factor')::float8) * greatest(rows, 0) as insert_at,
         coalesce((o->>'autovacuum_analyze_threshold')::float8, current_setting('autovacuum_analyze_threshold')::float8)
             + coalesce((o->>'autovacuum_analyze_scale_factor')::float8, current_setting('autovacuum_analyze_scale_factor')::float8) * greatest(rows, 0) as analyze_at
    from pg_stat_user_tables s join option on option.oid = s.relid
), ratios as (
  select *, dead / greatest(vacuum_at, 1) as by_dead, coalesce(inserted / greatest(insert_at, 1), 0) as by_inserts,
         changed / greatest(analyze_at, 1) as by_changes
    from due
)
select format('%I.%I', schemaname, relname) as table, dead, changed, inserted, live, enabled, vacuum_at as "vacuumAt",
       analyze_at as "analyzeAt", by_dead as "byDead", by_inserts as "byInserts", by_changes as "byChanges",
       greatest(last_autovacuum, last_vacuum) as "lastVacuum"
  from ratios
 where (greatest(by_dead, by_inserts, by_changes) >= $1 and greatest(dead, inserted, changed) >= $2)
   and not exists (select from pg_stat_progress_vacuum p where p.relid = ratios.relid)
 order by greatest(by_dead, by_inserts, by_changes) desc`;

interface Row {
  table: string;
  dead: number;
  changed: number;
  inserted: number;
  live: number;
  enabled: boolean;
  vacuumAt: number;
  analyzeAt: number;
  byDead: number;
  byInserts: number;
  byChanges: number;
  lastVacuum: Date | null;
}

/** Tables that autovacuum should have visited long ago, by the server's own arithmetic. */
export const autovacuumDue: Check = {
  id: 'autovacuum-due',
  title: 'Autovacuum does not keep up',
  tier: 2,
  async run(sql, { autovacuumDueRatio, autovacuumMinRows }) {
    const rows = await sql.query<Row>(READ, [autovacuumDueRatio, autovacuumMinRows]);
    return rows.map(({ table, enabled, lastVacuum, ...numbers }) => {
      const ratio = Math.max(numbers.byDead, numbers.byInserts, numbers.byChanges);
      return {
        check: 'autovacuum-due',
        severity: 'warning' as const,
        object: table,
        summary: enabled
          ? `${table} is ${ratio.toFixed(1)} times past the point where autovacuum starts`
          : `autovacuum is switched off for ${table}, which is ${ratio.toFixed(1)} times past where it would start`,
        evidence: { ...numbers, ratio, enabled, lastVacuum: lastVacuum?.toISOString() ?? null },
        window: NOW,
        why: enabled
          ? 'the workers are too few or too slow, or something holds them back (see xmin-horizon and blocked-sessions); dead rows and stale statistics make queries slower'
          : 'nobody removes dead rows or renews statistics there, and freezing waits until the server forces it',
        repair: repairBy('SHARE UPDATE EXCLUSIVE', [
          ...(enabled ? [] : [`alter table ${table} reset (autovacuum_enabled)`]),
          `vacuum (analyze) ${table}`,
        ]),
      };
    });
  },
};
