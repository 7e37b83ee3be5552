import { DatabaseError, type Env, PlinthError } from '@plinth/db';
import type { CommandContext } from '../../context.js';
import { openTarget } from '../../target.js';

/** Where seeding connects, and with which settings. */
export interface SeedTarget {
  url: string;
  env: Env;
  /** The database, for people. */
  name: string;
}

/**
 * Seeding writes rows of many owners: it connects as the administrator, or as the migrator where the environment
 * names no administrator or is production (which refuses superusers). Never as the application.
 */
export async function openSeedTarget(context: CommandContext): Promise<SeedTarget> {
  const { config } = context;
  const target = await openTarget(context);
  const admin = config.environment !== 'production' && (target.embedded || config.urls.admin);
  const url = await target.urlOf(admin ? 'admin' : 'migrator');
  return { url, env: config.env, name: target.database };
}

/** Says what to do where the tables are missing or the role is too small; other errors pass. */
export async function explainMissing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DatabaseError && (error.sqlstate === '42P01' || error.sqlstate === '3F000')) {
      throw new PlinthError('migrations_pending', 'the database lacks tables that seeding needs', {
        cause: error,
        fix: 'run `plinth migrate up`',
      });
    }
    if (error instanceof DatabaseError && error.code === 'permission') {
      throw new PlinthError('permission', 'the role lacks a privilege that seeding needs', {
        cause: error,
        fix: 'set MIGRATE_DATABASE_URL (or ADMIN_DATABASE_URL) to the migrator: the application may not seed',
      });
    }
    throw error;
  }
}

/** A whole number from a command line, within bounds. Throws PlinthError `usage`. */
export function parseCount(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const count = Number(text.replaceAll('_', ''));
    if (text.trim() !== '' && Number.isInteger(count) && count >= least && count <= most) return count;
    throw new PlinthError('usage', `${name} ${text} is not a whole number from ${least} to ${most}`, {
      fix: `give ${name} a number, such as ${name} ${Math.max(least, 1)}`,
    });
  };
}

/** Seeds stay within what an id has room for. */
export const parseSeed = parseCount('--seed', 0, 2_147_483_647);
