import { migrateDown } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { addRunFlags, parseCount, type RunFlags, runOptions } from './run-options.js';

interface DownFlags extends RunFlags {
  allowDataLoss?: boolean;
  useFile?: boolean;
}

const help = `
Runs down.sql, newest first; where the folder lacks it, the text stored when the migration was applied.
Exit codes: 0 ok, 2 usage, 6 a down.sql failed, 10 cannot connect, 11 locked,
24 refused: it would lose data, is irreversible, or its down.sql was changed since.`;

/** `plinth migrate down [n]`: rolls back the newest ones. */
export function registerDown(migrate: Command, context: CommandContext): void {
  addDownFlags(addRunFlags(migrate.command('down')))
    .description('roll back the newest applied migrations')
    .argument('[n]', 'how many', parseCount, 1)
    .addHelpText('after', help)
    .action(async (steps: number, { allowDataLoss, useFile, ...flags }: DownFlags) => {
      const result = await migrateDown({
        ...(await runOptions(context, flags)),
        steps,
        allowDataLoss: allowDataLoss === true,
        useFile: useFile === true,
      });
      const { length } = result.rolledBack;
      context.output.answer(
        result,
        length === 0 ? 'nothing to roll back' : `rolled back ${length} migrations`,
      );
    });
}

/** Flags about what a rollback may do. */
export function addDownFlags(command: Command): Command {
  return command
    .option('--allow-data-loss', 'also where tables have rows or columns have values')
    .option('--use-file', 'run down.sql as it is now where it differs from the stored text');
}
