import { ConfigError } from '@plinth/db';
import { defineTask, noPayload, type Task } from '@plinth/db/jobs';
import { lastFailureAt, SCHEDULED_NOTE } from '../../backup/backup-runs.js';
import { pruneBackups } from '../../backup/prune.js';
import { DEFAULT_POLICY } from '../../backup/retention.js';
import {
  parseSchedule,
  postEvent,
  runIfDue,
  type Schedule,
  type ScheduledRunOptions,
} from '../../backup/schedule.js';
import type { CommandContext } from '../../context.js';
import { openTarget } from '../../target.js';
import { openStore } from './backup-place.js';
import { recorderUrl, takeBackup } from './take-backup.js';

const LOCK_WAIT_MS = 60_000;
const STALL_MS = 300_000;

/** The schedule of BACKUP_SCHEDULE. Throws ConfigError. */
export function readSchedule({ config }: CommandContext): Schedule {
  const text = config.env.BACKUP_SCHEDULE;
  if (!text) throw new ConfigError(['BACKUP_SCHEDULE: not set; such as "CRON_TZ=Europe/Berlin 30 2 * * *"']);
  return parseSchedule(text);
}

/** One scheduled run in all its parts, for the foreground service and the worker's job alike. Throws ConfigError. */
export function scheduledRun(context: CommandContext): ScheduledRunOptions {
  const { config, output, signal } = context;
  const webhook = config.env.ALERT_WEBHOOK_URL;
  return {
    schedule: readSchedule(context),
    newestAt: async () => {
      const made = await newestSetAt(context);
      const failed = await lastFailureAt(await recorderUrl(context, await openTarget(context)));
      return failed !== undefined && (made === undefined || failed > made) ? failed : made;
    },
    run: async () => {
      let begun = false;
      const made = await takeBackup(context, {
        jobs: 1,
        fingerprint: 'hash',
        lockWait: LOCK_WAIT_MS,
        stall: STALL_MS,
        note: SCHEDULED_NOTE,
        onBegin: () => {
          begun = true;
        },
      }).catch((error: { code?: string }) => {
        // The store's lock, and not a table's: somebody else is at it.
        if (error.code === 'locked' && !begun) return undefined;
        throw error;
      });
      if (made !== undefined) await prune(context);
      return made?.id;
    },
    notify: async (event) => {
      if (webhook) await postEvent(webhook, event, output.say);
    },
    say: output.say,
    signal,
  };
}

/**
 * The schedule as a job: every minute whichever worker gets it looks whether a backup is due. One that was missed is made
 * within a minute of the first worker's start. Undefined without BACKUP_SCHEDULE, or without a login that may read
 * everything; `say` is told of the latter. Throws ConfigError.
 */
export function scheduledBackups(context: CommandContext): { task: Task; at: string } | undefined {
  const { config, output } = context;
  if (!config.env.BACKUP_SCHEDULE) return undefined;
  readSchedule(context);
  if (config.urls.app !== undefined && config.urls.backup === undefined) {
    output.say('BACKUP_SCHEDULE is left to others: this worker has no BACKUP_DATABASE_URL');
    return undefined;
  }
  const task = defineTask({
    name: 'scheduled-backup',
    parse: noPayload,
    async run(_payload, { signal, log }) {
      // The job's own signal: it comes a while after the command's, so that a backup that is nearly done gets done.
      await runIfDue({ ...scheduledRun({ ...context, config, signal }), say: log });
    },
  });
  return { task, at: '* * * * *' };
}

/** When the newest set in the store was made. */
export async function newestSetAt(context: CommandContext): Promise<Date | undefined> {
  const newest = (await (await openStore(context)).store.list()).sets.at(-1);
  return newest && new Date(newest.manifest.createdAt);
}

/** A good backup was made: that pruning is blocked or refused is worth a line, not a failure. */
async function prune(context: CommandContext): Promise<void> {
  const { settings, store } = await openStore(context);
  try {
    const policy = { ...DEFAULT_POLICY, keepDays: settings.retentionDays };
    const { say } = context.output;
    const { removed } = await pruneBackups({ store, policy, dryRun: false, force: false, say });
    if (removed.length > 0)
      say(`deleted ${removed.length} backups older than ${settings.retentionDays} days`);
  } catch (error) {
    context.output.say(`nothing was pruned: ${(error as Error).message}`);
  }
}
