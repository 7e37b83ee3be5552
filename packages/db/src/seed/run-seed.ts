import { parseDatabaseConfig } from '../config.js';
import { hashPassword } from '../crypto/password.js';
import { type Database, openDatabase } from '../database.js';
import type { Env } from '../env.js';
import { PlinthError } from '../errors.js';
import type { Sql } from '../sql.js';
import { refuseProduction } from './guard.js';
import { type InsertCounts, insertTables } from './insert-rows.js';
import { scenarios } from './registry.js';
import { createSeedContext, type Scenario } from './scenario.js';
import { listTables, openAllRows } from './seeded-tables.js';

/** The password of every seeded user that can sign in. */
export const SEEDED_PASSWORD = 'password123';

/** What is seeded, and where. */
export interface SeedOptions {
  /** Where to seed: an open database, or a URL (with the settings of `env` for the connection). Its role needs the rights of the migrator. */
  database?: Database;
  url?: string;
  env?: Env;
  scenario: string;
  /** PASSWORD_PEPPER of the API that is to accept the seeded users. */
  pepper: string;
  /** Another number, another data set of the same kind; 1 unless told. */
  seed?: number;
  /** Do everything, then undo it. */
  dryRun?: boolean;
  /** Seed although the database's environment is production. */
  iKnow?: boolean;
  /** For scenarios without an anchor of their own: the moment of a first run. */
  now?: Date;
}

/** The answer of every `plinth seed <scenario>`. */
export interface SeedResult extends InsertCounts {
  scenario: string;
}

/**
 * Seeds one scenario in one transaction. Repeating it inserts what is missing and changes nothing that exists; two at
 * once seed one after the other. Throws PlinthError `scenario_unknown`, `refused` (production), DatabaseError.
 */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const scenario = findScenario(options.scenario);
  return await withSeedDatabase(options, async (database) => {
    const { environment } = database.config;
    refuseProduction(`seeding ${scenario.name}`, { environment, iKnow: options.iKnow ?? false });
    const passwordHash = await hashPassword(SEEDED_PASSWORD, options.pepper);
    const seed = options.seed ?? 1;
    const counts = await inTransaction(database, options.dryRun ?? false, async (sql) => {
      await sql.query("select pg_advisory_xact_lock(hashtext('plinth seed'))");
      const anchor = await anchorOf(sql, scenario, seed, options.now ?? new Date());
      const context = createSeedContext({ seed, anchor, passwordHash });
      const done = await insertTables(sql, scenario.name, scenario.build(context));
      await noteRun(sql, { scenario: scenario.name, seed, anchor, ...done });
      return done;
    });
    return { scenario: scenario.name, ...counts };
  });
}

function findScenario(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario !== undefined) return scenario;
  throw new PlinthError('scenario_unknown', `there is no scenario ${name}`, {
    fix: `choose one of ${scenarios.map((known) => known.name).join(', ')}`,
  });
}

/** Runs `work` with the database given, or with one opened for it and closed afterwards. */
export async function withSeedDatabase<T>(
  where: Pick<SeedOptions, 'database' | 'url' | 'env'>,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  if (where.database !== undefined) return await work(where.database);
  if (where.url === undefined) throw new PlinthError('usage', 'seeding needs a database or a url');
  // A large seed is one long transaction: the limits of a request are not its limits.
  const limits = { DB_POOL_MIN: '0', DB_POOL_MAX: '2', DB_STATEMENT_TIMEOUT_MS: '0' };
  const database = await openDatabase(
    parseDatabaseConfig({ ...where.env, ...limits, DATABASE_URL: where.url }),
  );
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Thrown to roll a dry run back; carries its counts. */
class DryRunDone extends Error {
  readonly counts: InsertCounts;

  constructor(counts: InsertCounts) {
    super('dry run');
    this.counts = counts;
  }
}

async function inTransaction(
  database: Database,
  dryRun: boolean,
  work: (sql: Sql) => Promise<InsertCounts>,
): Promise<InsertCounts> {
  const open = async (sql: Sql) => {
    // Rows of many people, written by the owner of the tables.
    await openAllRows(sql, await listTables(sql));
    return await work(sql);
  };
  if (!dryRun) return await database.tx(open);
  try {
    return await database.tx(async (sql) => {
      throw new DryRunDone(await open(sql));
    });
  } catch (thrown) {
    if (thrown instanceof DryRunDone) return thrown.counts;
    throw thrown;
  }
}

/** A scenario's own anchor, that of its first run, or the beginning of today (UTC). */
async function anchorOf(sql: Sql, scenario: Scenario, seed: number, now: Date): Promise<Date> {
  if (scenario.anchor !== undefined) return new Date(scenario.anchor);
  const run = await sql.oneOrNone<{ anchor: Date }>(
    'select anchor from plinth.seed_runs where scenario = $1 and seed = $2',
    [scenario.name, seed],
  );
  return run?.anchor ?? new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
}

async function noteRun(
  sql: Sql,
  run: { scenario: string; seed: number; anchor: Date; inserted: number; skipped: number },
): Promise<void> {
  await sql.none(
    `insert into plinth.seed_runs (scenario, seed, anchor, inserted, skipped) values ($1, $2, $3, $4, $5)
     on conflict (scenario, seed)
     do update set last_run_at = now(), inserted = seed_runs.inserted + excluded.inserted, skipped = excluded.skipped`,
    [run.scenario, run.seed, run.anchor, run.inserted, run.skipped],
  );
}
