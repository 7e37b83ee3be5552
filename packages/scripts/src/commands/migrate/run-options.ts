import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MIGRATIONS_DIR } from '@plinth/db';
import { type MigrateOptions, readFingerprint } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { openTarget } from '../../target.js';
import { timeSpan, wholeNumber } from '../option-values.js';

/** Flags of every command that changes the database. */
export interface RunFlags {
  lockWait?: number;
  lockTimeout?: number;
  lockRetries?: number;
  statementTimeout?: number;
  sessionPooler?: boolean;
  dir?: string;
}

/** Adds the flags about locks and time. */
export function addRunFlags(command: Command): Command {
  return addDirFlag(command)
    .option('--lock-wait <duration>', 'how long to ask for the migration lock (default: 60s)', parseDuration)
    .option(
      '--lock-timeout <duration>',
      'how long a statement may wait for a lock, and others queue behind it (default: 3s)',
      parseDuration,
    )
    .option('--lock-retries <number>', 'tries after a lock timeout or deadlock (default: 10)', parseCount)
    .option(
      '--statement-timeout <duration>',
      'how long a statement may run (default: no limit)',
      parseDuration,
    )
    .option('--session-pooler', 'the pooler in between pools whole sessions, so that the lock holds');
}

/** Adds `--dir`, for a folder other than ours. */
export function addDirFlag(command: Command): Command {
  return command.option('--dir <folder>', 'the folder of migrations', MIGRATIONS_DIR);
}

/** Url, folder, flags, who and which version: what every run takes. */
export async function runOptions(
  context: CommandContext,
  flags: RunFlags,
  who?: string,
): Promise<MigrateOptions> {
  const target = await openTarget(context);
  const { lockWait, lockTimeout, lockRetries, statementTimeout, sessionPooler } = flags;
  return {
    url: await target.urlOf('migrator'),
    dir: flags.dir ?? MIGRATIONS_DIR,
    log: context.output.say,
    signal: context.signal,
    hooks: { fingerprint: readFingerprint },
    runner: { ...(await describeVersion(context)), who },
    ...(lockWait === undefined ? {} : { lockWaitMs: lockWait }),
    ...(lockTimeout === undefined ? {} : { lockTimeoutMs: lockTimeout }),
    ...(lockRetries === undefined ? {} : { lockRetries }),
    ...(statementTimeout === undefined ? {} : { statementTimeoutMs: statementTimeout }),
    ...(sessionPooler === undefined ? {} : { sessionPooler }),
  };
}

/** The version of the root package, and the commit where this is a clone. */
async function describeVersion({ repositoryRoot }: CommandContext) {
  const manifest = await readFile(join(repositoryRoot, 'package.json'), 'utf8').catch(() => '{}');
  const { version } = JSON.parse(manifest) as { version?: string };
  const head = await promisify(execFile)('git', ['-C', repositoryRoot, 'rev-parse', 'HEAD']).catch(
    () => undefined,
  );
  return { appVersion: version, gitSha: head?.stdout.trim() };
}

/** `0` stands for no limit. */
const parseDuration = (text: string): number => (text === '0' ? 0 : timeSpan(text));

/** A whole number from 0. */
export const parseCount = wholeNumber(0, 1_000_000);
