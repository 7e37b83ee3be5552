import { PlinthError } from '../errors.js';
import { refuseDataLoss } from './data-loss.js';
import { ensureTables, insertEvent, storedDowns } from './events.js';
import { readMigrationFolder, sameText, sha256 } from './folder.js';
import { compareHistory, findByName, type HistoryEntry, type MigrationRow, readRows } from './history.js';
import { withMigrationLock } from './lock.js';
import { limitsOf, type MigrateOptions, type Run, recordFailure, runOf } from './run.js';
import { runInTransaction, withLockRetries } from './run-script.js';
import { readProgress, runStepwise } from './run-stepwise.js';
import { type MigrationSession, withMigrationSession } from './session.js';
import { parseScript, type Script } from './split.js';

export interface MigrateDownOptions extends MigrateOptions {
  /** How many to roll back, newest first; 1 unless `to` is given. */
  readonly steps?: number;
  /** The migration that stays the newest: its name, its stamp or what follows it. */
  readonly to?: string;
  readonly allowDataLoss?: boolean;
  /** Run down.sql as it is now where it differs from the one stored when the migration was applied. */
  readonly useFile?: boolean;
}

export interface MigrateDownResult {
  /** Newest first. */
  readonly rolledBack: { readonly name: string; readonly statements: number; readonly durationMs: number }[];
}

/** One migration that is applied, with the script that undoes it. */
interface Undo {
  readonly name: string;
  readonly row: MigrationRow;
  readonly down: string;
  readonly script: Script;
}

/**
 * Rolls back applied migrations, newest first: each down.sql and the mark in `_prisma_migrations` in one transaction.
 * The text stored when the migration was applied serves where the file is missing. All are checked before one runs.
 * Throws `irreversible`, `data_loss`, `down_changed`, `history_failed`, `migration_failed` (ScriptFailure), `locked`.
 */
export async function migrateDown(options: MigrateDownOptions): Promise<MigrateDownResult> {
  const files = await readMigrationFolder(options.dir);
  return withMigrationSession(options, async (session) => {
    const run = runOf(options);
    return withMigrationLock(session, run, async () => {
      const entries = compareHistory(files, await readRows(session));
      const undos = await prepare(session, chooseApplied(entries, options), options);
      if (undos.length > 0) await ensureTables(session);
      const rolledBack: MigrateDownResult['rolledBack'] = [];
      for (const [index, undo] of undos.entries()) {
        options.signal?.throwIfAborted();
        const [first, last] = [index === 0, index === undos.length - 1];
        const durationMs = await undoOne(session, undo, run, {
          first,
          last,
          allowDataLoss: options.allowDataLoss === true,
        });
        run.log(`rolled back ${undo.name} in ${Math.round(durationMs)} ms`);
        rolledBack.push({ name: undo.name, statements: undo.script.statements.length, durationMs });
      }
      return { rolledBack };
    });
  });
}

/** The applied ones to undo, newest first. */
function chooseApplied(entries: readonly HistoryEntry[], { steps, to }: MigrateDownOptions): HistoryEntry[] {
  const failed = entries.find(({ state }) => state === 'failed');
  if (failed !== undefined) {
    throw new PlinthError('history_failed', `migration ${failed.name} failed and was not completed`, {
      fix: `run \`plinth migrate up\` to continue it, or undo it by hand and run: plinth migrate repair --failed ${failed.name} --why "..."`,
    });
  }
  const applied = entries.filter(({ row }) => row !== undefined).reverse();
  if (to === undefined) return applied.slice(0, steps ?? 1);
  const { name, row } = findByName(entries, to);
  if (row === undefined) {
    throw new PlinthError('usage', `migration ${name} is not applied: there is nothing to go down to`, {
      fix: `run: plinth migrate up --to ${name}`,
    });
  }
  return applied.slice(
    0,
    applied.findIndex((entry) => entry.name === name),
  );
}

