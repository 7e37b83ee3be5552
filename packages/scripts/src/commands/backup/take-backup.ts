import { randomBytes } from 'node:crypto';
import { createRunRecorder } from '../../backup/backup-runs.js';
import { type CreateResult, createBackup } from '../../backup/create.js';
import { formatBytes } from '../../backup/inventory.js';
import { chooseKey } from '../../backup/settings.js';
import { newBackupId } from '../../backup/store.js';
import type { CommandContext } from '../../context.js';
import type { Progress } from '../../output.js';
import { openTarget, type Target } from '../../target.js';
import { installedTools, openStore } from './backup-place.js';

/** What a backup may be told; durations in milliseconds. */
export interface TakeOptions {
  jobs: number;
  compress?: { level: number | undefined };
  encrypt?: string[];
  encryptKey?: string;
  fingerprint: 'counts' | 'hash';
  note?: string;
  pin?: number;
  lockWait: number;
  stall: number;
  /** Called when the store is this run's alone. */
  onBegin?: () => void;
}

/** Makes a backup of the configured database with the configured key and records the run, however it ends. Throws what createBackup throws. */
export async function takeBackup(context: CommandContext, options: TakeOptions): Promise<CreateResult> {
  const { output, signal } = context;
  const target = await openTarget(context);
  const runs = createRunRecorder(await recorderUrl(context, target), output.say);
  const startedAt = new Date();
  const note = options.note ?? null;
  let id = '';
  try {
    const made = await make(context, target, options, {
      onStaged: async (given) => {
        id = given;
        await runs.started(given, startedAt, note);
      },
      onKilled: runs.killed,
    });
    await runs.succeeded(made.id, made);
    return made;
  } catch (error) {
    const code = (error as { code?: string }).code?.toString() ?? 'failed';
    // That another run holds the store is that run's record.
    if (id === '' && (signal.aborted || code === 'locked')) throw error;
    if (id === '') {
      // It failed before it had an id (no disk, no tools, no privilege): it is recorded under the one it would have had.
      id = newBackupId(startedAt, [], randomBytes(3).toString('hex'));
      await runs.started(id, startedAt, note);
    }
    await runs.failed(id, signal.aborted ? 'cancelled' : 'failed', code);
    throw error;
  }
}

/** The login that writes backup_runs: the worker's, or the application's where there is none. */
export async function recorderUrl({ config }: CommandContext, target: Target): Promise<string> {
  return await target.urlOf(
    config.urls.worker === undefined && target.embedded === undefined ? 'app' : 'worker',
  );
}

async function make(
  context: CommandContext,
  target: Target,
  options: TakeOptions,
  on: { onStaged: (id: string) => Promise<void>; onKilled: (ids: readonly string[]) => Promise<void> },
): Promise<CreateResult> {
  const { config, output, signal, hurry } = context;
  const { settings, store } = await openStore(context);
  const key = await chooseKey(settings, {
    recipients: options.encrypt ?? [],
    keyEnv: options.encryptKey,
    env: config.env,
  });
  if (key === undefined)
    output.say(
      'warning: this backup is not encrypted: set BACKUP_RECIPIENT, or give --encrypt <age recipient>',
    );
  let progress: Progress | undefined;
  const made = await createBackup({
    store,
    url: await target.urlOf('backup'),
    tools: await installedTools(context),
    env: config.env,
    jobs: options.jobs,
    zstdLevel: options.compress === undefined ? settings.zstdLevel : options.compress.level,
    key,
    fingerprint: options.fingerprint,
    note: options.note ?? null,
    pinUntil: options.pin === undefined ? undefined : new Date(Date.now() + options.pin),
    lockWaitMs: options.lockWait,
    stallMs: options.stall,
    signal,
    hurry,
    say: output.say,
    onKilled: on.onKilled,
    onStep: async (step, id) => {
      if (step === 'locked') options.onBegin?.();
      if (step === 'staged') await on.onStaged(id);
    },
    onProgress: ({ rows, totalRows, table, bytes }) => {
      progress ??= output.progress('dumping', Math.max(totalRows, 1), 'rows');
      progress.update(rows, `${formatBytes(bytes)}${table === undefined ? '' : `, ${table}`}`);
    },
  });
  progress?.end(made.manifest.content.tables.reduce((sum, { rows }) => sum + rows, 0));
  return made;
}
