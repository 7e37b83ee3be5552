import { bootstrapDatabase, createDatabase } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { openTarget, prepareEmbedded } from '../../target.js';

/** `plinth db create [name]`: an empty database with our roles and privileges. */
export function registerCreate(db: Command, context: CommandContext): void {
  db.command('create')
    .description('create a database with its roles and privileges, without tables; keeps one that exists')
    .argument('[name]', 'its name; the configured database unless given')
    .action(async (name: string | undefined) => {
      const target = await openTarget(context);
      const database = name ?? target.database;
      const created = target.embedded
        ? await prepareEmbedded(context.config.home, database)
        : await createGiven(await target.urlOf('admin'), database);
      const text = created ? `created database ${database}` : `database ${database} exists`;
      context.output.answer({ database, created }, text);
    });
}

async function createGiven(adminUrl: string, database: string): Promise<boolean> {
  const created = await createDatabase(adminUrl, database);
  await bootstrapDatabase({ adminUrl, database });
  return created;
}
