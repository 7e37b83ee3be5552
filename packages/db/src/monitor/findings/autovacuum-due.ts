import { AUTOVACUUM_RATIOS } from '../autovacuum-ratios.js';
import { type Check, NOW, repairBy } from './check.js';

const READ = `
select format('%I.%I', s.schemaname, s.relname) as table, s.n_dead_tup::float8 as dead, s.n_mod_since_analyze::float8 as changed,
       s.n_ins_since_vacuum::float8 as inserted, s.n_live_tup::float8 as live, enabled, vacuum_at as "vacuumAt",
       analyze_at as "analyzeAt", by_dead as "byDead", by_inserts as "byInserts", by_changes as "byChanges",
       greatest(s.last_autovacuum, s.last_vacuum) as "lastVacuum"
  from pg_stat_user_tables s join pg_class c on c.oid = s.relid ${AUTOVACUUM_RATIOS}
 where c.relkind in ('r', 'm') and greatest(by_dead, by_inserts, by_changes) >= $1
   and greatest(s.n_dead_tup, s.n_ins_since_vacuum, s.n_mod_since_analyze) >= $2
   and not exists (select from pg_stat_progress_vacuum p where p.relid = c.oid)
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
