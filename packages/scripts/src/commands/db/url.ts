import { type EmbeddedRole, embeddedRoles } from '@plinth/db/embedded';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../context.js';
import { openTarget } from '../../target.js';

/** `plinth db url`: the connection URL of one role, bare, for other programs. */
export function registerUrl(db: Command, context: CommandContext): void {
  const role = new Option('--role <role>', 'whose login').choices(embeddedRoles).default('app');
  db.command('url')
    .description(
      'print the connection URL, password included; starts the embedded server when it does not run',
    )
    .addOption(role)
    .action(async (options: { role: EmbeddedRole }) => {
      const target = await openTarget(context);
      const url = await target.urlOf(options.role);
      context.output.answer({ url }, url);
    });
}
