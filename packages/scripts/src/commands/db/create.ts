import { bootstrapDatabase, createDatabase, PlinthError } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { openTarget, prepareEmbedded, SERVER_DATABASES } from '../../target.js';

/** `plinth db create [name]`: an empty database with our roles and privileges. */
export function registerCreate(db: Command, context: CommandContext): void {
  db.command('create')
    .description('create a database with its roles and privileges, without tables; keeps one that exists')
    .argument('[name]', 'its name; the configured database unless given')
    .action(async (name: string | undefined) => {
      const target = await openTarget(context);
      const database = name === undefined ? target.database : checkName(name);
      const created = target.embedded
        ? await prepareEmbedded(context.config.home, database)
        : await createGiven(await target.urlOf('admin'), database);
      const text = created ? `created database ${database}` : `database ${database} exists`;
      context.output.answer({ database, created }, text);
    });
}

/** PostgreSQL cuts longer names off. */
const MAX_NAME_BYTES = 63;

function checkName(name: string): string {
  const bad = (why: string) =>
    new PlinthError('usage', `${JSON.stringify(name)} ${why}`, {
      fix: 'choose a name of letters, digits, - and _',
    });
  if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)) throw bad('is not a name for a database');
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw bad(`is longer than ${MAX_NAME_BYTES} bytes`);
  if (SERVER_DATABASES.includes(name)) throw bad('belongs to the server');
  return name;
}

async function createGiven(adminUrl: string, database: string): Promise<boolean> {
  const created = await createDatabase(adminUrl, database);
  await bootstrapDatabase({ adminUrl, database });
  return created;
}
