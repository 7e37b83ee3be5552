import { compareNames } from '../folder.js';
import type { Rule } from './rule.js';

export const outOfOrder: Rule = {
  name: 'out-of-order',
  severity: 'critical',
  why: 'a migration older than the newest applied one ran after it here and before it on every new database: two histories, and `migrate up` refuses it',
  fix: 'rename its folder with a newer stamp',
  bad: { sql: 'SELECT 1;', known: ['20270101000000_later'] },
  good: { sql: 'SELECT 1;', known: ['20250101000000_before'] },
  *check({ migration: { name }, newest }) {
    if (newest !== null && compareNames(name, newest) < 0) {
      yield { message: `${name} is older than ${newest}, which is there already` };
    }
  },
};
