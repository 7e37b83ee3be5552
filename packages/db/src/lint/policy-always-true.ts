import { type Policy, readPolicies } from './policies.js';
import type { LintRule } from './rule.js';

/** What is true whatever the row and whoever asks: a constant, or a column compared with itself. */
function isAlwaysTrue(text: string): boolean {
  const bare = text.replace(/[()\s]/g, '').toLowerCase();
  return /^(true|'?(\w+)'?=\2|not?false)$/.test(bare) || /^(\w+)=\1$/.test(bare);
}

/** A missing expression counts as true: USING for what reads, WITH CHECK for INSERT; elsewhere USING stands in for it. */
function opensAll({ command, using, check }: Policy): boolean {
  if (command === 'a') return check === null || isAlwaysTrue(check);
  return using === null || isAlwaysTrue(using) || (check !== null && isAlwaysTrue(check));
}

/** Policies that let everything through. */
export const policyAlwaysTrue: LintRule = {
  name: 'policy-always-true',
  level: 'critical',
  message: 'it lets every row through',
  fix: 'name the owner, the role assignment or the state that opens a row',
  async find(sql) {
    return (await readPolicies(sql))
      .filter((policy) => policy.permissive && opensAll(policy))
      .map(({ object }) => object);
  },
};
