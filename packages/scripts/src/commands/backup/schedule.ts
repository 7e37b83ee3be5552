import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { isOverdue, runSchedule, systemdUnit } from '../../backup/schedule.js';
import type { CommandContext } from '../../context.js';
import { waitForEnd } from '../wait-for-end.js';
import { newestSetAt, readSchedule, scheduledRun } from './scheduled-run.js';

const help = `
BACKUP_SCHEDULE is a cron expression, with CRON_TZ=Europe/Berlin before it or in UTC. After each success BACKUP_RETENTION_DAYS is
applied; ALERT_WEBHOOK_URL is told of successes, failures and missed runs. Without a subcommand it runs in the foreground. A
\`plinth worker\` that has BACKUP_SCHEDULE and BACKUP_DATABASE_URL does the same as a job.`;

/** `plinth backup schedule ...`: backups by the clock. */
export function registerSchedule(backup: Command, context: CommandContext): void {
  const schedule = backup
    .command('schedule')
    .description('backups by the clock (BACKUP_SCHEDULE)')
    .addHelpText('after', help);
  schedule
    .command('run', { isDefault: true })
    .description('stay in the foreground and make each backup when it is due; one that was missed at once')
    .action(async () => {
      const running = runSchedule(scheduledRun(context));
      waitForEnd(context, running);
      await running;
    });
  schedule
    .command('status')
    .description('say when the next backup is due, and whether one is overdue')
    .action(async () => {
      const { expression, timeZone, next } = readSchedule(context);
      const newest = await newestSetAt(context);
      const now = new Date();
      const overdue = isOverdue({ expression, timeZone, next }, newest, now);
      const due = next(now).toISOString();
      context.output.answer(
        { expression, timeZone, nextAt: due, newestAt: newest?.toISOString() ?? null, overdue },
        `${expression} (${timeZone}): next at ${due}; newest ${newest?.toISOString() ?? 'none'}${overdue ? ', OVERDUE' : ''}`,
      );
    });
  schedule
    .command('print-systemd')
    .description('print a systemd unit that keeps `schedule run` running')
    .action(() => {
      const unit = systemdUnit({
        repositoryRoot: context.repositoryRoot,
        node: process.execPath,
        program: import.meta.filename.endsWith('.ts') ? 'tools/run.mjs' : 'packages/scripts/dist/cli.js',
        user: userInfo().username,
      });
      context.output.answer({ unit }, unit.trimEnd());
    });
}
