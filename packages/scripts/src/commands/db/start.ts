import { PlinthError } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { openTarget } from '../../target.js';

/** `plinth db start`: the embedded server, running and with its roles, ready for connections. */
export function registerStart(db: Command, context: CommandContext): void {
  db.command('start')
    .description('start the embedded PostgreSQL in the background, or join the one that runs')
    .action(async () => {
      const { embedded, database } = await openTarget(context);
      if (embedded === undefined) {
        throw new PlinthError(
          'embedded_unused',
          `DATABASE_URL names a server: ${database} is not ours to start`,
          {
            fix: 'unset DATABASE_URL (and DB_HOST) to use the embedded server',
          },
        );
      }
      const { host, port, pid, started } = embedded;
      const how = started ? 'started' : 'runs already';
      context.output.answer(
        { ...embedded, database },
        `postgresql ${embedded.major} ${how} on ${host}:${port} (process ${pid}, database ${database})`,
      );
    });
}
