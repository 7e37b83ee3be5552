import { type Check, NOW, repairBy } from './check.js';

const READ = `
select count(*) filter (where backend_type = 'client backend')::int as used,
       count(*) filter (where backend_type = 'client backend' and state = 'idle')::int as idle,
       count(*) filter (where backend_type = 'client backend' and state like 'idle in transaction%')::int as "idleInTransaction",
       current_setting('max_connections')::int as maximum,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true), '0')::int as usable
  from pg_stat_activity`;

interface Row {
  used: number;
  idle: number;
  idleInTransaction: number;
  maximum: number;
  usable: number;
}

/** Connections in use against those that an ordinary role can get, which is less than max_connections. */
export const connections: Check = {
  id: 'connections',
  title: 'Connections run out',
  tier: 1,
  async run(sql, { connectionsWarningRatio, connectionsCriticalRatio }) {
    const row = await sql.one<Row>(READ);
    const ratio = row.used / row.usable;
    if (ratio < connectionsWarningRatio) return [];
    return [
      {
        check: 'connections',
        severity: ratio >= connectionsCriticalRatio ? 'critical' : 'warning',
        object: 'server',
        summary: `${row.used} of ${row.usable} connections are in use`,
        evidence: { ...row, ratio },
        window: NOW,
        why: 'when none is left, new connections of every program are refused, health checks and monitoring included',
        repair: repairBy('restart', [`alter system set max_connections = ${row.maximum * 2}`], {
          command: 'lower DB_POOL_MAX so that its sum over all replicas fits, or put a pooler in front',
        }),
      },
    ];
  },
};
