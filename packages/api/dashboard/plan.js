import { ask, Refusal } from './ask.js';
import { count } from './format.js';
import { state, update } from './state.js';

/**
 * Fetches the generic plan of a statement, as lines of text.
 * @param {string} queryid
 */
export async function showPlan(queryid) {
  state.plans[queryid] = { loading: true };
  update();
  try {
    const { plan } = await ask(`/v1/database/statements/${encodeURIComponent(queryid)}/plan`);
    state.plans[queryid] = { plan: describePlan(plan.Plan).join('\n') };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    state.plans[queryid] = { error: error.message };
  }
  update();
}

const conditions = [
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Filter',
  'Sort Key',
  'Group Key',
];

/**
 * A plan as EXPLAIN writes it in text, its nodes one under the other.
 * @param {Record<string, any>} node
 * @param {string} indent
 * @returns {string[]}
 */
function describePlan(node, indent = '') {
  const index = node['Index Name'] ? ` using ${node['Index Name']}` : '';
  const relation = node['Relation Name'] ? ` on ${node['Relation Name']}` : '';
  const inner = `${indent}  `;
  return [
    `${indent}${node['Node Type']}${index}${relation}  (cost ${node['Total Cost']}, ${count(node['Plan Rows'])} rows)`,
    ...conditions.flatMap((name) =>
      node[name] === undefined ? [] : [`${inner}${name}: ${[node[name]].flat().join(', ')}`],
    ),
    ...(node.Plans ?? []).flatMap((/** @type {Record<string, any>} */ child) => describePlan(child, inner)),
  ];
}
