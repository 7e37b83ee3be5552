import { countersOver } from '../observed.js';
import { type Check, repairBy } from './check.js';

/** Checkpoints that came because the write-ahead log was full rather than by the clock. */
export const checkpoints: Check = {
  id: 'checkpoints',
  title: 'Checkpoints come too often',
  tier: 2,
  async run(sql, { checkpointRequestedRatio, checkpointMinimum }, observed) {
    const { counters, hours, window } = await countersOver(sql, observed);
    const { checkpointsRequested: requested, checkpointsTimed: timed } = counters;
    const ratio = requested / (requested + timed);
    if (requested + timed < checkpointMinimum || ratio < checkpointRequestedRatio) return [];
    return [
      {
        check: 'checkpoints',
        severity: 'warning',
        object: 'server',
        summary: `${requested} of ${requested + timed} checkpoints came before their time`,
        evidence: { requested, timed, ratio, hours },
        window,
        why: 'each checkpoint makes the next write of every page log the page as a whole; the more of them, the more is written (backups and CREATE or DROP DATABASE ask for some, too)',
        repair: repairBy('none', ["alter system set max_wal_size = '4GB'", 'select pg_reload_conf()']),
      },
    ];
  },
};
