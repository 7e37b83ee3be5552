import { type MigrationState, type MigrationStatus, migrationStatus } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { type ExitCode, exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { formatTable } from '../../output.js';
import { openTarget } from '../../target.js';
import { addDirFlag } from './run-options.js';

const help = `
Exit codes: 0 in sync, 3 pending, 4 edited, missing or out of order, 6 failed, 10 cannot connect.`;

/** `plinth migrate status`: every migration and its state; the exit code says whether anything is to be done. */
export function registerStatus(migrate: Command, context: CommandContext): void {
  addDirFlag(migrate.command('status'))
    .description('list every migration with its state; reads only')
    .addHelpText('after', help)
    .action(async ({ dir }: { dir: string }) => {
      const target = await openTarget(context);
      const url = await target.urlOf('migrator');
      const { migrations } = await migrationStatus({ url, dir, signal: context.signal });
      context.output.answer({ migrations: migrations.map(contract) }, describe(migrations));
      const exitCode = exitCodeFor(migrations.map(({ state }) => state));
      if (exitCode !== exitCodes.ok) throw new ExitWith(exitCode);
    });
}

/** What programs may rely on (design.md, "Contracts"); who applied what, with which version, is `migrate history`. */
const contract = ({ name, state, checksum, hasDown, appliedAt, durationMs }: MigrationStatus) => ({
  ...{ name, state, checksum, hasDown, appliedAt, durationMs },
});

/** The worst of the states. */
export function exitCodeFor(states: readonly MigrationState[]): ExitCode {
  const has = (...looked: MigrationState[]) => looked.some((state) => states.includes(state));
  if (has('failed')) return exitCodes.migrationFailed;
  if (has('edited', 'missing', 'out_of_order')) return exitCodes.historyDiverged;
  if (has('pending', 'rolled_back')) return exitCodes.pendingMigrations;
  return exitCodes.ok;
}

function describe(migrations: MigrationStatus[]): string {
  const rows = migrations.map(({ name, state, hasDown, appliedAt, durationMs, appVersion }) => [
    ...[name, state.replaceAll('_', ' '), hasDown ? 'yes' : 'no', appliedAt],
    ...[durationMs === null ? null : `${Math.round(durationMs)} ms`, appVersion],
  ]);
  return formatTable(['migration', 'state', 'down', 'applied at', 'took', 'version'], rows);
}
