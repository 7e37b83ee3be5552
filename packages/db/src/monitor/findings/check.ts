import type { Sql } from '../../sql.js';
import type { EvidenceWindow } from '../evidence-window.js';
import type { Observed } from '../observed.js';
import type { Thresholds } from '../thresholds.js';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** How to repair it. Nothing here is ever run by Plinth. */
export interface Repair {
  /** Statements, in order, for a role that owns the object. */
  sql: string[];
  /** The line for the model in schema.prisma, where the schema is what has to change. */
  prisma: string | null;
  /** A command line, where that is the way. */
  command: string | null;
  /** The strongest lock that the statements take on a table, in PostgreSQL's words; `none` where they take none. */
  lock:
    | 'none'
    | 'ACCESS SHARE'
    | 'SHARE UPDATE EXCLUSIVE'
    | 'SHARE ROW EXCLUSIVE'
    | 'ACCESS EXCLUSIVE'
    | 'restart';
}

/** One thing that is wrong, with what an operator needs to judge and repair it. */
export interface Finding {
  /** Id of the check. */
  check: string;
  severity: Severity;
  /** Table, index, session, setting ...; stable while the condition lasts: alerts are kept per check and object. */
  object: string;
  /** One line. */
  summary: string;
  evidence: Record<string, number | string | boolean | null>;
  window: EvidenceWindow;
  why: string;
  repair: Repair;
}

/** One question to the database. Tier 1 is asked at every interval, 2 every minute, 3 every quarter of an hour. */
export interface Check {
  /** kebab-case, permanent: ignores, alerts and metrics name it. */
  id: string;
  title: string;
  tier: 1 | 2 | 3;
  /** Answers what is wrong; throws DatabaseError where it could not look. Takes no lock that others would wait for. */
  run(sql: Sql, thresholds: Thresholds, observed: Observed): Promise<Finding[]>;
}

/** The window of numbers that hold at this moment. */
export const NOW: EvidenceWindow = { from: null, basis: 'now' };

/** A repair without a schema.prisma line or a command, unless given. */
export function repairBy(lock: Repair['lock'], sql: string[], more: Partial<Repair> = {}): Repair {
  return { sql, prisma: null, command: null, lock, ...more };
}

/** SQL: the relation `c` in namespace `n` is the user's, not PostgreSQL's and not a session's temporary one. */
export const USER_SCHEMA =
  "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'";
