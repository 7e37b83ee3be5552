import { PlinthError } from '@plinth/db';
import { type RepairAction, repairMigration } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { addRunFlags, type RunFlags, runOptions } from './run-options.js';

interface RepairFlags extends RunFlags {
  accept?: string;
  failed?: string;
  restore?: string;
  why: string;
  who?: string;
}

const help = `
Exactly one of --accept, --failed and --restore. The schema is not changed; who and why stay in the history.
Exit codes: 0 ok, 2 usage or not in that state, 10 cannot connect, 11 locked.`;

/** `plinth migrate repair`: brings the history of one migration in order, by name. */
export function registerRepair(migrate: Command, context: CommandContext): void {
  addRunFlags(migrate.command('repair'))
    .description('accept an edited file, mark a failed migration as undone, or restore a missing folder')
    .option('--accept <name>', 'the edited file is what the database has')
    .option('--failed <name>', 'what the failed migration left was undone by hand: it becomes pending again')
    .option('--restore <name>', 'write the missing folder from the texts stored when it was applied')
    .requiredOption('--why <text>', 'what happened')
    .option('--who <name>', "who decided it (default: the operating system's user)")
    .addHelpText('after', help)
    .action(async ({ accept, failed, restore, why, who, ...flags }: RepairFlags) => {
      const { action, name } = chooseAction({ accept, failed, restore });
      const options = await runOptions(context, flags, who);
      const result = await repairMigration({ ...options, action, name, why });
      context.output.answer(result, `${result.name} was ${result.before}, is ${result.after}`);
    });
}

function chooseAction(given: Record<RepairAction, string | undefined>): {
  action: RepairAction;
  name: string;
} {
  const chosen = (['accept', 'failed', 'restore'] as const).flatMap((action) => {
    const name = given[action];
    return name === undefined ? [] : [{ action, name }];
  });
  const [only, ...others] = chosen;
  if (only !== undefined && others.length === 0) return only;
  throw new PlinthError('usage', `${chosen.length} of --accept, --failed and --restore were given`, {
    fix: 'give exactly one of them',
  });
}
