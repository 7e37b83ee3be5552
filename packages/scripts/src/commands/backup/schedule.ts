import { userInfo } from 'node:os';
import { ConfigError } from '@plinth/db';
import type { Command } from 'commander';
import { pruneBackups } from '../../backup/prune.js';
import { DEFAULT_POLICY } from '../../backup/retention.js';
import {
  isOverdue,
  parseSchedule,
  postEvent,
  runSchedule,
  type Schedule,
  systemdUnit,
} from '../../backup/schedule.js';
import type { CommandContext } from '../../context.js';
import { openStore } from './backup-place.js';
import { takeBackup } from './take-backup.js';

const help = `
BACKUP_SCHEDULE is a cron expression, with CRON_TZ=Europe/Berlin before it or in UTC. After each success BACKUP_RETENTION_DAYS is
applied; ALERT_WEBHOOK_URL is told of successes, failures and missed runs.`;

/** `plinth backup schedule ...`: backups by the clock. */
export function registerSchedule(backup: Command, context: CommandContext): void {
  const schedule = backup
    .command('schedule')
    .description('backups by the clock (BACKUP_SCHEDULE)')
    .addHelpText('after', help);
  schedule
    .command('run')
    .description('stay in the foreground and make each backup when it is due; one that was missed at once')
    .action(async () => {
      const running = run(context);
      context.defer(async () => void (await running.catch(() => {})));
      await running;
    });
  schedule
    .command('status')
    .description('say when the next backup is due, and whether one is overdue')
    .action(async () => {
      const { expression, timeZone, next } = readSchedule(context);
      const newest = await newestAt(context);
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
        user: userInfo().username,
      });
      context.output.answer({ unit }, unit.trimEnd());
    });
}

async function run(context: CommandContext): Promise<void> {
  const { config, output, signal } = context;
  const webhook = config.env.ALERT_WEBHOOK_URL;
  await runSchedule({
    schedule: readSchedule(context),
    newestAt: () => newestAt(context),
    run: async () => {
      const { id } = await takeBackup(context, {
        jobs: 1,
        fingerprint: 'hash',
        lockWait: 60_000,
        stall: 300_000,
        note: 'scheduled',
      });
      await prune(context);
      return id;
    },
    notify: async (event) => {
      if (webhook) await postEvent(webhook, event, output.say);
    },
    say: output.say,
    signal,
  });
}

/** A good backup was made: that pruning is blocked or refused is worth a line, not a failure. */
async function prune(context: CommandContext): Promise<void> {
  const { settings, store } = await openStore(context);
  try {
    const policy = { ...DEFAULT_POLICY, keepDays: settings.retentionDays };
    const { removed } = await pruneBackups({
      store,
      policy,
      dryRun: false,
      force: false,
      say: context.output.say,
    });
    if (removed.length > 0)
      context.output.say(`deleted ${removed.length} backups older than ${settings.retentionDays} days`);
  } catch (error) {
    context.output.say(`nothing was pruned: ${(error as Error).message}`);
  }
}

function readSchedule({ config }: CommandContext): Schedule {
  const text = config.env.BACKUP_SCHEDULE;
  if (!text) throw new ConfigError(['BACKUP_SCHEDULE: not set; such as "CRON_TZ=Europe/Berlin 30 2 * * *"']);
  return parseSchedule(text);
}

async function newestAt(context: CommandContext): Promise<Date | undefined> {
  const newest = (await (await openStore(context)).store.list()).sets.at(-1);
  return newest && new Date(newest.manifest.createdAt);
}
