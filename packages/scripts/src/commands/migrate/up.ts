import { type MigrateUpResult, migrateUp } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { addRunFlags, type RunFlags, runOptions } from './run-options.js';

interface UpFlags extends RunFlags {
  to?: string;
  dryRun?: boolean;
  allowOutOfOrder?: boolean;
}

const help = `
Each file is one transaction together with its row in _prisma_migrations; a file with a statement that cannot run in
one (CREATE INDEX CONCURRENTLY ...) runs statement by statement and continues where it was interrupted.
At the top of a file: -- migrate: no-transaction, lock_timeout=10s, statement_timeout=5m
Exit codes: 0 ok, 2 usage, 4 history edited, missing or out of order, 6 a migration failed, 10 cannot connect, 11 locked.`;

/** `plinth migrate up`: applies what is pending. */
export function registerUp(migrate: Command, context: CommandContext): void {
  addRunFlags(migrate.command('up'))
    .description('apply pending migrations, oldest first')
    .option('--to <name>', 'the last one to apply: its name, its stamp or what follows it')
    .option('--dry-run', 'print what would run; writes nothing')
    .option('--allow-out-of-order', 'apply migrations older than the newest applied one too')
    .addHelpText('after', help)
    .action(async ({ to, dryRun, allowOutOfOrder, ...flags }: UpFlags) => {
      const result = await migrateUp({
        ...(await runOptions(context, flags)),
        ...(to === undefined ? {} : { to }),
        dryRun: dryRun === true,
        allowOutOfOrder: allowOutOfOrder === true,
      });
      context.output.answer(result, dryRun ? describePlan(result) : describeApplied(result));
    });
}

/** One line for people. */
export function describeApplied({ applied }: Pick<MigrateUpResult, 'applied'>): string {
  return applied.length === 0
    ? 'nothing to apply'
    : `applied ${applied.length} ${applied.length === 1 ? 'migration' : 'migrations'}`;
}

function describePlan({ planned }: MigrateUpResult): string {
  if (planned.length === 0) return 'nothing to apply';
  return planned
    .map(({ name, statements, stepwise, done, sql }) => {
      const how = stepwise ? 'statement by statement' : 'one transaction';
      const rest = done === 0 ? '' : `, ${done} done already`;
      return `-- ${name}: ${statements} statements, ${how}${rest}\n${sql.trimEnd()}\n`;
    })
    .join('\n');
}
