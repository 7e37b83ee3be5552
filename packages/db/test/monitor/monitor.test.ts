import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, MIGRATIONS_DIR } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import pg from 'pg';
import { checks, findingsSchema, type Monitor } from '../../src/monitor.js';
import { problemsOf } from './json-schema.js';
import { openTestMonitor } from './monitor-fixture.js';

/** The test servers trade safety for speed. */
const ignores = ['fsync', 'full_page_writes', 'synchronous_commit'].map((object) => ({
  check: 'settings',
  object,
  reason: 'test server',
  until: '2100-01-01',
}));

describe.each([15, 18] as const)('the monitor on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let admin: Database;
  let monitor: Monitor;
  beforeAll(async () => {
    database = await createTestDatabase({ major, statements: true });
    admin = await database.open('admin');
    monitor = openTestMonitor(database, { ignores, migrationsDir: MIGRATIONS_DIR, slowQueryMs: 100 });
    // Rates and windows begin with the second look.
    await monitor.collect([1, 2, 3]);
    await monitor.collect([1, 2, 3]);
  });
  afterAll(async () => {
    await monitor.close();
    await database.drop();
  });

  test('a migrated, empty database has no findings, and every check could look', () => {
    const report = monitor.findings();
    expect(report.findings).toEqual([]);
    expect(report.worst).toBeNull();
    expect(report.ignored).toHaveLength(3);
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual(
      checks.map(({ id }) => [id, id === 'settings' ? 'found' : 'ok']),
    );
    expect(problemsOf(JSON.parse(JSON.stringify(report)), findingsSchema)).toEqual([]);
  });

  test('the snapshot holds what the server says, with its age', () => {
    expect(monitor.snapshot()).toMatchObject({
      state: 'up',
      error: null,
      ageMs: expect.any(Number),
      overview: {
        version: expect.stringMatching(`^${major}`),
        inRecovery: false,
        connections: { usable: 297, maximum: 300 },
      },
      counters: { commits: expect.any(Number), checkpointsRequested: expect.any(Number) },
      databaseBytes: expect.any(Number),
      operations: {
        migrations: { applied: expect.any(Number), failed: 0, rolledBack: 0 },
        backups: { succeeded: 0, lastSucceededAt: null },
      },
      point: { commitsPerSecond: expect.any(Number), deadlocks: 0 },
      own: { budget: 0.01, skipped: { locked: 0, timeout: 0, overlap: 0 } },
    });
    expect(monitor.history()).toHaveLength(2);
    expect(monitor.tables().value.map(({ table }) => table)).toContain('public.users');
    expect(monitor.lockTree()).toMatchObject({ ageMs: expect.any(Number), value: { roots: [], blocked: 0 } });
  });

  test('sessions of other roles are seen, without their values', async () => {
    const client = new pg.Client({ connectionString: database.url('app'), application_name: 'seen' });
    await client.connect();
    await client.query("select 'secret', 4711");
    await monitor.collect([1]);
    await client.end();
    expect(monitor.sessions().value).toContainEqual(
      expect.objectContaining({
        role: 'plinth_app',
        application: 'seen',
        state: 'idle',
        query: 'select ?, ?',
      }),
    );
  });

  test('statements are counted by difference, with the operation of their comment, and slow ones are found', async () => {
    const text =
      "select id, pg_sleep(0.12) from (values (1)) v(id) where id = 1 /*action='findMany',model='User'*/";
    for (let call = 0; call < 3; call++) await admin.query(text);
    await monitor.collect([2]);
    const slow = monitor.slowQueries().statements.find(({ operation }) => operation === 'User.findMany');
    expect(slow).toMatchObject({ calls: 3, query: expect.stringContaining('pg_sleep($1)') });
    expect(slow?.meanMs).toBeGreaterThan(100);
    await admin.query(text);
    await monitor.collect([2]);
    const later = monitor.slowQueries().statements.find(({ queryid }) => queryid === slow?.queryid);
    expect(later?.calls).toBe(4);
    expect(monitor.statements().from).not.toBeNull();
  });

  test('the generic plan of a statement that was seen, and of no other', async () => {
    await admin.query('select email from users where id = $1 and version = $2', [
      '00000000-0000-7000-8000-000000000000',
      1,
    ]);
    await monitor.collect([2]);
    const seen = monitor
      .statements(10_000)
      .statements.find(({ query }) => query?.startsWith('select email from users'));
    const { plan } = await monitor.explain(seen?.queryid ?? '');
    expect(plan).toMatchObject({ Plan: { 'Node Type': 'Index Scan', 'Relation Name': 'users' } });
    await expect(monitor.explain('42')).rejects.toMatchObject({ code: 'not_found' });
    const command = monitor
      .statements(10_000)
      .statements.find(({ query }) => /^(alter|create|set|grant)/i.test(query ?? ''));
    if (command)
      await expect(monitor.explain(command.queryid)).rejects.toMatchObject({ code: 'explain_unavailable' });
  });

  test('while the database is away the last snapshot stays, with its age; afterwards it goes on', async () => {
    const { at } = monitor.snapshot();
    const other = new pg.Client({ connectionString: database.server.adminUrl });
    await other.connect();
    await other.query(`alter database ${database.name} allow_connections false`);
    await other.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'plinth:monitor'",
      [database.name],
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await monitor.collect([1]);
    await monitor.collect([1]);
    expect(monitor.snapshot()).toMatchObject({
      state: 'down',
      error: expect.any(String),
      at,
      overview: { version: expect.any(String) },
    });
    expect(monitor.snapshot().ageMs).toBeGreaterThan(0);
    expect(monitor.findings().checks[0]?.checkedAt).not.toBeNull();

    await other.query(`alter database ${database.name} allow_connections true`);
    await other.end();
    await monitor.collect([1]);
    expect(monitor.snapshot()).toMatchObject({ state: 'up', error: null });
  });

  test('tables that are locked altogether are looked at all the same; what has to be read from one keeps its last value', async () => {
    await monitor.collect([1, 2, 3]);
    const before = monitor.snapshot();
    expect(before).toMatchObject({
      jobs: { waiting: expect.any(Number) },
      horizon: { transactionIdsUsed: expect.any(Number) },
      files: { wal: { segments: expect.any(Number) } },
      fullestSequence: expect.any(Number),
    });
    const client = new pg.Client({ connectionString: database.url('admin') });
    await client.connect();
    await client.query(
      'begin; lock table users, artists, backup_runs, graphile_worker._private_jobs, _prisma_migrations in access exclusive mode',
    );
    await monitor.collect([1, 2, 3]);
    await client.end();
    expect(monitor.snapshot()).toMatchObject({
      state: 'up',
      jobs: before.jobs,
      operations: before.operations,
    });
    const [tables, indexes] = [monitor.tables(), monitor.indexes()];
    for (const { at } of [tables, indexes])
      expect(Date.parse(at ?? '')).toBeGreaterThan(Date.parse(before.at ?? ''));
    expect(tables.value).toContainEqual(
      expect.objectContaining({ table: 'public.users', vacuumDue: expect.any(Number) }),
    );
    expect(indexes.value).toContainEqual(
      expect.objectContaining({ index: 'public.users_pkey', primary: true, valid: true }),
    );
  });

  test('it uses one connection, and none more however often it is asked', async () => {
    await Promise.all(Array.from({ length: 50 }, () => monitor.collect([1])));
    const { n } = await admin.one<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name like 'plinth:monitor%'",
    );
    expect(n).toBe(1);
    expect(monitor.snapshot().own.skipped.overlap).toBe(49);
  });
});
