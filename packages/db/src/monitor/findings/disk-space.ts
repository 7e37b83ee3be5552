import { type Check, NOW, repairBy } from './check.js';

/** Free space where the data lies; known only when the monitor runs on the server's machine or is told. */
export const diskSpace: Check = {
  id: 'disk-space',
  title: 'The disk fills up',
  tier: 2,
  async run(sql, { diskFreeWarningRatio, diskFreeCriticalRatio }, { disk }) {
    if (disk === undefined) return [];
    const { freeBytes, totalBytes } = disk;
    const ratio = freeBytes / totalBytes;
    if (ratio >= diskFreeWarningRatio) return [];
    const { bytes } = await sql.one<{ bytes: number }>(
      'select pg_database_size(current_database())::float8 as bytes',
    );
    return [
      {
        check: 'disk-space',
        severity: ratio < diskFreeCriticalRatio ? 'critical' : 'warning',
        object: 'data directory',
        summary: `${(ratio * 100).toFixed(1)} % of the disk is free (${Math.round(freeBytes / 1_048_576)} MB)`,
        evidence: { freeBytes, totalBytes, freeRatio: ratio, databaseBytes: bytes },
        window: NOW,
        why: 'PostgreSQL stops when it cannot write its log; a vacuum full or an index build needs as much space as the table has',
        repair: repairBy('none', [
          'select slot_name, active, wal_status from pg_replication_slots -- a forgotten slot keeps log files',
          'select oid::regclass, relpages from pg_class order by relpages desc limit 20 -- the largest relations',
        ]),
      },
    ];
  },
};
