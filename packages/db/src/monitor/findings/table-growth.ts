import { readTableBytes } from '../tables.js';
import { type Check, repairBy } from './check.js';

/** Tables that grew by much, and by a large part of themselves, since the monitor began to watch or within a day. */
export const tableGrowth: Check = {
  id: 'table-growth',
  title: 'Tables that grow fast',
  tier: 3,
  async run(sql, { tableGrowthBytes, tableGrowthRatio }, { earlierTables }) {
    if (earlierTables === undefined) return [];
    const now = await readTableBytes(sql);
    const from = earlierTables.at.toISOString();
    return [...now].flatMap(([table, bytes]) => {
      const was = earlierTables.bytes.get(table);
      if (was === undefined) return [];
      const grown = bytes - was;
      if (grown < tableGrowthBytes || grown < was * tableGrowthRatio) return [];
      return [
        {
          check: 'table-growth',
          severity: 'info' as const,
          object: table,
          summary: `${table} grew by ${Math.round(grown / 1_048_576)} MB to ${Math.round(bytes / 1_048_576)} MB`,
          evidence: { bytes, earlierBytes: was, grownBytes: grown },
          window: { from, basis: 'observation' as const },
          why: 'growth that nobody planned fills disks and backups; a purge that stopped, or a program that writes too much, shows here first',
          repair: repairBy('ACCESS SHARE', [
            `select count(*), min(created_at), max(created_at) from ${table}`,
          ]),
        },
      ];
    });
  },
};
