import { randomUUID } from 'node:crypto';
import { ensureTables, eventInsert, inline, insertEvent, type Statement } from './events.js';
import { type MigrationFile, readMigrationFolder, sha256 } from './folder.js';
import { withMigrationLock } from './lock.js';
import { choosePending, type Pending } from './pending.js';
import { limitsOf, type MigrateOptions, type Run, recordFailure, runOf } from './run.js';
import { runInTransaction, withLockRetries } from './run-script.js';
import { runStepwise } from './run-stepwise.js';
import { type MigrationSession, withMigrationSession } from './session.js';

export interface MigrateUpOptions extends MigrateOptions {
  /** The last migration to apply: its name, its stamp or what follows it. All of them unless given. */
  readonly to?: string;
  /** Say what would run, in a read-only transaction. */
  readonly dryRun?: boolean;
  readonly allowOutOfOrder?: boolean;
}

export interface PlannedMigration {
  readonly name: string;
  readonly statements: number;
  /** Not as one transaction: a statement in it cannot run in one, or the file asks for it. */
  readonly stepwise: boolean;
  /** Statements that an interrupted run has done already. */
  readonly done: number;
  readonly sql: string;
}

export interface MigrateUpResult {
  readonly applied: { readonly name: string; readonly statements: number; readonly durationMs: number }[];
  /** What a dry run would apply; empty otherwise. */
  readonly planned: PlannedMigration[];
}

/**
 * Applies pending migrations, oldest first: each file with its row in `_prisma_migrations` in one transaction, or
 * statement by statement where PostgreSQL demands it. Nothing runs unless history and all pending files are sound.
 * Throws `history_failed`, `history_diverged`, `migration_failed` (ScriptFailure), `locked`, `pooler`, DatabaseError.
 */
export async function migrateUp(options: MigrateUpOptions): Promise<MigrateUpResult> {
  const files = await readMigrationFolder(options.dir);
  return withMigrationSession(options, async (session) => {
    if (options.dryRun === true) return { applied: [], planned: await planReadOnly(session, files, options) };
    const run = runOf(options);
    return withMigrationLock(session, run, async () => {
      const pending = await choosePending(session, files, options);
      const applied: MigrateUpResult['applied'] = [];
      if (pending.length > 0) await ensureTables(session);
      for (const [index, one] of pending.entries()) {
        options.signal?.throwIfAborted();
        const durationMs = await applyOne(session, one, run, {
          first: index === 0,
          last: index === pending.length - 1,
        });
        run.log(`applied ${one.file.name} in ${Math.round(durationMs)} ms`);
        applied.push({ name: one.file.name, statements: one.script.statements.length, durationMs });
      }
      return { applied, planned: [] };
    });
  });
}

async function planReadOnly(
  session: MigrationSession,
  files: readonly MigrationFile[],
  options: MigrateUpOptions,
): Promise<PlannedMigration[]> {
  await session.client.query('begin read only');
  const pending = await choosePending(session, files, options);
  await session.client.query('rollback');
  return pending.map(({ file, script, resume }) => ({
    name: file.name,
    statements: script.statements.length,
    stepwise: script.stepwise,
    done: resume?.progress.done ?? 0,
    sql: file.sql,
  }));
}

async function applyOne(
  session: MigrationSession,
  pending: Pending,
  run: Run,
  { first, last }: { first: boolean; last: boolean },
): Promise<number> {
  const { file, script } = pending;
  for (const { text, line } of script.neutralised) {
    run.log(`${script.file}:${line}: ${text} is ignored: a migration is one transaction by itself`);
  }
  const startedMs = run.now();
  const { startedAt, id } = await begin(session, pending, run);
  const limits = limitsOf(run, script);
  const record = async () => {
    const fingerprint = last ? await run.hooks.fingerprint?.(session.client) : undefined;
    const as = { id, startedAt, durationMs: run.now() - startedMs, fingerprint };
    for (const { text, values } of applied(session, pending, as, run))
      await session.client.query(text, [...values]);
  };
  // Without a fingerprint to take, the bookkeeping goes along with the script.
  const recordSql = last
    ? undefined
    : applied(session, pending, { id, startedAt }, run)
        .map((statement) => inline(session, statement))
        .join(';\n');
  try {
    if (script.stepwise) {
      const progress = pending.resume?.progress ?? { done: 0, interrupted: false };
      if (progress.done > 0) run.log(`${file.name}: continuing after statement ${progress.done}`);
      const { runner } = run;
      const { name } = file;
      const direction = 'up' as const;
      await runStepwise(session, script, {
        name,
        migrationId: id,
        direction,
        progress,
        limits,
        retry: run,
        runner,
        record,
      });
    } else {
      await withLockRetries(run, () =>
        runInTransaction(session, script, { limits, record, recordSql, deferDurability: !last }),
      );
    }
  } catch (error) {
    await recordFailure(
      session,
      { name: file.name, id: script.stepwise ? id : null, direction: 'up', startedAt, run, changed: !first },
      error,
    );
    throw error;
  }
  return run.now() - startedMs;
}

/** The row's id and start; a file that runs stepwise has its row from the beginning, for Prisma to see. */
async function begin(
  session: MigrationSession,
  { file, script, resume }: Pending,
  { runner }: Run,
): Promise<{ id: string; startedAt: string }> {
  const { client, table } = session;
  const startedAt = session.serverTime();
  if (resume !== undefined) return { id: resume.id, startedAt };
  const id = randomUUID();
  if (!script.stepwise) return { id, startedAt };
  await client.query('begin');
  await client.query(
    `insert into ${table} (id, checksum, migration_name, started_at) values ($1, $2, $3, $4)`,
    [id, file.checksum, file.name, startedAt],
  );
  await insertEvent(session, runner, { action: 'start', name: file.name, migrationId: id, upSql: file.sql });
  await client.query('commit');
  return { id, startedAt };
}

interface AppliedAs {
  readonly id: string;
  readonly startedAt: string;
  /** Measured by the server unless given. */
  readonly durationMs?: number;
  readonly fingerprint?: unknown;
}

/** Prisma's row and the event of an applied migration. */
function applied(
  session: MigrationSession,
  { file, script }: Pending,
  as: AppliedAs,
  { runner }: Run,
): Statement[] {
  // Prisma counts a script as one step.
  const steps = script.stepwise ? script.statements.length : 1;
  const row = {
    text: `insert into ${session.table} (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     values ($1, $2, $3, $4, clock_timestamp(), $5)
     on conflict (id) do update set checksum = excluded.checksum, finished_at = excluded.finished_at, logs = null,
       applied_steps_count = excluded.applied_steps_count`,
    values: [as.id, file.checksum, file.name, as.startedAt, steps],
  };
  const event = eventInsert(session, runner, {
    action: 'apply',
    name: file.name,
    migrationId: as.id,
    checksum: file.checksum,
    upSql: file.sql,
    downSql: file.down,
    downSha256: file.down === undefined ? undefined : sha256(file.down),
    startedAt: as.startedAt,
    ...(as.durationMs === undefined ? {} : { durationMs: as.durationMs }),
    fingerprint: as.fingerprint,
  });
  return [row, event];
}
