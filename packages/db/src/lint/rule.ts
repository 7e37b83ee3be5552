import type { Sql } from '../sql.js';

/** `critical`: data is open or a boundary is missing. `warning`: slow, or a trap for the next change. */
export type LintLevel = 'warning' | 'critical';

/** One object that breaks a rule, by its exact name. */
export interface LintFinding {
  rule: string;
  level: LintLevel;
  /** As PostgreSQL would have it typed: `public.users`, `users_own on public.users`. */
  object: string;
  message: string;
  fix: string;
}

/** A rule finds the objects that break it; everything else about a finding is the rule's own. */
export interface LintRule {
  name: string;
  level: LintLevel;
  /** What is wrong with each object found, lower case, no full stop. */
  message: string;
  fix: string;
  find(sql: Pick<Sql, 'query'>): Promise<string[]>;
}

/** Our schemas; those of libraries (graphile_worker) and extensions answer to their own authors. */
export const SCHEMAS = "('public', 'plinth', 'audit', 'archive')";

/** A condition: the object `oid` of catalog `catalog` does not belong to an extension. */
export const notOfExtension = (catalog: string, oid: string): string =>
  `not exists (select from pg_catalog.pg_depend x where x.classid = '${catalog}'::regclass and x.objid = ${oid} and x.deptype = 'e')`;

/** Runs a query that answers a column `object`. */
export async function objectsOf(sql: Pick<Sql, 'query'>, text: string): Promise<string[]> {
  return (await sql.query<{ object: string }>(text)).map(({ object }) => object);
}