async function prepare(
  session: MigrationSession,
  chosen: readonly HistoryEntry[],
  options: MigrateDownOptions,
): Promise<Undo[]> {
  const stored = await storedDowns(
    session,
    chosen.flatMap(({ row }) => row?.id ?? []),
  );
  const undos: Undo[] = [];
  for (const { name, row, file } of chosen) {
    if (row === undefined) continue;
    const down = chooseDown(name, { file: file?.down, stored: stored.get(row.id) }, options);
    const script = await parseScript(down, `${name}/down.sql`);
    const { irreversible } = script.directives;
    if (irreversible !== undefined) throw irreversibleError(name, `is irreversible: ${irreversible}`);
    undos.push({ name, row, down, script });
  }
  return undos;
}

function chooseDown(
  name: string,
  { file, stored }: { file: string | undefined; stored: string | undefined },
  { useFile }: MigrateDownOptions,
): string {
  if (file === undefined && stored === undefined) throw irreversibleError(name, 'has no down.sql');
  if (file === undefined || stored === undefined) return file ?? stored ?? '';
  if (sameText(file, stored) || useFile === true) return file;
  throw new PlinthError(
    'down_changed',
    `${name}/down.sql differs from the one stored when the migration was applied`,
    {
      fix: 'restore the file from version control, or add --use-file to run it as it is now',
    },
  );
}

function irreversibleError(name: string, why: string): PlinthError {
  return new PlinthError('irreversible', `migration ${name} ${why}`, {
    fix: 'write a new migration that goes forward, or restore a backup',
  });
}

async function undoOne(
  session: MigrationSession,
  undo: Undo,
  run: Run,
  { first, last, allowDataLoss }: { first: boolean; last: boolean; allowDataLoss: boolean },
): Promise<number> {
  const { name, row, script, down } = undo;
  const startedMs = run.now();
  const startedAt = session.serverTime();
  const guard = allowDataLoss
    ? undefined
    : (work: () => Promise<void>) => refuseDataLoss(session, name, work);
  const record = async () => {
    const fingerprint = last ? await run.hooks.fingerprint?.(session.client) : undefined;
    await session.client.query(
      `update ${session.table} set rolled_back_at = clock_timestamp() where id = $1`,
      [row.id],
    );
    const stored = {
      direction: 'down',
      checksum: row.checksum,
      downSql: down,
      downSha256: sha256(down),
    } as const;
    const times = { startedAt, durationMs: run.now() - startedMs };
    const event = {
      action: 'rollback',
      name,
      migrationId: row.id,
      fingerprint,
      ...stored,
      ...times,
    } as const;
    await insertEvent(session, run.runner, event);
  };
  const limits = limitsOf(run, script);
  try {
    if (script.stepwise) {
      if (!allowDataLoss) refuseDrops(name, script);
      const progress = await begin(session, undo, run);
      const { runner } = run;
      const shared = {
        name,
        migrationId: row.id,
        direction: 'down',
        progress,
        limits,
        retry: run,
        runner,
        record,
      } as const;
      await runStepwise(session, script, guard === undefined ? shared : { ...shared, around: guard });
    } else {
      await withLockRetries(run, () =>
        runInTransaction(session, script, { limits, record, around: guard, deferDurability: !last }),
      );
    }
  } catch (error) {
    await recordFailure(
      session,
      { name, id: row.id, direction: 'down', startedAt, run, changed: !first },
      error,
    );
    throw error;
  }
  return run.now() - startedMs;
}

/** Continues an interrupted rollback, or notes the beginning of one. */
async function begin(session: MigrationSession, { name, row, script, down }: Undo, { runner }: Run) {
  const progress = await readProgress(session, row.id, 'down', script);
  if (progress !== undefined) return progress;
  await insertEvent(session, runner, {
    action: 'start',
    name,
    migrationId: row.id,
    direction: 'down',
    downSql: down,
  });
  return { done: 0, interrupted: false };
}

/** Outside a transaction nothing can be taken back, so what destroys data there is refused by its kind. */
function refuseDrops(name: string, script: Script): void {
  const drop = script.statements.find(({ kind }) =>
    /^(DropdbStmt|DropTableSpaceStmt|DropSubscriptionStmt)$/.test(kind),
  );
  if (drop === undefined) return;
  throw new PlinthError('data_loss', `rolling back ${name} would lose data: ${drop.text}`, {
    fix: 'take a backup (plinth backup create), then add --allow-data-loss',
  });
}
