import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { createProject, type Project } from './project.js';

const threeStatements =
  'CREATE TABLE one (id int);\nCREATE TABLE two (id int);\nALTER TABLE on ADD COLUMN x int;\n';
const mended = `CREATE TABLE one (id int);
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  -- a semicolon; and a 'quote; in a body
  RETURN n * 2;
END;
$$;
CREATE TABLE two (id int);
`;

describe.each([15, 18] as const)('prisma migrate deploy on PostgreSQL %i', (major) => {
  let db: TestDatabase;
  let project: Project;
  beforeAll(async () => {
    db = await createTestDatabase({ major, empty: true });
    project = await createProject(db.url('migrator'));
  });
  afterAll(async () => {
    await project.remove();
    await db.drop();
  });

  test('a file failing at its third statement leaves no trace, and applies once mended and resolved', async () => {
    await project.migration('20260101000000_three', threeStatements);
    const failed = await project.prisma('migrate', 'deploy');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('P3018');
    expect(failed.stderr).toContain('Migration name: 20260101000000_three');
    expect(failed.stderr).toContain('Database error code: 42601');
    expect(failed.stderr).toContain('ERROR: syntax error at or near "on"');
    expect(failed.stderr).toContain('Position: line 3, column 13');
    expect(await tables(db)).toEqual(['_prisma_migrations']);

    await project.migration('20260101000000_three', mended);
    const blocked = await project.prisma('migrate', 'deploy');
    expect(blocked.stderr).toContain('P3009');
    const resolved = await project.prisma('migrate', 'resolve', '--rolled-back', '20260101000000_three');
    expect(resolved.code).toBe(0);
    const deployed = await project.prisma('migrate', 'deploy');
    expect(deployed.code).toBe(0);
    expect(await tables(db)).toEqual(['_prisma_migrations', 'one', 'two']);
    const sql = await db.open('admin');
    expect(await sql.one<{ n: number }>('SELECT twice(21) AS n')).toEqual({ n: 42 });
    const status = await project.prisma('migrate', 'status');
    expect(status.stdout).toContain('Database schema is up to date!');
  });
});

test('five concurrent deploys apply each migration once', async () => {
  const db = await createTestDatabase({ empty: true });
  const project = await createProject(db.url('migrator'));
  try {
    for (const n of [1, 2, 3]) {
      await project.migration(
        `2026010100000${n}_m${n}`,
        `CREATE TABLE t${n} (id int); SELECT pg_sleep(0.2);`,
      );
    }
    // Were two to run it at once, the index built concurrently would wait for the other's lock: a deadlock.
    await project.migration('20260101000004_m4', 'CREATE INDEX CONCURRENTLY t1_id ON t1 (id)');
    const runs = await Promise.all(Array.from({ length: 5 }, () => project.prisma('migrate', 'deploy')));
    expect(runs.map((run) => [run.code, run.stderr.includes('Error')])).toEqual(Array(5).fill([0, false]));
    const sql = await db.open('admin');
    const applied = await sql.many<{ migration_name: string; n: number }>(
      'SELECT migration_name, count(*)::int AS n FROM _prisma_migrations WHERE finished_at IS NOT NULL GROUP BY 1 ORDER BY 1',
    );
    expect(applied.map((row) => row.n)).toEqual([1, 1, 1, 1]);
  } finally {
    await project.remove();
    await db.drop();
  }
});

async function tables(db: TestDatabase): Promise<string[]> {
  const sql = await db.open('admin');
  const rows = await sql.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}
