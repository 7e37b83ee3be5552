import { readBloat } from '../bloat.js';
import { type Check, NOW, repairBy } from './check.js';

/** Tables that take far more space than their rows need. */
export const tableBloat: Check = {
  id: 'table-bloat',
  title: 'Tables with much empty space',
  tier: 3,
  async run(sql, { bloatMinBytes, bloatRatio }) {
    const found = await readBloat(sql, bloatMinBytes, bloatRatio);
    return found.map(({ table, bytes, expected, wasted, ratio, rows }) => ({
      check: 'table-bloat',
      severity: 'warning' as const,
      object: table,
      summary: `about ${Math.round(ratio * 100)} % of ${table} is empty (${Math.round(wasted / 1_048_576)} MB)`,
      evidence: {
        bytes,
        expectedBytes: expected,
        wastedBytes: wasted,
        ratio,
        rows,
        method: 'estimated from pg_stats',
      },
      window: NOW,
      why: 'every scan and every backup reads the empty space too; it comes from many updates or deletes between two vacuums',
      repair: repairBy('ACCESS EXCLUSIVE', [`vacuum (full, analyze) ${table}`], {
        command: 'pg_repack does the same while the table stays in use',
      }),
    }));
  },
};
