import { resolve } from 'node:path';
import { parseDatabaseConfig } from '@plinth/db';
import { type EmbeddedRole, embeddedRoles } from '@plinth/db/embedded';
import type { Command } from 'commander';
import type { Login } from '../checks/check.js';
import { checks } from '../checks/registry.js';
import { type CheckResult, runChecks } from '../checks/run-checks.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { ExitWith } from '../failure.js';
import { openTarget, type Target } from '../target.js';

const help = `
One line per check; a failing one ends with the command that repairs it. Ends with 0 when all pass, 1 when any
fails, 10 when the server cannot be reached. It writes one row (health_check, source cli) and opens DB_POOL_MAX
connections for a moment.`;

/** The settings that name the roles' URLs. */
const variables: Partial<Record<EmbeddedRole, string>> = {
  app: 'DATABASE_URL',
  migrator: 'MIGRATE_DATABASE_URL',
  worker: 'WORKER_DATABASE_URL',
  backup: 'BACKUP_DATABASE_URL',
  admin: 'ADMIN_DATABASE_URL',
  readonly: 'READONLY_DATABASE_URL',
};

/** `plinth validate`: whether database, roles and tools are as Plinth needs them. */
export function registerValidate(program: Command, context: CommandContext): void {
  program
    .command('validate')
    .description(
      'check server, roles, tables, migrations, pool, disk and tools; name the repair of what fails',
    )
    .addHelpText('after', help)
    .action(async () => {
      const { config, output, signal } = context;
      const target = await openTarget(context);
      const results = await runChecks(checks, {
        settings: parseDatabaseConfig({ ...config.env, DATABASE_URL: await target.urlOf('app') }),
        logins: await readLogins(context, target),
        dataDir: target.embedded?.dataDir,
        backupDir: resolve(context.repositoryRoot, config.env.BACKUP_DIR || `${config.home}/backups`),
        path: config.env.PATH,
        signal,
      });
      const ok = results.every((result) => result.ok);
      const answer = results.map(({ name, ok, detail, fix }) => ({ name, ok, detail, fix }));
      output.answer({ ok, checks: answer }, describeChecks(results));
      if (!ok) throw new ExitWith(exitCodes.failed);
    });
}

/** The embedded server has every role; elsewhere the settings tell, and the application stands in for the rest. */
async function readLogins(context: CommandContext, target: Target): Promise<Map<EmbeddedRole, Login>> {
  const logins = new Map<EmbeddedRole, Login>();
  for (const role of embeddedRoles) {
    const variable = variables[role];
    const own = target.embedded !== undefined || context.config.urls[role] !== undefined;
    // Nobody needs to have these two.
    if (!own && (role === 'admin' || role === 'readonly')) continue;
    logins.set(role, {
      url: await target.urlOf(role),
      variable: target.embedded ? 'the embedded login' : (variable ?? ''),
      own,
    });
  }
  return logins;
}

/** One line per check, and the count. */
export function describeChecks(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.map(({ name, ok, detail, fix }) => {
    const repair = fix === null ? '' : `  -> ${fix}`;
    return `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${detail}${repair}`;
  });
  const failed = results.filter(({ ok }) => !ok).length;
  return [
    ...lines,
    failed === 0 ? `all ${results.length} checks passed` : `${failed} of ${results.length} checks failed`,
  ].join('\n');
}
