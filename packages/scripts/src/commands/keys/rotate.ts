import { createFieldCipher, rotateFieldKeys } from '@plinth/db';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { readKeyRing } from '../../field-keys.js';
import type { Progress } from '../../output.js';
import { wholeNumber } from '../option-values.js';
import { withOwner } from './open-as-owner.js';

const help = `
Put the new key first in FIELD_KEYS (2:NEW,1:OLD), restart everything that has the old setting, then run this: every
row is sealed anew under the first key, in batches, while the system runs. It may be interrupted and run again. When
\`plinth keys status\` shows nothing under the old key, and no backup that you may restore needs it, take it out.
13: rows are left, because they do not open (named) or because a process still writes under the old key.`;

/** `plinth keys rotate`: everything under the active key. */
export function registerRotate(keys: Command, context: CommandContext): void {
  keys
    .command('rotate')
    .description('seal every encrypted field anew under the first key of FIELD_KEYS')
    .option('--batch <rows>', 'rows per transaction (500 unless told)', wholeNumber(1, 10_000))
    .addHelpText('after', help)
    .action(async (options: { batch?: number }) => {
      const { output, signal } = context;
      const cipher = createFieldCipher(await readKeyRing(context));
      let progress: Progress | undefined;
      const running = withOwner(context, (database) =>
        rotateFieldKeys({
          database,
          cipher,
          signal,
          ...(options.batch === undefined ? {} : { batchSize: options.batch }),
          onProgress(done, total) {
            if (total > 0) progress ??= output.progress('rotating', total, 'rows');
            progress?.update(done);
          },
        }),
      );
      // After Ctrl-C the batch under way ends before the process does.
      context.defer(async () => {
        await running.catch(() => undefined);
        if (signal.aborted) output.say('stopped between two batches; the same command continues');
      });
      const result = await running;
      progress?.end();
      for (const { table, column, id, code } of result.failed)
        output.say(`${table}.${column} of row ${id}: ${code}`);
      const left = result.remaining > 0 ? `, ${result.remaining} rows are left under other keys` : '';
      output.answer(
        { activeKeyId: cipher.activeKeyId, ...result },
        `sealed ${result.rotated} rows anew under key ${cipher.activeKeyId}${left}`,
      );
      if (result.remaining > 0) throw new ExitWith(exitCodes.partialSuccess);
    });
}
