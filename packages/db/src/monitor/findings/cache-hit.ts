import { countersOver } from '../observed.js';
import { type Check, repairBy } from './check.js';

/** Share of the blocks that were found in PostgreSQL's own cache. */
export const cacheHit: Check = {
  id: 'cache-hit',
  title: 'The cache is too small',
  tier: 2,
  async run(sql, { cacheHitRatio, cacheMinReads }, observed) {
    const { counters, window } = await countersOver(sql, observed);
    const { blocksHit, blocksRead } = counters;
    const ratio = blocksHit / (blocksHit + blocksRead);
    if (blocksRead < cacheMinReads || ratio >= cacheHitRatio) return [];
    return [
      {
        check: 'cache-hit',
        severity: 'warning',
        object: 'database',
        summary: `${(ratio * 100).toFixed(1)} % of the blocks came from the cache`,
        evidence: { ratio, blocksHit, blocksRead },
        window,
        why: 'the other blocks came from the operating system or the disk, which is slower; the data in use does not fit shared_buffers, or a query reads far more than it needs (see the queries by blocks read)',
        repair: repairBy('restart', [
          "alter system set shared_buffers = '25% of memory' -- for example '4GB' of 16",
        ]),
      },
    ];
  },
};
