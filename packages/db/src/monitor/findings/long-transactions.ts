import { normalizeSql } from '../normalize-sql.js';
import { type Check, NOW, repairBy } from './check.js';

const READ = `
select pid, usename::text as role, application_name as application, state, query,
       (extract(epoch from clock_timestamp() - xact_start) * 1000)::float8 as "transactionMs",
       (extract(epoch from clock_timestamp() - state_change) * 1000)::float8 as "stateMs"
  from pg_stat_activity
 where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
   and xact_start < clock_timestamp() - $1::float8 * interval '1 millisecond'
 order by xact_start`;

interface Row {
  pid: number;
  role: string;
  application: string;
  state: string;
  query: string;
  transactionMs: number;
  stateMs: number;
}

/** Transactions open for long, running or idle. */
export const longTransactions: Check = {
  id: 'long-transactions',
  title: 'Transactions open for long',
  tier: 1,
  async run(sql, { transactionWarningMs, transactionCriticalMs }) {
    const rows = await sql.query<Row>(READ, [transactionWarningMs]);
    return rows.map(({ pid, role, application, state, query, transactionMs, stateMs }) => {
      const idle = state.startsWith('idle');
      return {
        check: 'long-transactions',
        severity: transactionMs >= transactionCriticalMs ? ('critical' as const) : ('warning' as const),
        object: `session ${pid}`,
        summary: `session ${pid} (${role}) has its transaction open for ${Math.round(transactionMs / 1000)} s and is ${state}`,
        evidence: { pid, role, application, state, transactionMs, stateMs, query: normalizeSql(query) },
        window: NOW,
        why: `an open transaction keeps its locks and stops vacuum from removing rows deleted since it began${idle ? '; this one does nothing meanwhile, its program has probably forgotten it' : ''}`,
        repair: repairBy('none', [`select ${idle ? 'pg_terminate_backend' : 'pg_cancel_backend'}(${pid})`]),
      };
    });
  },
};
