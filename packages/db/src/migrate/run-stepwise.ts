import { assertValid, cleanUp, prepareConcurrent } from './concurrent.js';
import { EVENTS, findTables, insertEvent, type Runner } from './events.js';
import { sameText } from './folder.js';
import { type Limits, type RetryPolicy, sendStatement, setLimits, withLockRetries } from './run-script.js';
import type { MigrationSession } from './session.js';
import { parseScript, type Script, type Statement } from './split.js';
import { isConcurrent } from './statement-kind.js';

/** Where an earlier run of the same file stands. */
export interface Progress {
  /** Statements that are done. */
  readonly done: number;
  /** The next one was under way when the run was cut off, so nobody recorded how it ended. */
  readonly interrupted: boolean;
}

export interface StepwiseRun {
  readonly name: string;
  readonly migrationId: string;
  readonly direction: 'up' | 'down';
  readonly progress: Progress;
  readonly limits: Limits;
  readonly retry: RetryPolicy;
  readonly runner: Runner;
  /** Runs a statement inside its transaction; lets the caller look at what it does before it is committed. */
  readonly around?: (run: () => Promise<void>) => Promise<void>;
  /** In the last transaction. */
  readonly record: () => Promise<void>;
}

/** Blocks that may COMMIT by themselves, which PostgreSQL allows only outside a transaction block. */
const mayCommit = new Set(['CallStmt', 'DoStmt']);

/**
 * Runs a script statement by statement, each recorded with its effect: in one transaction where the statement allows
 * it, right after it where not. Can be repeated from any point at which it was cut off.
 */
export async function runStepwise(
  session: MigrationSession,
  script: Script,
  run: StepwiseRun,
): Promise<void> {
  const { client } = session;
  try {
    for (const statement of script.statements) {
      if (statement.number > run.progress.done) {
        await withLockRetries(run.retry, () => runStep(session, script, statement, run));
      } else if (statement.kind === 'VariableSetStmt') {
        // Settings of the file end with the session that made them.
        await sendStatement(session, script, statement);
      }
    }
    await session.reset();
    await client.query('begin');
    await run.record();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    await session.reset().catch(() => {});
    throw error;
  }
}

async function runStep(
  session: MigrationSession,
  script: Script,
  statement: Statement,
  run: StepwiseRun,
): Promise<void> {
  if (statement.outside || (script.directives.noTransaction && mayCommit.has(statement.kind))) {
    await runOutside(session, script, statement, run);
    await recordStep(session, statement, run);
    return;
  }
  await session.client.query(`begin; ${setLimits(run.limits)}`);
  try {
    const send = () => sendStatement(session, script, statement);
    await (run.around === undefined ? send() : run.around(send));
    await recordStep(session, statement, run);
    await session.client.query('commit');
  } catch (error) {
    await session.client.query('rollback').catch(() => {});
    throw error;
  }
}

async function runOutside(
  session: MigrationSession,
  script: Script,
  statement: Statement,
  run: StepwiseRun,
): Promise<void> {
  const { client } = session;
  const { log } = run.retry;
  const first = statement.number === run.progress.done + 1;
  const prepared = await prepareConcurrent(session, statement, {
    resumed: first && statement.number > 1,
    interrupted: first && run.progress.interrupted,
    log,
  });
  if (prepared.done) return log(`statement ${statement.number} was finished by the interrupted run`);
  // It waits for every old snapshot, not for a lock that others queue behind: a timeout would only leave an invalid index.
  const lockTimeoutMs = isConcurrent(statement.kind, statement.node) ? 0 : run.limits.lockTimeoutMs;
  await client.query(`set lock_timeout = ${Math.round(lockTimeoutMs)}; set statement_timeout = 0`);
  try {
    if (prepared.sql === undefined) await sendStatement(session, script, statement);
    else await client.query(prepared.sql);
    await assertValid(session, statement, script.file);
  } catch (error) {
    await cleanUp(session, statement, log).catch(() => {});
    throw error;
  }
}

async function recordStep(
  session: MigrationSession,
  { number, line }: Statement,
  run: StepwiseRun,
): Promise<void> {
  const { name, migrationId, direction, runner } = run;
  await insertEvent(session, runner, {
    action: 'step',
    name,
    migrationId,
    direction,
    statement: number,
    line,
  });
  if (direction === 'up') {
    await session.client.query(`update ${session.table} set applied_steps_count = $2 where id = $1`, [
      migrationId,
      number,
    ]);
  }
}

interface StepEvent {
  action: 'start' | 'step' | 'fail';
  statement: number | null;
  sql: string | null;
}

/**
 * How far a run that was cut off came; undefined when there is none, or when a statement that is done was edited since.
 */
export async function readProgress(
  session: MigrationSession,
  migrationId: string,
  direction: 'up' | 'down',
  script: Script,
): Promise<Progress | undefined> {
  if (!(await findTables(session)).events) return undefined;
  const { rows } = await session.client.query<StepEvent>(
    `select action, statement, case when action = 'start' then coalesce(up_sql, down_sql) end as sql from ${EVENTS}
      where migration_id = $1 and direction = $2 and action in ('start', 'step', 'fail') order by id`,
    [migrationId, direction],
  );
  const start = rows.findLastIndex(({ action }) => action === 'start');
  if (start === -1) return undefined;
  const events = rows.slice(start + 1);
  const done = Math.max(
    0,
    ...events.map(({ action, statement }) => (action === 'step' ? (statement ?? 0) : 0)),
  );
  const begun = await parseScript(rows[start]?.sql ?? '', script.file);
  const same = begun.statements
    .slice(0, done)
    .every(({ text }, index) => sameText(text, script.statements[index]?.text ?? ''));
  return same ? { done, interrupted: events.at(-1)?.action !== 'fail' } : undefined;
}
