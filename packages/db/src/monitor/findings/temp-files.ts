import { countersOver } from '../observed.js';
import { type Check, repairBy } from './check.js';

/** Bytes that sorts and hashes wrote to disk because work_mem was too small for them. */
export const tempFiles: Check = {
  id: 'temp-files',
  title: 'Sorts and hashes spill to disk',
  tier: 2,
  async run(sql, { tempBytesPerHour }, observed) {
    const { counters, hours, window } = await countersOver(sql, observed);
    const perHour = counters.tempBytes / Math.max(hours, 1);
    if (counters.tempBytes === 0 || perHour < tempBytesPerHour) return [];
    return [
      {
        check: 'temp-files',
        severity: 'warning',
        object: 'database',
        summary: `${Math.round(perHour / 1_048_576)} MB of temporary files are written per hour`,
        evidence: { tempBytes: counters.tempBytes, tempFiles: counters.tempFiles, bytesPerHour: perHour },
        window,
        why: 'a sort or hash that outgrows work_mem goes through the disk; an index that gives the order, or more work_mem for the role that needs it, avoids it',
        repair: repairBy('none', ["alter role plinth_app set work_mem = '16MB'"]),
      },
    ];
  },
};
