import type { Sql } from '../sql.js';
import { normalizeSql } from './normalize-sql.js';

/** A client's session in this database. */
export interface SessionState {
  pid: number;
  /** With the pid it names the session; a pid alone may be used again. ISO 8601; null where the role may not see it. */
  backendStart: string | null;
  role: string;
  application: string;
  client: string | null;
  state: string;
  waitType: string | null;
  waitEvent: string | null;
  transactionMs: number | null;
  /** How long it has been in this state. */
  stateMs: number | null;
  /** Without values. */
  query: string;
}

const READ = `
select pid, backend_start as "backendStart", usename::text as role, application_name as application, client_addr::text as client, coalesce(state, '') as state,
       wait_event_type as "waitType", wait_event as "waitEvent",
       (extract(epoch from clock_timestamp() - xact_start) * 1000)::float8 as "transactionMs",
       (extract(epoch from clock_timestamp() - state_change) * 1000)::float8 as "stateMs", coalesce(query, '') as query
  from pg_stat_activity
 where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
 order by xact_start nulls last, state_change
 limit 200`;

/** At most 200 sessions, the oldest transactions first. */
export async function readSessions(sql: Sql): Promise<SessionState[]> {
  const rows = await sql.query<Omit<SessionState, 'backendStart'> & { backendStart: Date | null }>(READ);
  return rows.map((row) => ({
    ...row,
    backendStart: row.backendStart?.toISOString() ?? null,
    query: normalizeSql(row.query),
  }));
}
