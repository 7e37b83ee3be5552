import { readPolicies, withoutSubselects } from './policies.js';
import type { LintRule } from './rule.js';

/** A call of ours, or of current_setting, outside a sub-select. */
const CALL = /(?:"[^"]+"|\w+)\.(?:"[^"]+"|\w+)\(|\bcurrent_setting\(/;

/** Functions that a policy calls once per row instead of once per query (30 times slower without a usable index). */
export const policyInitPlan: LintRule = {
  name: 'policy-init-plan',
  level: 'warning',
  message: 'it calls a function for every row',
  fix: 'wrap the call: (select plinth.current_user_id())',
  async find(sql) {
    const policies = await readPolicies(sql);
    return policies
      .filter(({ using, check }) =>
        [using, check].some((text) => text !== null && CALL.test(withoutSubselects(text))),
      )
      .map(({ object }) => object);
  },
};
