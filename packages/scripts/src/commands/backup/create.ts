import { type Command, InvalidArgumentError, Option } from 'commander';
import { formatBytes, formatSpan } from '../../backup/inventory.js';
import { parseCompression } from '../../backup/settings.js';
import type { CommandContext } from '../../context.js';
import { timeSpan, wholeNumber } from '../option-values.js';
import { waitForEnd } from '../wait-for-end.js';
import { type TakeOptions, takeBackup } from './take-backup.js';

/** `plinth backup create`: one new set, read back before it is listed. */
export function registerCreate(backup: Command, context: CommandContext): void {
  backup
    .command('create')
    .description('make a backup; it is listed only after it was read back whole')
    .option(
      '--jobs <number>',
      'parallel pg_dump: stages plaintext in a private folder; 1 streams',
      wholeNumber(1, 64),
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
    .option('--pin <time>', 'keep it at least this long, such as 30d', timeSpan)
    .option('--lock-wait <time>', 'wait this long for locks', timeSpan, 10_000)
    .option('--stall <time>', 'give up when nothing has come for this long', timeSpan, 300_000)
    .action(async (options: TakeOptions) => {
      const making = takeBackup(context, options);
      waitForEnd(context, making);
      const { manifest: _manifest, ...answer } = await making;
      const sizes = `${formatBytes(answer.storedBytes)} stored, ${formatBytes(answer.plainBytes)} dumped`;
      context.output.answer(answer, `made ${answer.id}: ${sizes}, in ${formatSpan(answer.durationMs)}`);
    });
}

function parseCompress(text: string): { level: number | undefined } {
  return {
    level: parseCompression(text, (message) => {
      throw new InvalidArgumentError(`${message}.`);
    }),
  };
}
