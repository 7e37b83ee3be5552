import { createRunRecorder } from '../../backup/backup-runs.js';
import { type CreateResult, createBackup } from '../../backup/create.js';
import { chooseKey } from '../../backup/settings.js';
import type { CommandContext } from '../../context.js';
import type { Progress } from '../../output.js';
import { openTarget } from '../../target.js';
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
}

/** Makes a backup of the configured database with the configured key and records the run. Throws what createBackup throws. */
export async function takeBackup(context: CommandContext, options: TakeOptions): Promise<CreateResult> {
  const { config, output, signal } = context;
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
  const target = await openTarget(context);
  const runs = createRunRecorder(
    await target.urlOf(config.urls.worker === undefined && target.embedded === undefined ? 'app' : 'worker'),
    output.say,
  );
  const note = options.note ?? null;
  let progress: Progress | undefined;
  let id = '';
  try {
    const made = await createBackup({
      store,
      url: await target.urlOf('backup'),
      tools: await installedTools(context),
      env: config.env,
      jobs: options.jobs,
      zstdLevel: options.compress === undefined ? settings.zstdLevel : options.compress.level,
      key,
      fingerprint: options.fingerprint,
      note,
      pinUntil: options.pin === undefined ? undefined : new Date(Date.now() + options.pin),
      lockWaitMs: options.lockWait,
      stallMs: options.stall,
      signal,
      say: output.say,
      onStep: async (step, made) => {
        id = made;
        if (step === 'staged') await runs.started(made, new Date(), note);
      },
      onBytes: (bytes, estimate) => {
        progress ??= output.progress('dumping', Math.max(estimate, 1), 'bytes');
        progress.update(bytes);
      },
    });
    progress?.end();
    await runs.succeeded(made.id, made);
    return made;
  } catch (error) {
    if (id !== '')
      await runs.failed(
        id,
        signal.aborted ? 'cancelled' : 'failed',
        (error as { code?: string }).code?.toString() ?? 'failed',
      );
    throw error;
  }
}
