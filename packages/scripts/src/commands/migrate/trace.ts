import { type TracedMigration, traceMigrations } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { exitCodes } from '../../exit-codes.js';
import { ExitWith } from '../../failure.js';
import { openTarget } from '../../target.js';
import { addDirFlag } from './run-options.js';

const help = `
Each pending statement runs on a scratch database that stands where the target stands and holds a few rows. Its locks
and rewrites are measured, and confirm or refute what lint finds. The target is only read.
Exit codes: 0 traced, 6 a statement failed, 10 cannot connect.`;

/** `plinth migrate trace`: what pending migrations really lock and rewrite. */
export function registerTrace(migrate: Command, context: CommandContext): void {
  addDirFlag(migrate.command('trace'))
    .description('run pending statements on a scratch database and report locks, rewrites and time')
    .argument('[names...]', 'migrations to trace instead of those that are pending')
    .addHelpText('after', help)
    .action(async (names: string[], { dir }: { dir: string }) => {
      const target = await openTarget(context);
      const url = await target.urlOf('migrator');
      const migrations = await traceMigrations({
        url,
        migrationsDir: dir,
        ...(names.length === 0 ? {} : { only: names }),
      });
      context.output.answer({ migrations }, migrations.map(describe).join('\n\n') || 'nothing is pending');
      if (migrations.some(({ error }) => error !== null)) throw new ExitWith(exitCodes.migrationFailed);
    });
}

function describe({ name, statements, findings, error }: TracedMigration): string {
  const lines = statements.flatMap(
    ({ line, sql, durationMs, locks, rewrites, findings: own, unpredicted }) => [
      `  line ${line}: ${firstLine(sql)}  (${durationMs} ms)`,
      ...locks
        .filter(({ existing }) => existing)
        .map(({ relation, mode }) => `    locks ${relation}: ${mode}`),
      ...rewrites.map((table) => `    rewrites ${table}`),
      ...own.map(({ rule, verdict }) => `    ${rule}: ${verdict.is} (${verdict.measured})`),
      ...unpredicted.map((what) => `    not told by any rule: ${what}`),
    ],
  );
  const others = findings.map(({ rule, message, verdict }) => `  ${rule}: ${verdict.is}: ${message}`);
  return [name, ...lines, ...others, ...(error === null ? [] : [`  FAILED ${error}`])].join('\n');
}

/** A statement's first line, cut for a terminal. */
export function firstLine(sql: string): string {
  const [first = '', ...rest] = sql.split('\n');
  return first.length > 100 || rest.length > 0 ? `${first.slice(0, 100)} ...` : first;
}
