import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDurationMs } from '@plinth/db';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { formatBytes, formatSpan } from '../../backup/inventory.js';
import { parseCompression } from '../../backup/settings.js';
import type { CommandContext } from '../../context.js';
import { type TakeOptions, takeBackup } from './take-backup.js';

const HURRIED_MS = 1_000;

/** `plinth backup create`: one new set, read back before it is listed. */
export function registerCreate(backup: Command, context: CommandContext): void {
  backup
    .command('create')
    .description('make a backup; it is listed only after it was read back whole')
    .option(
      '--jobs <number>',
      'parallel pg_dump: stages plaintext in a private folder; 1 streams',
      parseJobs,
      1,
    )
    .option('--compress <how>', 'zstd:1 to zstd:19, or none, instead of BACKUP_COMPRESS', parseCompress)
    .option('--encrypt <recipient...>', 'age recipients instead of BACKUP_RECIPIENT')
    .addOption(
      new Option('--encrypt-key <name>', 'environment variable with a passphrase or age identity').conflicts(
        'encrypt',
      ),
    )
    .addOption(
      new Option('--fingerprint <what>', 'what a drill compares per table')
        .choices(['counts', 'hash'])
        .default('hash'),
    )
    .option('--note <text>', 'a remark kept in the manifest')
    .option('--pin <time>', 'keep it at least this long, such as 30d', parseSpan)
    .option('--lock-wait <time>', 'wait this long for locks', parseSpan, 10_000)
    .option('--stall <time>', 'give up when nothing has come for this long', parseSpan, 300_000)
    .action(async (options: TakeOptions) => {
      const making = takeBackup(context, options);
      // Whatever interrupts the command, pg_dump is ended and the half-made set removed before it ends. A second Ctrl-C
      // kills pg_dump and cuts the wait short: what is left then is never listed, and the next run removes it.
      context.defer(() => Promise.race([making.then(ignore, ignore), pauseAfter(context.hurry)]));
      const { manifest: _manifest, ...answer } = await making;
      const sizes = `${formatBytes(answer.storedBytes)} stored, ${formatBytes(answer.plainBytes)} dumped`;
      context.output.answer(answer, `made ${answer.id}: ${sizes}, in ${formatSpan(answer.durationMs)}`);
    });
}

const ignore = () => {};

/** Resolves a moment after the signal, which is enough to remove some files. */
async function pauseAfter(hurry: AbortSignal): Promise<void> {
  if (!hurry.aborted) await once(hurry, 'abort');
  await sleep(HURRIED_MS);
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= 64) return jobs;
  throw new InvalidArgumentError('it is not a number from 1 to 64.');
}

function parseCompress(text: string): { level: number | undefined } {
  return {
    level: parseCompression(text, (message) => {
      throw new InvalidArgumentError(`${message}.`);
    }),
  };
}

function parseSpan(text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('it is not a duration such as 30s, 5m, 2h or 30d.');
}
