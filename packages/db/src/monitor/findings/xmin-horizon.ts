import { HORIZON_HOLDERS } from '../horizon.js';
import { type Check, NOW, repairBy } from './check.js';

const READ = `select kind, name, age::float8 as age, state, repair from (${HORIZON_HOLDERS}) holders where age is not null order by age desc limit 1`;

interface Row {
  kind: string;
  name: string;
  age: number;
  state: string | null;
  repair: string;
}

/** Who keeps vacuum from removing dead rows: the oldest of sessions, prepared transactions, slots and standbys. */
export const xminHorizon: Check = {
  id: 'xmin-horizon',
  title: 'Vacuum is held back',
  tier: 2,
  async run(sql, { xminAgeWarning, xminAgeCritical }) {
    const holder = await sql.oneOrNone<Row>(READ);
    if (holder === null || holder.age < xminAgeWarning) return [];
    const { kind, name, age, state, repair } = holder;
    return [
      {
        check: 'xmin-horizon',
        severity: age >= xminAgeCritical ? 'critical' : 'warning',
        object: `${kind} ${name}`,
        summary: `${kind} ${name} keeps rows deleted during the last ${age} transactions`,
        evidence: { kind, name, state, ageTransactions: age },
        window: NOW,
        why: 'vacuum may not remove rows that the oldest snapshot could still see: tables and indexes grow, and freezing stops, until this holder is gone',
        repair: repairBy('none', [repair]),
      },
    ];
  },
};
