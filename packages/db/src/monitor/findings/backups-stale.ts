import { type Check, repairBy } from './check.js';

// A database younger than the limit cannot have an old backup yet; its age is that of its first migration.
const READ = `
select (select max(finished_at) from public.backup_runs where status = 'succeeded') as last,
       (select count(*) from public.backup_runs where status = 'failed'
          and started_at > coalesce((select max(started_at) from public.backup_runs where status = 'succeeded'), '-infinity'))::int as failed,
       (select min(finished_at) from public._prisma_migrations where finished_at is not null) as made, clock_timestamp() as now`;

/** The last backup that succeeded is too old, or there is none. */
export const backupsStale: Check = {
  id: 'backups-stale',
  title: 'No recent backup',
  tier: 2,
  async run(sql, { backupAgeWarningMs, backupAgeCriticalMs }) {
    const { last, failed, made, now } = await sql.one<{
      last: Date | null;
      failed: number;
      made: Date | null;
      now: Date;
    }>(READ);
    const since = last ?? made;
    if (since === null) return [];
    const ageMs = now.getTime() - since.getTime();
    if (ageMs < backupAgeWarningMs) return [];
    const hours = Math.floor(ageMs / 3_600_000);
    return [
      {
        check: 'backups-stale',
        severity: ageMs >= backupAgeCriticalMs ? 'critical' : 'warning',
        object: 'backups',
        summary: last ? `the last backup is ${hours} hours old` : `no backup was ever made in ${hours} hours`,
        evidence: { lastSucceededAt: last?.toISOString() ?? null, ageMs, failedSince: failed },
        window: { from: since.toISOString(), basis: 'observation' },
        why: 'everything written since then would be lost with the server',
        repair: repairBy('ACCESS SHARE', [], { command: 'plinth backup create' }),
      },
    ];
  },
};
