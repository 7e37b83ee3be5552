import { DatabaseError } from '../../errors.js';
import { readSequences } from '../sequences.js';
import { type Check, NOW, repairBy } from './check.js';

/** Sequences and identity columns that come near the end of their column's type. */
export const sequences: Check = {
  id: 'sequences',
  title: 'Sequences near their end',
  tier: 3,
  async run(sql, { sequenceWarningRatio, sequenceCriticalRatio }) {
    const rows = await readSequences(sql, sequenceWarningRatio);
    const near = rows.filter(({ readable }) => readable);
    // Saying "all well" of sequences that cannot be read would be a guess.
    if (near.length === 0 && rows.length > 0) throw new DatabaseError('permission');
    return near.map(({ sequence, value, table, column, type, last, ratio }) => ({
      check: 'sequences',
      severity: (ratio ?? 0) >= sequenceCriticalRatio ? ('critical' as const) : ('warning' as const),
      object: sequence,
      summary: `${sequence} has used ${((ratio ?? 0) * 100).toFixed(1)} % of its values`,
      evidence: { value, last, ratio, table, column, type },
      window: NOW,
      why: 'when the last value is used, every insert fails; changing the type of a large column takes hours, so begin early',
      repair: repairBy(
        'ACCESS EXCLUSIVE',
        table === null
          ? [`alter sequence ${sequence} maxvalue 9223372036854775807`]
          : [
              `alter table ${table} alter column "${column}" type bigint`,
              `alter sequence ${sequence} as bigint`,
            ],
        { prisma: column === null ? null : `${column} BigInt @default(autoincrement())` },
      ),
    }));
  },
};
