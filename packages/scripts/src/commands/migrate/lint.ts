import {
  changedSince,
  formatFindings,
  formatGithub,
  lintMigrations,
  migrationStatus,
  worstOf,
} from '@plinth/db/migrate';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { openTarget } from '../../target.js';
import { addDirFlag } from './run-options.js';

const help = `
squawk's rules and ours (docs/migrations.md lists them). Set one aside for one statement, with a reason, in the comment
before it: -- lint-ignore <rule>: <reason>
Exit codes: 0 nothing found, 30 warnings, 31 critical findings, 2 usage.`;

interface LintFlags {
  dir: string;
  base?: string;
  database?: boolean;
  format: 'text' | 'json' | 'github';
}

/** `plinth migrate lint`: what would hurt, before it is released. Needs no database unless asked to look at one. */
export function registerLint(migrate: Command, context: CommandContext): void {
  const format = new Option('--format <format>', 'how to print')
    .choices(['text', 'json', 'github'])
    .default('text');
  addDirFlag(migrate.command('lint'))
    .description('look for statements that lock, rewrite, lose data or cannot be undone')
    .option('--base <revision>', 'only what git has new or changed since this branch, tag or commit')
    .option(
      '--database',
      'also ask the database for its newest migration: what comes before it is out of order',
    )
    .addOption(format)
    .addHelpText('after', help)
    .action(async ({ dir, base, database = false, format }: LintFlags) => {
      const since = base === undefined ? undefined : await changedSince(base, dir);
      const applied = database ? await appliedNames(context, dir) : [];
      const known = [...(since?.known ?? []), ...applied];
      const report = await lintMigrations({
        ...{ migrationsDir: dir, known },
        ...(since === undefined ? {} : { only: since.changed, edited: since.edited }),
      });
      const text =
        format === 'github'
          ? formatGithub(report, context.repositoryRoot)
          : formatFindings(report, process.cwd());
      context.output.answer(report, format === 'json' ? JSON.stringify(report, null, 2) : text);
      const worst = worstOf(report.findings);
      if (worst !== null) throw new ExitWith(worst === 'critical' ? exitCodes.critical : exitCodes.warnings);
    });
}

async function appliedNames(context: CommandContext, dir: string): Promise<string[]> {
  const target = await openTarget(context);
  const { migrations } = await migrationStatus({
    url: await target.urlOf('migrator'),
    dir,
    signal: context.signal,
  });
  return migrations.filter(({ appliedAt }) => appliedAt !== null).map(({ name }) => name);
}
