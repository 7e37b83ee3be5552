import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Database, MIGRATIONS_DIR } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import pg from 'pg';
import type { Check, Finding } from '../../src/monitor/findings/check.js';
import { checks } from '../../src/monitor/findings/registry.js';
import { type CheckOutcome, runChecks } from '../../src/monitor/findings/run-checks.js';
import { findingSchema } from '../../src/monitor/findings/schema.js';
import type { Observed } from '../../src/monitor/observed.js';
import { openMonitorSession } from '../../src/monitor/session.js';
import { defaultThresholds, type Thresholds } from '../../src/monitor/thresholds.js';
import { problemsOf } from './json-schema.js';

/** Where a defect is planted. */
export interface Place {
  admin: Database;
  /** Runs statements one by one as the superuser, each in its own transaction, and publishes their statistics. */
  run(...statements: string[]): Promise<void>;
  /** A session of its own, ended with the test. */
  session(role?: 'admin' | 'app'): Promise<pg.Client>;
}

/** One check, and how the condition it looks for comes about. */
export interface CheckCase {
  id: string;
  thresholds?: Partial<Thresholds>;
  observed?: Observed;
  /** Plants the defect; answers the object that the finding must name, and what the monitor knows beside. */
  plant(place: Place): Promise<{
    object: string | RegExp;
    thresholds?: Partial<Thresholds>;
    observed?: Observed;
    finding?: object;
  }>;
  /** Findings of the test server itself, which is faster than safe. */
  isOfTheTestServer?: (finding: Finding) => boolean;
}

/** The longest a check may take while every table is locked. */
const LOCKED_MS = 500;

/** For each case on both majors, as plinth_readonly: nothing on a clean database, one finding with the defect, an answer under a lock. */
export function describeCases(cases: readonly CheckCase[]): void {
  describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
    let database: TestDatabase;
    let admin: Database;
    let clients: pg.Client[];
    beforeEach(async () => {
      database = await createTestDatabase({ major });
      admin = await database.open('admin');
      clients = [];
    });
    afterEach(async () => {
      for (const client of clients) await client.end();
      await database.drop();
    });

    test.each(cases.map((one) => [one.id, one] as const))('%s: clean, planted, locked', async (id, one) => {
      const check = checks.find((candidate) => candidate.id === id) as Check;
      const look = async (thresholds: Partial<Thresholds> = {}, observed: Observed = {}) => {
        const outcome = await runAsReadonly(
          database,
          check,
          { ...one.thresholds, ...thresholds },
          { ...one.observed, ...observed },
        );
        return {
          ...outcome,
          findings: outcome.findings.filter((finding) => !one.isOfTheTestServer?.(finding)),
        };
      };
      const clean = await look();
      expect({ skipped: clean.skipped, findings: clean.findings }).toEqual({ skipped: null, findings: [] });

      const planted = await one.plant({
        admin,
        async run(...statements) {
          for (const statement of statements) await admin.none(statement);
          await admin.query('select pg_stat_force_next_flush()');
          await admin.query('select 1');
        },
        async session(role = 'admin') {
          const client = new pg.Client({ connectionString: database.url(role) });
          client.on('error', () => {});
          await client.connect();
          clients.push(client);
          return client;
        },
      });
      const found = await look(planted.thresholds, planted.observed);
      expect(found.findings.map(({ object }) => object)).toEqual([
        typeof planted.object === 'string' ? planted.object : expect.stringMatching(planted.object),
      ]);
      const [finding] = found.findings;
      expect(finding).toMatchObject({ check: id, ...planted.finding });
      expect(problemsOf(JSON.parse(JSON.stringify(finding)), findingSchema)).toEqual([]);

      const locked = await lookWhileLocked(admin, () => look(planted.thresholds, planted.observed));
      expect(locked.durationMs).toBeLessThan(LOCKED_MS);
      // The lock is itself an open transaction, so checks of sessions may name it, too.
      if (locked.status === 'skipped') expect(locked.skipped).toBe('locked');
      else expect(locked.findings.map(({ object }) => object)).toContainEqual(finding?.object);
    });
  });
}

/** Runs one check as the monitor does. */
export async function runAsReadonly(
  database: TestDatabase,
  check: Check,
  thresholds: Partial<Thresholds> = {},
  observed: Observed = {},
): Promise<CheckOutcome> {
  const session = await openMonitorSession(database.url('readonly'));
  try {
    const [outcome] = await runChecks(
      [check],
      session.sql,
      { ...defaultThresholds, ...thresholds },
      { migrationsDir: MIGRATIONS_DIR, ...observed },
    );
    return outcome as CheckOutcome;
  } finally {
    await session.close();
  }
}

/** Looks while every table is locked as ALTER TABLE locks it. The machine may be busy with others: the best of three counts. */
async function lookWhileLocked(admin: Database, look: () => Promise<CheckOutcome>): Promise<CheckOutcome> {
  return await admin.tx(async (sql) => {
    const { tables } = await sql.one<{ tables: string }>(
      `select string_agg(format('%I.%I', n.nspname, c.relname), ', ') as tables from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname in ('public', 'audit', 'plinth')
          and not exists (select from pg_locks l where l.relation = c.oid and l.database = (select oid from pg_database where datname = current_database()) and l.mode = 'AccessExclusiveLock')`,
    );
    await sql.none(`lock table ${tables} in access exclusive mode`);
    const looks: CheckOutcome[] = [];
    for (let round = 0; round < 3; round++) looks.push(await look());
    return looks.toSorted((a, b) => a.durationMs - b.durationMs)[0] as CheckOutcome;
  });
}
