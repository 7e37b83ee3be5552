import { PlinthError } from '../errors.js';
import { EVENTS, type EventAction, findTables } from './events.js';
import { readMigrationFolder } from './folder.js';
import { compareHistory, type HistoryEntry, type MigrationState, readRows } from './history.js';
import { type MigrationSession, type SessionOptions, withMigrationSession } from './session.js';

export interface MigrationStatus {
  readonly name: string;
  readonly state: MigrationState;
  /** Of the file; of the row where the file is missing. */
  readonly checksum: string;
  /** A down.sql in the folder, or stored when it was applied. */
  readonly hasDown: boolean;
  /** ISO 8601, UTC. */
  readonly appliedAt: string | null;
  readonly durationMs: number | null;
  /** Who applied it, with what; null where Prisma did, or where nothing is applied. */
  readonly appliedBy: string | null;
  readonly appVersion: string | null;
  readonly gitSha: string | null;
  /** Statements done of a file that runs step by step. */
  readonly steps: number;
}

export interface StatusOptions extends SessionOptions {
  readonly dir: string;
}

/**
 * Every migration of folder and database with its state. Reads only, needs no lock, and any of our roles may ask.
 * Throws DatabaseError when it cannot connect.
 */
export async function migrationStatus(options: StatusOptions): Promise<{ migrations: MigrationStatus[] }> {
  const files = await readMigrationFolder(options.dir);
  return withMigrationSession({ sessionPooler: true, ...options }, async (session) => {
    const entries = compareHistory(files, await readRows(session));
    const events = await readApplied(session);
    return { migrations: entries.map((entry) => describe(entry, events)) };
  });
}

interface AppliedEvent {
  id: string;
  hasDown: boolean;
  durationMs: number | null;
  appliedBy: string | null;
  appVersion: string | null;
  gitSha: string | null;
}

async function readApplied(session: MigrationSession): Promise<Map<string, AppliedEvent>> {
  if (!(await mayReadEvents(session))) return new Map();
  const { rows } = await session.client.query<AppliedEvent>(
    `select distinct on (migration_id) migration_id as id, down_sha256 is not null as "hasDown", duration_ms as "durationMs",
            coalesce(os_user || '@' || host, host, db_user) as "appliedBy", app_version as "appVersion", git_sha as "gitSha"
       from ${EVENTS} where action in ('apply', 'baseline') and migration_id is not null order by migration_id, id desc`,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function mayReadEvents(session: MigrationSession): Promise<boolean> {
  const { rows } = await session.client.query<{ may: boolean }>(
    "select coalesce((select has_column_privilege(c.oid, 'id', 'select') and has_schema_privilege(c.relnamespace, 'usage') " +
      "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = 'plinth_migrate' and c.relname = 'migration_events'), false) as may",
  );
  return rows[0]?.may === true;
}

function describe(
  { name, state, file, row }: HistoryEntry,
  events: Map<string, AppliedEvent>,
): MigrationStatus {
  const event = row === undefined ? undefined : events.get(row.id);
  const finishedAt = row?.finishedAt ?? null;
  const measured = row && finishedAt !== null ? Date.parse(finishedAt) - Date.parse(row.startedAt) : null;
  return {
    name,
    state,
    checksum: file?.checksum ?? row?.checksum ?? '',
    hasDown: file?.down !== undefined || event?.hasDown === true,
    appliedAt: finishedAt,
    durationMs: event?.durationMs ?? measured,
    appliedBy: event?.appliedBy ?? null,
    appVersion: event?.appVersion ?? null,
    gitSha: event?.gitSha ?? null,
    steps: row?.steps ?? 0,
  };
}

/** An event of the append-only history, without the texts. */
export interface HistoryEvent {
  readonly id: number;
  readonly at: string;
  readonly action: EventAction;
  readonly name: string;
  readonly direction: 'up' | 'down';
  readonly outcome: 'ok' | 'failed';
  readonly dbUser: string;
  readonly osUser: string | null;
  readonly host: string | null;
  readonly appVersion: string | null;
  readonly gitSha: string | null;
  readonly durationMs: number | null;
  readonly sqlstate: string | null;
  readonly statement: number | null;
  readonly line: number | null;
  readonly who: string | null;
  readonly why: string | null;
}

/** What happened, newest first; single steps only with `steps`. Throws DatabaseError when it cannot connect. */
export async function migrationHistory(
  options: SessionOptions & { readonly limit?: number; readonly steps?: boolean },
): Promise<{ events: HistoryEvent[] }> {
  return withMigrationSession({ sessionPooler: true, ...options }, async (session) => {
    if (!(await findTables(session)).events) return { events: [] };
    if (!(await mayReadEvents(session))) {
      throw new PlinthError('permission', 'the role may not read the history of migrations', {
        fix: 'set MIGRATE_DATABASE_URL to the role that deploys',
      });
    }
    const { rows } = await session.client.query<HistoryEvent>(
      `select id::float8 as id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, action, name, direction, outcome,
              db_user as "dbUser", os_user as "osUser", host, app_version as "appVersion", git_sha as "gitSha", duration_ms as "durationMs",
              sqlstate, statement, line, who, why
         from ${EVENTS} where history = $1 and ($2 or action not in ('start', 'step')) order by id desc limit $3`,
      [session.schema, options.steps === true, options.limit ?? 100],
    );
    return { events: rows };
  });
}
