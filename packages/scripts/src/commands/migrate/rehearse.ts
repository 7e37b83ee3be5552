import { tmpdir } from 'node:os';
import type { RehearsedFile, RehearsedMigration, StatementPlace } from '@plinth/db/migrate';
import { describeDifference, pendingInBackup } from '@plinth/db/migrate';
import type { Command } from 'commander';
import { chooseValidated } from '../../backup/choose-set.js';
import { formatBytes, formatSpan } from '../../backup/inventory.js';
import { type ReleaseReport, rehearseRelease } from '../../backup/rehearse.js';
import type { RestoreProgress } from '../../backup/staged-dump.js';
import { findSet, type StoredSet } from '../../backup/store.js';
import type { CommandContext } from '../../context.js';
import { type ExitCode, exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { openTarget } from '../../target.js';
import {
  installedTools,
  type KeyOptions,
  openerFor,
  openStore,
  restoreLogins,
  withKeyOptions,
} from '../backup/backup-place.js';
import { showRestore } from '../backup/show-restore.js';
import { timeSpan } from '../option-values.js';
import { waitForEnd } from '../wait-for-end.js';
import { addDirFlag } from './run-options.js';
import { firstLine } from './trace.js';

const help = `
The newest validated backup of the database is restored into a scratch database, compared with its manifest, and what is
pending there goes up, down and up again as the login that deploys. The database itself is not even connected to. Per
statement: time, locks, tables rewritten, rows written. The scratch database is dropped at the end; what a killed run
left, the next one drops.
Exit codes: 0 every file ran and every way back led back, 6 a file failed on this data, 20 something is not as before
after down.sql or the copy is not what was backed up, 21 no backup or none young enough, 4 history edited, missing or out
of order, 10 cannot connect, 12 key wrong or missing, 23 no space, 130/143 cancelled; see \`backup drill\` for others.`;

const SLOW_MS = 5_000;

interface RehearseFlags extends KeyOptions {
  dir: string;
  backup?: string;
  down: boolean;
  maxAge: number;
  createRoles?: boolean;
}

/** `plinth migrate rehearse`: a release tried on a copy of real data. */
export function registerRehearse(migrate: Command, context: CommandContext): void {
  const command = addDirFlag(migrate.command('rehearse'))
    .description(
      'restore a backup into a scratch database and try the pending migrations, and their way back, there',
    )
    .option('--backup <id>', 'its id, the beginning of it, or latest, instead of the newest validated one')
    .option('--no-down', 'only up: neither down.sql nor the second time')
    .option('--max-age <time>', 'how old the newest validated backup may be', timeSpan, 26 * 3_600_000)
    .option('--create-roles', 'make roles that this server lacks')
    .addHelpText('after', help);
  withKeyOptions(command).action(async (flags: RehearseFlags) => {
    const rehearsing = run(context, flags);
    waitForEnd(context, rehearsing);
    const exitCode = await rehearsing;
    if (exitCode !== exitCodes.ok) throw new ExitWith(exitCode);
  });
}

async function run(context: CommandContext, flags: RehearseFlags): Promise<ExitCode> {
  const { config, output, signal, hurry } = context;
  const { settings, store } = await openStore(context);
  const target = await openTarget(context);
  const set =
    flags.backup === undefined
      ? await chooseValidated({
          ...{ store, database: target.database, maxAgeMs: flags.maxAge },
          ...{ now: new Date(), say: output.say },
        })
      : await findSet(store, flags.backup);
  const pending = await pendingInBackup(flags.dir, set.manifest.content.migrations);
  if (pending.length === 0) {
    const { id, createdAt } = set.manifest;
    output.answer(
      { ok: true, backup: { id, createdAt }, migrations: [], tables: [], data: null, notes: [] },
      `nothing is pending in backup ${id}`,
    );
    return exitCodes.ok;
  }
  announce(output.say, set, pending);
  const progress = showProgress(context);
  const report = await rehearseRelease({
    store,
    set,
    opener: await openerFor(context, settings, flags),
    tools: await installedTools(context),
    ...(await restoreLogins(context, target)),
    migratorUrl: await target.urlOf('migrator'),
    migrationsDir: flags.dir,
    noDown: !flags.down,
    createRoles: flags.createRoles === true,
    requireEncryption: settings.requireEncryption,
    env: config.env,
    workFolder: tmpdir(),
    signal,
    hurry,
    say: output.say,
    onStep: progress.step,
    onProgress: progress.restore,
    onStatement: progress.statement,
  }).finally(progress.end);
  output.answer(report, describe(report));
  return exitCodeOf(report);
}

function announce(say: (line: string) => void, { manifest }: StoredSet, pending: readonly string[]): void {
  const age = formatSpan(Date.now() - Date.parse(manifest.createdAt));
  const size = formatBytes(manifest.stats.plainBytes);
  say(`backup ${manifest.id}: ${age} old, ${size}; ${pending.length} pending: ${pending.join(', ')}`);
}

/** What is being done; how far the restore is, as `backup restore` shows it; and again every few seconds where one thing takes its time. */
function showProgress({ output }: CommandContext) {
  let doing = 'unpacking the backup';
  let since = performance.now();
  /** The last sign of life that people saw. */
  let toldMs = since;
  const bars = showRestore(output);
  const become = (next: string) => {
    bars.end();
    doing = next;
    since = performance.now();
    toldMs = since;
    output.say(next);
  };
  output.say(doing);
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - since;
    if (performance.now() - toldMs >= SLOW_MS) output.say(`${doing}: ${formatSpan(elapsedMs)} so far`);
  }, SLOW_MS);
  const steps: Record<string, string> = {
    scratch: 'restoring it',
    restored: 'comparing it with the manifest',
    compared: 'rehearsing',
  };
  const directions = { up: 'up', down: 'down', again: 'up again' };
  return {
    step: (step: string) => {
      if (steps[step]) become(steps[step]);
    },
    restore: (progress: RestoreProgress) => {
      toldMs = performance.now();
      bars.onProgress(progress);
    },
    statement: ({ migration, direction, statement, of }: StatementPlace) =>
      become(
        `${directions[direction]}: ${migration}, statement ${statement.number} of ${of}: ${firstLine(statement.text)}`,
      ),
    end: () => clearInterval(timer),
  };
}

