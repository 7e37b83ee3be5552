import type { Command } from 'commander';
import { diagnose } from '../../backup/doctor.js';
import { parseSchedule } from '../../backup/schedule.js';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { openTarget } from '../../target.js';
import { timeSpan } from '../option-values.js';
import { installedTools, openStore } from './backup-place.js';

/** `plinth backup doctor`: would a backup, and a restore, work now. */
export function registerDoctor(backup: Command, context: CommandContext): void {
  backup
    .command('doctor')
    .description(
      'check tools, privileges, space, encryption and the age of the newest verified backup; ends with 21 when that is too old, 1 for other findings',
    )
    .option(
      '--max-age <time>',
      'the objective: the newest verified backup is at most this old',
      timeSpan,
      26 * 3_600_000,
    )
    .action(async (options: { maxAge: number }) => {
      const { output, config } = context;
      const { settings, store } = await openStore(context);
      const target = await openTarget(context);
      const embedded = target.embedded !== undefined;
      const restoreRole =
        embedded || config.urls.admin !== undefined
          ? 'admin'
          : config.urls.migrator !== undefined
            ? 'migrator'
            : undefined;
      const report = await diagnose({
        store,
        settings,
        tools: await installedTools(context),
        url: await target.urlOf('backup'),
        adminUrl: restoreRole === undefined ? undefined : await target.urlOf(restoreRole),
        schedule: config.env.BACKUP_SCHEDULE ? parseSchedule(config.env.BACKUP_SCHEDULE) : undefined,
        maxAgeMs: options.maxAge,
        now: new Date(),
      });
      const lines = report.checks.map(
        ({ name, ok, detail, fix }) =>
          `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}${fix === null ? '' : `\n      fix: ${fix}`}`,
      );
      output.answer(report, lines.join('\n'));
      if (report.stale) throw new ExitWith(exitCodes.stale);
      if (!report.ok) throw new ExitWith(exitCodes.failed);
    });
}
