import type { Database } from '@plinth/db';
import type { CommandContext } from '../../context.js';
import { withDatabaseAs } from '../../target.js';

/** Opens the database as the migrator for the length of a command: row security hides encrypted rows from the others. */
export const withOwner = <T>(context: CommandContext, work: (database: Database) => Promise<T>): Promise<T> =>
  withDatabaseAs(context, 'migrator', { DB_POOL_MAX: '2' }, work);
