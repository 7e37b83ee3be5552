import { embeddedStatus } from '@plinth/db/embedded';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { databaseOf } from '../../target.js';

/** `plinth db status`: what runs where. It starts nothing and connects to nothing. */
export function registerStatus(db: Command, context: CommandContext): void {
  db.command('status')
    .description(
      'say whether the embedded PostgreSQL runs, where, and which database is in use (starts nothing)',
    )
    .action(async () => {
      const { config, output } = context;
      const status = await embeddedStatus({ home: config.home });
      const given = config.urls.app;
      const inUse = given === undefined ? 'embedded' : 'DATABASE_URL';
      const server = status.running
        ? `postgresql ${status.major} runs on ${status.host}:${status.port} (process ${status.pid})`
        : `no embedded server runs (${status.major === undefined ? 'no data yet' : `data of postgresql ${status.major}`} in ${status.dataDir})`;
      const using = given === undefined ? '' : `\nin use: database ${databaseOf(given)} of DATABASE_URL`;
      output.answer({ ...status, inUse }, `${server}${using}`);
    });
}
