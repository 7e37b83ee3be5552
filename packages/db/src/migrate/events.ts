import { hostname, userInfo } from 'node:os';
import type { MigrationSession } from './session.js';

/** Who runs migrations, for the history. */
export interface Runner {
  readonly appVersion?: string | undefined;
  readonly gitSha?: string | undefined;
  /** Of the person for whom a repair is recorded; the operating system's user unless given. */
  readonly who?: string | undefined;
}

/** `start` and `step` let a file that runs statement by statement continue where it was interrupted. */
export type EventAction = 'apply' | 'rollback' | 'repair' | 'fail' | 'baseline' | 'start' | 'step';

export interface MigrationEvent {
  readonly action: EventAction;
  readonly name: string;
  /** The row of `_prisma_migrations`; null where none was kept. */
  readonly migrationId?: string | null;
  readonly direction?: 'up' | 'down';
  readonly checksum?: string;
  readonly upSql?: string;
  readonly downSql?: string | undefined;
  readonly downSha256?: string | undefined;
  readonly startedAt?: string;
  readonly durationMs?: number;
  readonly sqlstate?: string | undefined;
  readonly statement?: number | undefined;
  readonly line?: number | undefined;
  readonly fingerprint?: unknown;
  readonly why?: string;
}

/** Outside Prisma's schemas and outside every migration: rolling all of them back leaves the history. */
export const EVENTS = 'plinth_migrate.migration_events';

/** What everybody but the owner may read: not the texts, which can hold data. */
const publicColumns = `id, at, action, history, migration_id, name, direction, checksum, down_sha256, db_user, os_user, host,
  app_version, git_sha, started_at, duration_ms, outcome, sqlstate, statement, line, fingerprint, who, why`;

const createEvents = `
begin;
create schema if not exists plinth_migrate;
comment on schema plinth_migrate is 'History of migrations, kept by plinth migrate; append-only';
create table plinth_migrate.migration_events (
  id bigint generated always as identity primary key,
  at timestamptz(3) not null default clock_timestamp(),
  action text not null check (action in ('apply', 'rollback', 'repair', 'fail', 'baseline', 'start', 'step')),
  history text not null,
  migration_id varchar(36),
  name text not null,
  direction text not null default 'up' check (direction in ('up', 'down')),
  checksum text,
  up_sql text,
  down_sql text,
  down_sha256 text,
  db_user text not null default session_user,
  os_user text,
  host text,
  app_version text,
  git_sha text,
  started_at timestamptz(3),
  duration_ms double precision,
  outcome text not null check (outcome in ('ok', 'failed')),
  sqlstate text,
  statement integer,
  line integer,
  fingerprint jsonb,
  who text,
  why text,
  check (action <> 'repair' or (who is not null and why is not null))
);
comment on column plinth_migrate.migration_events.history is 'The schema whose _prisma_migrations the event belongs to';
comment on column plinth_migrate.migration_events.duration_ms is 'Milliseconds';
create index migration_events_migration_id on plinth_migrate.migration_events (migration_id);
create function plinth_migrate.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'plinth_migrate.migration_events only grows: % is refused', lower(tg_op) using errcode = '42501';
end $$;
create trigger append_only before update or delete or truncate on plinth_migrate.migration_events
  for each statement execute function plinth_migrate.refuse_change();
do $$
declare
  reader text;
begin
  for reader in select rolname from pg_catalog.pg_roles where rolname in ('plinth_app', 'plinth_worker', 'plinth_readonly') loop
    execute format('grant usage on schema plinth_migrate to %I', reader);
    execute format('grant select (${publicColumns.replace(/\s+/g, ' ')}) on plinth_migrate.migration_events to %I', reader);
  end loop;
end $$;
commit`;

/** The table exactly as Prisma's engine makes it. */
const createHistory = (table: string) => `create table ${table} (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;

/** Which of the runner's tables are there. */
export async function findTables(session: MigrationSession): Promise<{ history: boolean; events: boolean }> {
  const { rows } = await session.client.query<{ history: boolean; events: boolean }>(
    'select to_regclass($1) is not null as history, to_regclass($2) is not null as events',
    [session.table, EVENTS],
  );
  return rows[0] ?? { history: false, events: false };
}

/** Makes the tables that are missing. Under the migration lock. */
export async function ensureTables(session: MigrationSession): Promise<void> {
  const found = await findTables(session);
  if (!found.history) await session.client.query(createHistory(session.table));
  if (!found.events) {
    await session.client.query(createEvents).catch(async (error: unknown) => {
      await session.client.query('rollback');
      throw error;
    });
  }
}

/** A statement with parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | number | null | undefined)[];
}

/** Appends one event, in the transaction that is open. */
export async function insertEvent(
  session: MigrationSession,
  runner: Runner,
  event: MigrationEvent,
): Promise<void> {
  const { text, values } = eventInsert(session, runner, event);
  await session.client.query(text, [...values]);
}

/** The statement that appends an event. An `apply` without a duration has lasted since its transaction began. */
export function eventInsert(session: MigrationSession, runner: Runner, event: MigrationEvent): Statement {
  osUser ??= userName();
  return {
    text: `insert into ${EVENTS} (action, history, migration_id, name, direction, checksum, up_sql, down_sql, down_sha256, os_user, host,
       app_version, git_sha, started_at, duration_ms, outcome, sqlstate, statement, line, fingerprint, who, why)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
       coalesce($15::float8, case when $1 = 'apply' then extract(epoch from clock_timestamp() - transaction_timestamp())::float8 * 1000 end),
       $16, $17, $18, $19, $20, $21, $22)`,
    values: [
      event.action,
      session.schema,
      event.migrationId ?? null,
      event.name,
      event.direction ?? 'up',
      event.checksum,
      event.upSql,
      event.downSql,
      event.downSha256,
      osUser,
      hostname(),
      runner.appVersion,
      runner.gitSha,
      event.startedAt,
      event.durationMs,
      event.action === 'fail' ? 'failed' : 'ok',
      event.sqlstate,
      event.statement,
      event.line,
      event.fingerprint === undefined ? null : JSON.stringify(event.fingerprint),
      runner.who ?? osUser,
      event.why,
    ],
  };
}

/** The statement with its values as literals, to be sent together with others. */
export function inline({ client }: Pick<MigrationSession, 'client'>, { text, values }: Statement): string {
  return text.replace(/\$(\d+)/g, (_match, number) => {
    const value = values[Number(number) - 1] ?? null;
    if (value === null) return 'null';
    return typeof value === 'number' ? String(value) : client.escapeLiteral(value);
  });
}

let osUser: string | null | undefined;

/** A container's user may have no name. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** The down.sql that was stored when a migration was applied, by the id of its row. */
export async function storedDowns(
  session: MigrationSession,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { events } = await findTables(session);
  if (!events || ids.length === 0) return new Map();
  const { rows } = await session.client.query<{ id: string; down: string }>(
    `select distinct on (migration_id) migration_id as id, down_sql as down from ${EVENTS}
      where migration_id = any($1) and action in ('apply', 'baseline') and down_sql is not null order by migration_id, id desc`,
    [ids],
  );
  return new Map(rows.map(({ id, down }) => [id, down]));
}
