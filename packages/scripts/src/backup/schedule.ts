import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '@plinth/db';
import { Cron } from 'croner';

export interface Schedule {
  expression: string;
  timeZone: string;
  /** The first time after `from` at which a backup is due. */
  next(from: Date): Date;
}

export interface ScheduleEvent {
  event: 'backup.succeeded' | 'backup.failed' | 'backup.missed';
  at: string;
  /** The set that was made; null when none was. */
  id: string | null;
  message: string;
}

export interface ScheduledRunOptions {
  schedule: Schedule;
  /** When the newest set was made or a scheduled run failed, whichever is later; undefined when neither ever was. */
  newestAt: () => Promise<Date | undefined>;
  /** Makes one backup and prunes; answers the new set's id, or undefined when another process is making one just now. */
  run: () => Promise<string | undefined>;
  notify: (event: ScheduleEvent) => Promise<void>;
  say: (line: string) => void;
  signal: AbortSignal;
  now?: () => Date;
}

export interface RunScheduleOptions extends ScheduledRunOptions {
  /** Waits until a moment; rejects when `signal` aborts. */
  sleepUntil?: (at: Date) => Promise<void>;
}

/** Longest single sleep: a clock that was set or a machine that slept is noticed within this. */
const LOOK_AGAIN_MS = 60_000;
/** A run that is due for longer than this was missed: nobody was there to make it. */
const MISSED_MS = 2 * LOOK_AGAIN_MS;

/**
 * Reads `[CRON_TZ=Europe/Berlin ]30 2 * * *`. Hours that a clock change skips or repeats count once. Throws ConfigError.
 */
export function parseSchedule(text: string): Schedule {
  const match = /^(?:(?:CRON_TZ|TZ)=(\S+)\s+)?(.+)$/.exec(text.trim());
  const [timeZone, expression] = [match?.[1] ?? 'UTC', match?.[2] ?? ''];
  let cron: Cron;
  try {
    cron = new Cron(expression, { timezone: timeZone, paused: true });
    if (cron.nextRun() === null) throw new Error('it is never due');
  } catch (cause) {
    throw new ConfigError([
      `BACKUP_SCHEDULE: "${text}" is not a cron expression, with CRON_TZ=Zone before it or not (${(cause as Error).message})`,
    ]);
  }
  return {
    expression,
    timeZone,
    next(from) {
      const next = cron.nextRun(from);
      if (next === null)
        throw new ConfigError([`BACKUP_SCHEDULE: "${text}" is never due after ${from.toISOString()}`]);
      return next;
    },
  };
}

/** Whether a backup should have been made since the newest one. */
export function isOverdue(schedule: Schedule, newest: Date | undefined, now: Date): boolean {
  return newest === undefined || schedule.next(newest) <= now;
}

/**
 * Makes backups when they are due until `signal` aborts. A run that was missed, because this was not running, is made up
 * for at once. A failed run is reported and waits for its next time: it never ends the service.
 */
export async function runSchedule(options: RunScheduleOptions): Promise<void> {
  const { schedule, newestAt, say, signal, now = () => new Date() } = options;
  const sleepUntil = options.sleepUntil ?? ((at: Date) => waitUntil(at, now, signal));
  // Where no record can be kept, this process at least knows what it has tried.
  let triedAt: Date | undefined;
  const known = async () => {
    const newest = await newestAt();
    return triedAt === undefined || (newest !== undefined && newest > triedAt) ? newest : triedAt;
  };
  for (;;) {
    if (await runIfDue({ ...options, newestAt: known })) triedAt = now();
    signal.throwIfAborted();
    const due = schedule.next(now());
    say(`the next backup is due at ${due.toISOString()}`);
    await sleepUntil(due);
  }
}

/**
 * Makes a backup if one is due, reports it, and answers whether it tried. What a foreground service does at each due
 * time, a worker's job does every minute: whoever is first makes it, and for the others none is due any more.
 */
export async function runIfDue(options: ScheduledRunOptions): Promise<boolean> {
  const { schedule, newestAt, notify, say, now = () => new Date() } = options;
  const newest = await newestAt();
  const startedAt = now();
  if (!isOverdue(schedule, newest, startedAt)) return false;
  if (newest === undefined) say('there is no backup yet; making one now');
  else if (startedAt.getTime() - schedule.next(newest).getTime() > MISSED_MS) {
    const message = `the newest backup is of ${newest.toISOString()}: a run was missed`;
    say(`${message}; making one now`);
    await notify({ event: 'backup.missed', at: startedAt.toISOString(), id: null, message });
  }
  await runOnce(options, now);
  return true;
}

async function runOnce({ run, notify, say, signal }: ScheduledRunOptions, now: () => Date): Promise<void> {
  try {
    const id = await run();
    if (id === undefined) return say('another process is making a backup: this run is left out');
    say(`made ${id}`);
    await notify({ event: 'backup.succeeded', at: now().toISOString(), id, message: `made ${id}` });
  } catch (error) {
    signal.throwIfAborted();
    const message = (error as Error).message;
    say(`the backup failed: ${message}`);
    await notify({ event: 'backup.failed', at: now().toISOString(), id: null, message });
  }
}

async function waitUntil(at: Date, now: () => Date, signal: AbortSignal): Promise<void> {
  for (let left = at.getTime() - now().getTime(); left > 0; left = at.getTime() - now().getTime()) {
    await sleep(Math.min(left, LOOK_AGAIN_MS), undefined, { signal });
  }
}

/** Posts an event as JSON. A receiver that is down must not stop backups: `say` is told. */
export async function postEvent(
  url: string,
  event: ScheduleEvent,
  say: (line: string) => void,
  timeoutMs = 10_000,
): Promise<void> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) say(`the webhook answered ${response.status}`);
  } catch (error) {
    say(`the webhook cannot be reached: ${(error as Error).message}`);
  }
}

/** A systemd unit that keeps the schedule running; settings come from its environment file. */
export function systemdUnit(options: {
  repositoryRoot: string;
  node: string;
  /** The command line: as it was compiled, or tools/run.mjs where it runs from source. */
  program: string;
  user: string;
}): string {
  const root = options.repositoryRoot.replace(/\/$/, '');
  return `# /etc/systemd/system/plinth-backup.service
[Unit]
Description=Plinth backup schedule
After=network-online.target postgresql.service
Wants=network-online.target

[Service]
User=${options.user}
WorkingDirectory=${root}
# DATABASE_URL, BACKUP_DATABASE_URL, BACKUP_DIR, BACKUP_SCHEDULE, BACKUP_RECIPIENT, ...
EnvironmentFile=${root}/.env
ExecStart=${options.node} ${options.program} backup schedule run
Restart=always
RestartSec=60
# A running dump is ended cleanly within this.
TimeoutStopSec=60
UMask=0077
NoNewPrivileges=true

[Install]
WantedBy=multi-user.target
`;
}
