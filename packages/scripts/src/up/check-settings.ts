import { ConfigError, PlinthError, parseDatabaseConfig, parseFieldKeys } from '@plinth/db';
import { parseMonitorConfig } from '@plinth/db/monitor';
import { parseSchedule } from '../backup/schedule.js';
import { parseBackupSettings } from '../backup/settings.js';
import type { CommandContext } from '../context.js';

/**
 * Reads every setting that this command and the worker it starts will read, before anything runs: each alone would be
 * refused only after the one before it was corrected. The API tells of its own when it starts. Throws ConfigError with
 * all problems.
 */
export function checkSettings(context: Pick<CommandContext, 'config' | 'env' | 'repositoryRoot'>): void {
  const { env, repositoryRoot } = context;
  const problems = new Set([
    ...problemsOf(() => context.config),
    ...problemsOf(() => parseDatabaseConfig(ownDatabase(env))),
    ...problemsOf(() => parseMonitorConfig(env)),
    ...problemsOf(() => env.FIELD_KEYS && parseFieldKeys(env.FIELD_KEYS)),
    ...problemsOf(() => env.BACKUP_SCHEDULE && parseSchedule(env.BACKUP_SCHEDULE)),
    ...problemsOf(() => env.BACKUP_SCHEDULE && parseBackupSettings(env, { home: '', repositoryRoot })),
  ]);
  if (problems.size > 0) throw new ConfigError([...problems]);
}

function problemsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    if (error instanceof PlinthError) return [error.message];
    throw error;
  }
}

/** Where no server is named, `up` has one of its own. */
const ownDatabase = (env: CommandContext['env']) =>
  env.DATABASE_URL || env.DB_HOST ? env : { ...env, DATABASE_URL: 'postgresql://127.0.0.1/plinth' };
