import { PlinthError } from '@plinth/db';
import { type ClientTools, chooseForDump } from './client-tools.js';
import { assertReadsEverything, readSource } from './content.js';
import { withWorkClient } from './database-client.js';
import { formatBytes, formatSpan, newestProven } from './inventory.js';
import { isOverdue, type Schedule } from './schedule.js';
import type { BackupSettings } from './settings.js';
import type { BackupStore } from './store.js';

export interface DoctorCheck {
  name: string;
  ok: boolean;
  detail: string;
  /** How to repair it; null when ok. */
  fix: string | null;
}

export interface DoctorReport {
  checks: DoctorCheck[];
  ok: boolean;
  /** The newest set verified at level 2 or 3 is older than the objective, or there is none. */
  stale: boolean;
}

/** Looks at everything a backup and its restore depend on. Never throws for a finding. */
export async function diagnose(options: {
  store: BackupStore;
  settings: BackupSettings;
  tools: readonly ClientTools[];
  /** The backup role's. */
  url: string;
  /** A login that may create databases, undefined where none is configured. */
  adminUrl: string | undefined;
  /** Undefined where backups are made by hand. */
  schedule: Schedule | undefined;
  maxAgeMs: number;
  now: Date;
}): Promise<DoctorReport> {
  const { store, settings, tools, url, adminUrl, schedule, maxAgeMs, now } = options;
  const checks: DoctorCheck[] = [];
  const check = async (name: string, work: () => Promise<string>) => {
    try {
      checks.push({ name, ok: true, detail: await work(), fix: null });
    } catch (error) {
      const fix = error instanceof PlinthError ? (error.fix ?? null) : null;
      checks.push({
        name,
        ok: false,
        detail: (error as Error).message,
        fix: fix ?? 'see docs/backup-restore.md',
      });
    }
  };
  const { sets, unreadable } = await store.list();
  const newest = sets.at(-1);

  await check('tools', async () => {
    const major = await withWorkClient(url, async (client) => (await readSource(client)).serverMajor);
    const { version, binDir } = chooseForDump(tools, major);
    return `pg_dump ${version} in ${binDir} fits the server of major ${major}`;
  });
  await check('privileges', async () => {
    await withWorkClient(url, assertReadsEverything);
    return 'the backup role reads every row';
  });
  await check('restore login', async () => {
    if (adminUrl === undefined)
      throw finding(
        'no login that may create databases is configured',
        'set ADMIN_DATABASE_URL or MIGRATE_DATABASE_URL',
      );
    const may = await withWorkClient(adminUrl, async (client) => {
      const { rows } = await client.query<{ may: boolean }>(
        'SELECT rolsuper OR rolcreatedb AS may FROM pg_roles WHERE rolname = current_user',
      );
      return rows[0]?.may === true;
    });
    if (!may)
      throw finding(
        'the configured login may not create databases: drills and restores would fail',
        'give it CREATEDB, or set ADMIN_DATABASE_URL',
      );
    return 'a login may create databases for drills';
  });
  await check('space', async () => {
    const free = await store.freeBytes();
    const needed = (newest?.manifest.stats.storedBytes ?? 0) * 3;
    if (free < needed)
      throw finding(
        `${formatBytes(free)} are free in ${store.place}, less than three more backups`,
        'free space, prune, or move BACKUP_DIR',
      );
    return `${formatBytes(free)} are free in ${store.place}`;
  });
  await check('encryption', async () => {
    if (settings.recipients.length === 0)
      throw finding(
        'backups are not encrypted',
        'make a key with `age-keygen`, keep it elsewhere, and set BACKUP_RECIPIENT to its public part',
      );
    return `encrypted to ${settings.recipients.length} recipient${settings.recipients.length === 1 ? '' : 's'}`;
  });
  await check('sets', async () => {
    if (unreadable.length > 0)
      throw finding(
        `${unreadable.length} of ${sets.length + unreadable.length} sets cannot be read: ${unreadable.map(({ id }) => id).join(', ')}`,
        'look at them; they are never deleted by themselves',
      );
    const failed = sets.filter(({ verifications }) => verifications.at(-1)?.ok === false);
    if (failed.length > 0)
      throw finding(
        `the last verification failed for ${failed.map(({ id }) => id).join(', ')}`,
        'look at `plinth backup show <id>`, and make a new backup',
      );
    return `${sets.length} sets, all readable`;
  });
  await check('schedule', async () => {
    if (schedule === undefined) return 'BACKUP_SCHEDULE is not set: backups are made by hand';
    if (isOverdue(schedule, newest && new Date(newest.manifest.createdAt), now)) {
      throw finding(
        `a backup has been due since the newest one (${schedule.expression}, ${schedule.timeZone})`,
        'see that `plinth backup schedule run` is running, and read its log',
      );
    }
    return `the next one is due at ${schedule.next(now).toISOString()}`;
  });
  const verified = newestProven(sets, 2);
  const age = verified === undefined ? undefined : now.getTime() - Date.parse(verified.manifest.createdAt);
  await check('newest verified', async () => {
    if (age === undefined) throw finding('no set has been verified', 'run: plinth backup create');
    if (age > maxAgeMs)
      throw finding(
        `the newest verified set is ${formatSpan(age)} old, the objective is ${formatSpan(maxAgeMs)}`,
        'run: plinth backup create, and find out why the schedule did not',
      );
    return `${verified?.id} is ${formatSpan(age)} old`;
  });
  await check('drill', async () => {
    const proven = newestProven(sets, 3);
    if (proven === undefined) throw finding('no set has been restored for proof', 'run: plinth backup drill');
    return `${proven.id} was restored and compared`;
  });
  return { checks, ok: checks.every(({ ok }) => ok), stale: age === undefined || age > maxAgeMs };
}

const finding = (message: string, fix: string) => new PlinthError('finding', message, { fix });
