import { migrateTo } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { addDownFlags } from './down.js';
import { addRunFlags, type RunFlags, runOptions } from './run-options.js';
import { describeApplied } from './up.js';

interface ToFlags extends RunFlags {
  allowDataLoss?: boolean;
  useFile?: boolean;
}

/** `plinth migrate to <name>`: up or down, until that migration is the newest applied one. */
export function registerTo(migrate: Command, context: CommandContext): void {
  addDownFlags(addRunFlags(migrate.command('to')))
    .description('go up or down until the named migration is the newest applied one')
    .argument('<name>', 'its name, its stamp or what follows it')
    .addHelpText('after', '\nExit codes: those of `migrate up` and `migrate down`.')
    .action(async (to: string, { allowDataLoss, useFile, ...flags }: ToFlags) => {
      const result = await migrateTo({
        ...(await runOptions(context, flags)),
        to,
        allowDataLoss: allowDataLoss === true,
        useFile: useFile === true,
      });
      const { length } = result.rolledBack;
      context.output.answer(
        result,
        length === 0 ? describeApplied(result) : `rolled back ${length} migrations`,
      );
    });
}
