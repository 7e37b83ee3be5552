import { dropDatabase } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { refusal } from '../../failure.js';
import { guardDestruction, openTarget, SERVER_DATABASES } from '../../target.js';

/** `plinth db drop <name>`: ends the database's sessions and removes it. */
export function registerDrop(db: Command, context: CommandContext): void {
  db.command('drop')
    .description('remove a database and everything in it, ending its sessions; refused in production')
    .argument('<name>', 'the database')
    .option('--confirm <database>', 'the same name again')
    .action(async (name: string, options: { confirm?: string }) => {
      guardDestruction(context, { verb: 'drop', database: name, confirm: options.confirm });
      if (SERVER_DATABASES.includes(name)) {
        throw refusal(`${name} belongs to the server`, 'name a database of your own');
      }
      const target = await openTarget(context);
      const dropped = await dropDatabase(await target.urlOf('admin'), name);
      const text = dropped ? `dropped database ${name}` : `there is no database ${name}`;
      context.output.answer({ database: name, dropped }, text);
    });
}
