import { type Command, InvalidArgumentError } from 'commander';
import { formatBytes } from '../../backup/inventory.js';
import { pruneBackups } from '../../backup/prune.js';
import { DEFAULT_POLICY, type RetentionPolicy } from '../../backup/retention.js';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { formatTable } from '../../output.js';
import { wholeNumber } from '../option-values.js';
import { openStore } from './backup-place.js';

const parseCount = wholeNumber(0, 100_000);

interface PruneOptions extends Omit<RetentionPolicy, 'keepDays' | 'staleAfterMs' | 'acceptSmaller'> {
  dryRun?: boolean;
  force?: boolean;
  keepDays?: number;
  staleAfterHours: number;
  acceptSmaller?: boolean;
}

const help = `
Kept is what any rule keeps. Days count from the newest good backup, not from today: when backups stop, nothing ages. Never
deleted: the newest good one, the newest proven by a drill, pinned ones, ones that cannot be read, and ones that are suddenly
half as big (and what they are compared with) until --accept-smaller. When the newest good one is too old, nothing is deleted.`;

/** `plinth backup prune`: delete what the policy does not keep. */
export function registerPrune(backup: Command, context: CommandContext): void {
  backup
    .command('prune')
    .description(
      'delete the backups that no rule keeps; ends with 21 when backups have stopped, 24 when more than half would go',
    )
    .option('--dry-run', 'only say what would happen, and why')
    .option('--force', 'delete even when more than half would go')
    .option(
      '--keep-days <n>',
      'keep this many days back from the newest, instead of BACKUP_RETENTION_DAYS',
      parseCount,
    )
    .option('--keep-last <n>', 'keep the last so many', parseCount, 0)
    .option('--daily <n>', 'keep one of each of the last so many days', parseCount, 0)
    .option('--weekly <n>', 'keep one of each of the last so many weeks', parseCount, 0)
    .option('--monthly <n>', 'keep one of each of the last so many months', parseCount, 0)
    .option('--yearly <n>', 'keep one of each of the last so many years', parseCount, 0)
    .option('--minimum <n>', 'never leave fewer good ones', parseCount, DEFAULT_POLICY.minimum)
    .option('--time-zone <name>', 'where days begin, such as Europe/Berlin', parseZone, 'UTC')
    .option('--stale-after-hours <n>', 'delete nothing when the newest good one is older', parseCount, 48)
    .option('--accept-smaller', 'you have looked at the backups that are suddenly smaller')
    .addHelpText('after', help)
    .action(async (options: PruneOptions) => {
      const { output } = context;
      const { settings, store } = await openStore(context);
      const {
        dryRun = false,
        force = false,
        acceptSmaller = false,
        keepDays = settings.retentionDays,
        staleAfterHours,
        ...rest
      } = options;
      const policy: RetentionPolicy = {
        ...rest,
        keepDays,
        acceptSmaller,
        staleAfterMs: staleAfterHours * 3_600_000,
      };
      const result = await pruneBackups({ store, policy, dryRun, force, say: output.say });
      for (const { database, decisions, blocked } of result.plans) {
        output.say(`${database}:`);
        output.say(
          formatTable(
            ['id', 'decision', 'why'],
            decisions.map(({ id, keep, reasons }) => [id, keep ? 'keep' : 'delete', reasons.join('; ')]),
          ),
        );
        if (blocked !== undefined) output.say(`nothing is deleted: ${blocked}`);
      }
      for (const { id, message } of result.failed)
        output.say(`warning: ${id} could not be deleted: ${message}`);
      output.answer(
        { dryRun, ...result },
        dryRun
          ? 'nothing was deleted (--dry-run)'
          : `deleted ${result.removed.length} backups, ${formatBytes(result.freedBytes)}`,
      );
      if (result.failed.length > 0) throw new ExitWith(exitCodes.partialSuccess);
    });
}

function parseZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('it is not a time zone such as UTC or Europe/Berlin.');
  }
}
