import { clearDatabase } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { configuredDatabase, guardDestruction, openTarget } from '../../target.js';

const help = `
Empties every table of schema public in one transaction, lookup rows (roles) included: \`plinth seed dev\` brings
development data back. Kept are the schema, the migration history and schema audit: the audit log only ever grows,
and \`plinth db drop\` is the way to lose it too.`;

/** `plinth db clear`: the same schema, no rows. */
export function registerClear(db: Command, context: CommandContext): void {
  db.command('clear')
    .description(
      'empty every table of the configured database, keeping schema and history; refused in production',
    )
    .option('--confirm <database>', 'the name of the database to empty')
    .addHelpText('after', help)
    .action(async (options: { confirm?: string }) => {
      const database = configuredDatabase(context);
      guardDestruction(context, { verb: 'clear', database, confirm: options.confirm });
      const target = await openTarget(context);
      const tables = await clearDatabase(await target.urlOf('migrator'));
      context.output.answer({ database, tables }, `emptied ${tables.length} tables of ${database}`);
    });
}
