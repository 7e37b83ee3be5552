import { clearSeed, withSeedDatabase } from '@plinth/db/seed';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { configuredDatabase, guardDestruction } from '../../target.js';
import { explainMissing, openSeedTarget } from './seed-target.js';

const help = `
Rows that were there before, or were made by hand or through the API, stay as they are. When such rows refer to seeded
ones, the command names them and removes nothing; only the sessions and unused tokens of seeded users go with them. The
audit log keeps its record of everything.`;

/** `plinth seed clear`: exactly what seeding created is gone. */
export function registerSeedClear(seed: Command, context: CommandContext): void {
  seed
    .command('clear')
    .description('remove exactly the rows that seeding created; refused in production')
    .option('--confirm <database>', 'the name of the database to remove them from')
    .option('--dry-run', 'say how many rows would go, and remove none')
    .addHelpText('after', help)
    .action(async (options: { confirm?: string; dryRun?: boolean }) => {
      const database = configuredDatabase(context);
      const { dryRun = false } = options;
      if (!dryRun) guardDestruction(context, { verb: 'seed clear', database, confirm: options.confirm });
      const target = await openSeedTarget(context);
      const { removed, tables, endedSessions } = await explainMissing(
        withSeedDatabase(target, (opened) => clearSeed(opened, { dryRun })),
      );
      context.output.answer(
        { scenario: 'clear', inserted: 0, skipped: 0, removed, tables, endedSessions },
        `${dryRun ? 'would remove' : 'removed'} ${removed} seeded rows from ${database}${endedSessions === 0 ? '' : `, and end ${endedSessions} sessions of seeded users`}`,
      );
    });
}
