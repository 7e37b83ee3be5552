import { PlinthError } from '../errors.js';
import type { MonitorSession } from './session.js';

/** The plan that PostgreSQL would use whatever the parameters. */
export interface GenericPlan {
  queryid: string;
  /** EXPLAIN (FORMAT JSON), without the enclosing list. */
  plan: Record<string, unknown>;
}

/**
 * The generic plan of a statement that pg_stat_statements knows. Runs nothing of it: EXPLAIN without ANALYZE, in a
 * read-only session. Throws `explain_unavailable`; PostgreSQL's own words may hold values and are not passed on.
 */
export async function explainStatement(
  session: MonitorSession,
  queryid: string,
  text: string,
): Promise<GenericPlan> {
  if (!/^\s*(?:\/\*[\s\S]*?\*\/\s*)*(select|with|insert|update|delete|merge|values)\b/i.test(text))
    throw unavailable('it is a command without a plan');
  try {
    const rows = await explainPrepared(session, text);
    const plan = rows[0]?.['QUERY PLAN'][0];
    if (plan === undefined) throw unavailable('PostgreSQL answered nothing');
    return { queryid, plan };
  } catch (error) {
    if (error instanceof PlinthError && error.code === 'permission')
      throw unavailable('the monitoring role may not do what it does');
    if (error instanceof PlinthError && error.code === 'lock_timeout')
      throw unavailable('one of its tables is locked');
    if (error instanceof PlinthError && error.code === 'explain_unavailable') throw error;
    throw unavailable('PostgreSQL cannot plan its normalised text');
  }
}

interface Row {
  'QUERY PLAN': Record<string, unknown>[];
}

/**
 * A prepared statement forced to its generic plan. From PostgreSQL 16 on EXPLAIN (GENERIC_PLAN) gives the same plan, but
 * takes `$1` only in the simple protocol, where a second statement could hide behind a semicolon.
 */
async function explainPrepared(session: MonitorSession, text: string): Promise<Row[]> {
  await session.raw(`prepare plinth_explain as ${text}`);
  try {
    await session.raw("set plan_cache_mode = 'force_generic_plan'");
    const [prepared] = await session.raw<{ count: number }>(
      "select cardinality(parameter_types) as count from pg_prepared_statements where name = 'plinth_explain'",
    );
    const nulls = Array.from({ length: prepared?.count ?? 0 }, () => 'null').join(', ');
    return await session.raw<Row>(
      `explain (format json) execute plinth_explain${nulls === '' ? '' : `(${nulls})`}`,
    );
  } finally {
    await session.raw('reset plan_cache_mode');
    await session.raw('deallocate plinth_explain');
  }
}

function unavailable(why: string): PlinthError {
  return new PlinthError('explain_unavailable', `the statement cannot be explained: ${why}`);
}
