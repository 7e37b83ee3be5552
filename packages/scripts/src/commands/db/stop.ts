import { stopEmbedded } from '@plinth/db/embedded';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';

/** `plinth db stop`: a clean stop of the embedded server. */
export function registerStop(db: Command, context: CommandContext): void {
  db.command('stop')
    .description('stop the embedded PostgreSQL; its data stays')
    .action(async () => {
      const { config, output } = context;
      const stopped = await stopEmbedded({ home: config.home, log: output.say });
      output.answer({ stopped }, stopped ? 'stopped' : 'nothing was running');
    });
}
