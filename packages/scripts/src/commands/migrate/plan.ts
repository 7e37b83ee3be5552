import { type Plan, planMigrations } from '@plinth/db/migrate';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { openTarget } from '../../target.js';
import { addDirFlag } from './run-options.js';

const help = `
Reads the target in a READ ONLY transaction; estimates are PostgreSQL's own (reltuples). Measured locks: migrate trace.
Exit codes: 0 printed, 10 cannot connect.`;

/** `plinth migrate plan`: what `migrate up` would do here. */
export function registerPlan(migrate: Command, context: CommandContext): void {
  addDirFlag(migrate.command('plan'))
    .description('print the pending SQL with its locks, findings and the size of the tables; changes nothing')
    .addHelpText('after', help)
    .action(async ({ dir }: { dir: string }) => {
      const target = await openTarget(context);
      const migrations = await planMigrations({ url: await target.urlOf('migrator'), migrationsDir: dir });
      context.output.answer({ migrations }, migrations.map(describe).join('\n\n') || 'nothing is pending');
    });
}

function describe({ name, transaction, statements, findings }: Plan): string {
  const lines = statements.flatMap(({ line, sql, locks, findings: own }) => [
    `-- line ${line}`,
    ...locks.map(
      ({ table, mode, estimatedRows, bytes }) => `-- locks ${table}: ${mode}${sizeOf(estimatedRows, bytes)}`,
    ),
    ...own.map(({ severity, rule, message, fix }) => `-- ${severity} ${rule}: ${message}; ${fix}`),
    `${sql};`,
  ]);
  const how = transaction ? 'one transaction' : 'statement by statement';
  const others = findings.map(({ severity, rule, message }) => `-- ${severity} ${rule}: ${message}`);
  return [`-- ${name}: ${how}`, ...others, ...lines].join('\n');
}

function sizeOf(rows: number | null, bytes: number | null): string {
  if (bytes === null) return '';
  const size =
    bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  return `, ${rows === null ? 'rows unknown' : `about ${Math.round(rows)} rows`}, ${size}`;
}
