import type { Sql } from '../sql.js';
import { SCHEMAS } from './rule.js';

/** A policy with its expressions as PostgreSQL prints them, every name of ours qualified. */
export interface Policy {
  object: string;
  permissive: boolean;
  command: 'r' | 'a' | 'w' | 'd' | '*';
  using: string | null;
  check: string | null;
}

/** Every policy of our schemas. Needs an empty search_path, which lintDatabase() sets. */
export async function readPolicies(sql: Pick<Sql, 'query'>): Promise<Policy[]> {
  return sql.query<Policy>(
    `select format('%I on %s', p.polname, p.polrelid::regclass) as object, p.polpermissive as permissive, p.polcmd::text as command,
            pg_catalog.pg_get_expr(p.polqual, p.polrelid) as "using", pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as "check"
       from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${SCHEMAS} order by 1`,
  );
}

/** An expression without its sub-selects: what is evaluated once per row. */
export function withoutSubselects(expression: string): string {
  const start = expression.search(/\(\s*SELECT\b/i);
  if (start < 0) return expression;
  let depth = 0;
  for (let index = start; index < expression.length; index++) {
    if (expression[index] === '(') depth++;
    if (expression[index] === ')') depth--;
    if (depth === 0)
      return withoutSubselects(`${expression.slice(0, start)}(subselect)${expression.slice(index + 1)}`);
  }
  return expression.slice(0, start);
}