function exitCodeOf({ ok, migrations }: ReleaseReport): ExitCode {
  const failed = migrations.some(({ up, down, again }) => [up, down, again].some((file) => file?.error));
  if (failed) return exitCodes.migrationFailed;
  return ok ? exitCodes.ok : exitCodes.corrupt;
}

function describe({ ok, backup, migrations, tables, data, notes, durationMs }: ReleaseReport): string {
  return [
    ...migrations.flatMap((migration) => describeMigration(migration, tables)),
    ...(data ?? []).map((problem) => `after every down.sql: ${problem}`),
    ...notes.map((note) => `note: ${note}`),
    `${ok ? 'rehearsed' : 'FAILED'} on backup ${backup.id}, restored in ${formatSpan(backup.restoreMs)}; all of it took ${formatSpan(durationMs)}`,
  ].join('\n');
}

function describeMigration(
  { name, transaction, up, down, again, irreversible, left, changedAgain }: RehearsedMigration,
  tables: ReleaseReport['tables'],
): string[] {
  const sizeOf = (table: string) => {
    const found = tables.find((it) => it.name === table);
    return found === undefined ? '' : ` (${found.rows} rows, ${formatBytes(found.bytes)})`;
  };
  return [
    `${name}: ${transaction ? 'one transaction' : 'statement by statement'}`,
    ...(up === null ? ['  not run'] : describeFile('up', up, sizeOf, true)),
    ...(down === null ? [] : describeFile('down', down, sizeOf, false)),
    ...(again === null ? [] : describeFile('up again', again, sizeOf, false)),
    ...(irreversible === null ? [] : [`  no way back: ${irreversible}`]),
    ...left.map((difference) => `  left after down.sql: ${describeDifference(difference)}`),
    ...changedAgain.map((difference) => `  otherwise the second time: ${describeDifference(difference)}`),
  ];
}

function describeFile(
  what: string,
  { statements, locks, durationMs, error }: RehearsedFile,
  sizeOf: (table: string) => string,
  each: boolean,
): string[] {
  const lines = statements.flatMap(({ line, sql, durationMs: took, rewrites, touched }) => [
    `    line ${line}: ${firstLine(sql)}  (${took} ms)`,
    ...rewrites.map((table) => `      rewrites ${table}${sizeOf(table)}`),
    ...touched.map(
      ({ relation, inserted, updated, deleted }) =>
        `      writes ${relation}: ${counted({ inserted, updated, deleted })}`,
    ),
  ]);
  return [
    `  ${what}: ${error === null ? `${durationMs} ms` : 'FAILED'}`,
    ...(each ? lines : []),
    ...locks.map(
      ({ table, mode, heldMs, blocks }) =>
        `    locks ${table}${sizeOf(table)}: ${mode} for ${heldMs} ms, keeps out ${blocks}`,
    ),
    ...(error === null ? [] : [`    ${error.message.replaceAll('\n', '\n    ')}`]),
  ];
}

const counted = (rows: Record<string, number>): string =>
  Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
