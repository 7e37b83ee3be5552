import { describeFinding, type VerifiedMigration, verifyMigrations } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { openTarget } from '../../target.js';
import { addDirFlag } from './run-options.js';

const help = `
Every migration goes up, down and up again on a scratch database whose tables hold rows. Afterwards nothing may differ:
no object of the catalog, no row, no value. Rows that cannot be guessed go into sample.sql beside a migration; what is
meant to differ is declared there: -- verify-ignore <kind> <name>: <reason>
Exit codes: 0 verified, 20 something differs or did not run, 10 cannot connect.`;

/** `plinth migrate verify`: proves that every way back leads back. */
export function registerVerify(migrate: Command, context: CommandContext): void {
  addDirFlag(migrate.command('verify'))
    .description('take each migration up, down and up on a scratch database with rows, and compare')
    .argument('[names...]', 'migrations to judge; all unless given')
    .addHelpText('after', help)
    .action(async (names: string[], { dir }: { dir: string }) => {
      const { output } = context;
      const target = await openTarget(context);
      const only = names.length === 0 ? {} : { only: names };
      const url = await target.urlOf('migrator');
      let progress: ReturnType<typeof output.progress> | undefined;
      const report = await verifyMigrations({
        ...{ url, migrationsDir: dir, ...only },
        onProgress: (_name, done, total) => {
          context.signal.throwIfAborted();
          progress ??= output.progress('verify', total, 'migrations');
          progress.update(done + 1);
        },
      });
      progress?.end();
      output.answer(report, report.migrations.map(describe).join('\n'));
      if (!report.ok) throw new ExitWith(exitCodes.corrupt);
    });
}

function describe(migration: VerifiedMigration): string {
  const { name, ok, irreversible, differences, waived, unusedWaivers, error } = migration;
  const way = irreversible === null ? 'up, down, up' : `up only (irreversible: ${irreversible})`;
  return [
    `${ok ? 'ok  ' : 'FAIL'} ${name}: ${way}`,
    ...(error === null ? [] : [`     ${error.message.replaceAll('\n', '\n     ')}`]),
    ...differences.map((difference) => `     ${describeFinding(difference)}`),
    ...waived.map(
      (difference) => `     declared (${difference.reason}): ${difference.kind} ${difference.name}`,
    ),
    ...unusedWaivers.map((subject) => `     declared for nothing: ${subject}`),
  ].join('\n');
}
