import { migrationHistory } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { formatTable } from '../../output.js';
import { openTarget } from '../../target.js';
import { parseCount } from './run-options.js';

/** `plinth migrate history`: what was done, by whom, with which version, newest first. */
export function registerHistory(migrate: Command, context: CommandContext): void {
  migrate
    .command('history')
    .description(
      'list what was applied, rolled back, repaired and what failed, newest first: who, when, how long',
    )
    .option('--limit <number>', 'how many events', parseCount, 100)
    .option('--steps', 'also the single steps of files that ran statement by statement')
    .addHelpText('after', '\nExit codes: 0 ok, 1 the role may not read it, 10 cannot connect.')
    .action(async ({ limit, steps }: { limit: number; steps?: boolean }) => {
      const target = await openTarget(context);
      const url = await target.urlOf('migrator');
      const { events } = await migrationHistory({
        url,
        limit,
        steps: steps === true,
        signal: context.signal,
      });
      const rows = events.map((event) => [
        ...[event.at, event.action, event.name, event.who ?? event.dbUser, event.host],
        ...[event.durationMs === null ? null : `${Math.round(event.durationMs)} ms`, event.appVersion],
        event.sqlstate === null
          ? event.why
          : `${event.sqlstate} in statement ${event.statement}, line ${event.line}`,
      ]);
      const headings = ['at', 'action', 'migration', 'who', 'host', 'took', 'version', 'note'];
      context.output.answer({ events }, formatTable(headings, rows));
    });
}
