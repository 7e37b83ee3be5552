import { acceptDrift, describeDifference, findDrift } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { openTarget } from '../../target.js';
import { addDirFlag, runOptions } from './run-options.js';

const help = `
Compares the live catalog with the fingerprint stored at the last apply or rollback: everything Prisma knows, and what
it does not (checks, triggers, functions, views, policies, grants, comments, partitions ...). Reads only, no shadow
database. After \`prisma migrate deploy\`, which stores none, the applied migrations are run on a scratch database and
compared with. --accept stores the catalog as it is, with who and why in the history.
Exit codes: 0 no drift, 5 drift, 1 nothing to compare with, 22 stored under another PostgreSQL, 10 cannot connect.`;

interface DriftFlags {
  dir: string;
  accept?: boolean;
  why?: string;
  who?: string;
}

/** `plinth migrate drift`: what somebody changed behind the migrations' back. */
export function registerDrift(migrate: Command, context: CommandContext): void {
  addDirFlag(migrate.command('drift'))
    .description('compare the live catalog with what the last migration left')
    .option('--accept', 'take the catalog as it is from now on')
    .option('--why <reason>', 'why, with --accept')
    .option('--who <name>', 'who, with --accept (default: the user of the operating system)')
    .addHelpText('after', help)
    .action(async (flags: DriftFlags, command: Command) => {
      const { output, signal } = context;
      if (flags.accept) {
        if (!flags.why) command.error('error: --accept wants --why <reason>');
        const { url, runner = {} } = await runOptions(context, {}, flags.who);
        const accepted = await acceptDrift({ url, runner, why: flags.why ?? '', signal });
        return output.answer(
          { accepted: true, ...accepted },
          `stored the fingerprint of ${accepted.objects} objects`,
        );
      }
      const target = await openTarget(context);
      const report = await findDrift({
        url: await target.urlOf('migrator'),
        migrationsDir: flags.dir,
        signal,
      });
      const { migration, at, from } = report.since;
      const when = from === 'stored' ? `left at ${at}` : 'leads to, run on a scratch database';
      const summary = `${report.differences.length} of ${report.objects} objects differ from what ${migration} ${when}`;
      output.answer(report, [...report.differences.map(describeDifference), summary].join('\n'));
      if (report.drifted) throw new ExitWith(exitCodes.drift);
    });
}
