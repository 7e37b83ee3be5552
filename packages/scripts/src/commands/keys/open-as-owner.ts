import { type Database, openDatabase, parseDatabaseConfig } from '@plinth/db';
import type { CommandContext } from '../../context.js';
import { openTarget } from '../../target.js';

/** Opens the database as the migrator for the length of a command: row security hides encrypted rows from the others. */
export async function withOwner<T>(
  context: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const target = await openTarget(context);
  const env = {
    ...context.config.env,
    DATABASE_URL: await target.urlOf('migrator'),
    DB_POOL_MIN: '0',
    DB_POOL_MAX: '2',
  };
  const database = await openDatabase(parseDatabaseConfig(env));
  return await work(database).finally(() => database.close());
}
