import { PlinthError } from '../errors.js';
import type { MigrationSession } from './session.js';

/** Prisma's own key, so that `prisma migrate deploy` and we exclude each other. */
export const MIGRATION_LOCK = 72_707_369;

export interface LockOptions {
  /** How long to keep asking. */
  readonly lockWaitMs: number;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/**
 * Runs `work` under the migration lock of the database. It asks again and again instead of waiting inside
 * `pg_advisory_lock`: a backend waiting there holds a snapshot, for which the holder's CREATE INDEX CONCURRENTLY
 * would wait in turn, a deadlock. Throws `locked` naming the holder once `lockWaitMs` have passed.
 */
export async function withMigrationLock<T>(
  session: MigrationSession,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  await acquire(session, options);
  try {
    return await work();
  } finally {
    await session.client.query('select pg_catalog.pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => {});
  }
}

async function acquire(session: MigrationSession, options: LockOptions): Promise<void> {
  const { now, sleep, random, signal, log } = options;
  const startedAt = now();
  for (let pauseMs = 20, told = false; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    signal?.throwIfAborted();
    const { rows } = await session.client.query<{ got: boolean }>(
      'select pg_catalog.pg_try_advisory_lock($1) as got',
      [MIGRATION_LOCK],
    );
    if (rows[0]?.got) return;
    const waitedMs = now() - startedAt;
    if (waitedMs >= options.lockWaitMs) throw await lockedError(session, waitedMs);
    if (!told && waitedMs >= 1_000) {
      told = true;
      log(`waiting for the migration lock, held by ${await describeHolder(session)}`);
    }
    await sleep(Math.min(pauseMs * (0.75 + random() / 2), Math.max(options.lockWaitMs - waitedMs, 1)));
  }
}

async function lockedError(session: MigrationSession, waitedMs: number): Promise<PlinthError> {
  const holder = await describeHolder(session);
  const message = `the migration lock was not free within ${(waitedMs / 1000).toFixed(1)} s: it is held by ${holder}`;
  return new PlinthError('locked', message, {
    fix: 'wait for that deploy to end, or end its session: select pg_terminate_backend(<pid>)',
  });
}

interface Holder {
  pid: number;
  user: string | null;
  application: string | null;
  host: string | null;
  state: string | null;
  seconds: number | null;
}

/** Such as `process 4711 (user plinth_migrator, application prisma, active for 12 s)`. */
export async function describeHolder({ client }: Pick<MigrationSession, 'client'>): Promise<string> {
  // As the session's own user: acting as the owner role hides what the sessions of the same login do.
  await client.query('begin; set local role none');
  const { rows } = await client.query<Holder>(
    `select l.pid, a.usename as user, a.application_name as application, a.client_addr::text as host, a.state,
            extract(epoch from clock_timestamp() - case when a.state = 'active' then a.query_start else a.state_change end)::float8 as seconds
       from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.classid = 0 and l.objid = $1 and l.objsubid = 1 and l.granted
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())`,
    [MIGRATION_LOCK],
  );
  await client.query('rollback');
  const [holder] = rows;
  if (holder === undefined) return 'a session that has just ended';
  const { pid, user, application, host, state, seconds } = holder;
  const facts = [
    `user ${user ?? 'unknown'}`,
    `application ${application || 'unnamed'}`,
    ...(host === null ? [] : [`from ${host}`]),
    ...(seconds === null ? [] : [`${state} for ${Math.round(seconds)} s`]),
  ];
  return `process ${pid} (${facts.join(', ')})`;
}
