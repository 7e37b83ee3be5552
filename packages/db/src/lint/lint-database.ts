import type { Database } from '../database.js';
import { duplicateIndex } from './duplicate-index.js';
import { foreignKeyIndex } from './foreign-key-index.js';
import { functionSearchPath } from './function-search-path.js';
import { ownerWithoutRls } from './owner-without-rls.js';
import { policyAlwaysTrue } from './policy-always-true.js';
import { policyIndex } from './policy-index.js';
import { policyInitPlan } from './policy-init-plan.js';
import { policyWithoutRls } from './policy-without-rls.js';
import { primaryKey } from './primary-key.js';
import { publicGrant } from './public-grant.js';
import { rlsNotForced } from './rls-not-forced.js';
import { rlsWithoutPolicy } from './rls-without-policy.js';
import type { LintFinding, LintRule } from './rule.js';
import { secretColumn } from './secret-column.js';
import { viewDefiner } from './view-definer.js';

/** Every rule, critical ones first. */
export const LINT_RULES: readonly LintRule[] = [
  rlsWithoutPolicy,
  rlsNotForced,
  policyWithoutRls,
  ownerWithoutRls,
  policyAlwaysTrue,
  functionSearchPath,
  viewDefiner,
  publicGrant,
  secretColumn,
  policyIndex,
  policyInitPlan,
  foreignKeyIndex,
  primaryKey,
  duplicateIndex,
];

/**
 * Examines the live database's catalog and names each object that breaks a rule. Any role that may connect can run
 * it; changes nothing. Throws DatabaseError.
 */
export async function lintDatabase(database: Pick<Database, 'tx'>): Promise<LintFinding[]> {
  return database.tx(async (sql) => {
    await sql.query('set transaction isolation level repeatable read read only');
    // So that PostgreSQL prints every name of ours with its schema.
    await sql.query("set local search_path = ''");
    const findings: LintFinding[] = [];
    for (const { name, level, message, fix, find } of LINT_RULES) {
      for (const object of await find(sql)) findings.push({ rule: name, level, object, message, fix });
    }
    return findings;
  });
}
