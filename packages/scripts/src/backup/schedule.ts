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

export interface RunScheduleOptions {
  schedule: Schedule;
  /** When the newest set was made; undefined when there is none. */
  newestAt: () => Promise<Date | undefined>;
  /** Makes one backup and prunes; answers the new set's id. */
  run: () => Promise<string>;
  notify: (event: ScheduleEvent) => Promise<void>;
  say: (line: string) => void;
  signal: AbortSignal;
  now?: () => Date;
  /** Waits until a moment; rejects when `signal` aborts. */
  sleepUntil?: (at: Date) => Promise<void>;
}

/** Longest single sleep: a clock that was set or a machine that slept is noticed within this. */
const LOOK_AGAIN_MS = 60_000;

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
  const newest = await newestAt();
  if (isOverdue(schedule, newest, now())) {
    const message =
      newest === undefined
        ? 'there is no backup yet'
        : `the newest backup is of ${newest.toISOString()}: a run was missed`;
    say(`${message}; making one now`);
    if (newest !== undefined)
      await options.notify({ event: 'backup.missed', at: now().toISOString(), id: null, message });
    await runOnce(options, now);
  }
  while (!signal.aborted) {
    const due = schedule.next(now());
    say(`the next backup is due at ${due.toISOString()}`);
    await sleepUntil(due);
    await runOnce(options, now);
  }
}

async function runOnce({ run, notify, say, signal }: RunScheduleOptions, now: () => Date): Promise<void> {
  try {
    const id = await run();
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
export function systemdUnit(options: { repositoryRoot: string; node: string; user: string }): string {
  return `# /etc/systemd/system/plinth-backup.service
[Unit]
Description=Plinth backup schedule
After=network-online.target postgresql.service
Wants=network-online.target

[Service]
User=${options.user}
WorkingDirectory=${options.repositoryRoot}
# DATABASE_URL, BACKUP_DATABASE_URL, BACKUP_DIR, BACKUP_SCHEDULE, BACKUP_RECIPIENT, ...
EnvironmentFile=${options.repositoryRoot}/.env
ExecStart=${options.node} packages/scripts/dist/cli.js backup schedule run
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
