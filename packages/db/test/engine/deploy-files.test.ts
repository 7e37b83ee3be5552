import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/database.js';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { createProject, type Project } from './project.js';

let db: TestDatabase;
let admin: Database;
let project: Project;
beforeAll(async () => {
  db = await createTestDatabase({ empty: true });
  admin = await db.open('admin');
  project = await createProject(db.url('migrator'));
});
afterAll(async () => {
  await project.remove();
  await db.drop();
});

/** Deploys files into the test's database after emptying the history of the test before. Answers what was applied, in order. */
async function deploy(...files: string[]): Promise<{ applied: string[]; stderr: string }> {
  const { history } = await admin.one<{ history: string | null }>(
    `SELECT to_regclass('_prisma_migrations')::text AS history`,
  );
  if (history !== null) await admin.query('DELETE FROM _prisma_migrations');
  for (const [n, sql] of files.entries()) await project.migration(nameOf(n), sql);
  try {
    const { code, stderr } = await project.prisma('migrate', 'deploy');
    const rows = await admin.query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY finished_at',
    );
    expect([stderr, code]).toEqual([stderr, rows.length === files.length ? 0 : 1]);
    return { applied: rows.map(({ name }) => name), stderr };
  } finally {
    for (const n of files.keys()) await rm(join(project.migrationsDir, nameOf(n)), { recursive: true });
  }
}

const nameOf = (n: number) => `2026010100000${n}_m`;

test('applies what is pending, in order, as the owner', async () => {
  const { applied } = await deploy('CREATE TABLE d1 (id int)', 'CREATE TABLE d2 (LIKE d1)');
  expect(applied).toEqual(['20260101000000_m', '20260101000001_m']);
  const owner = await admin.one(`SELECT tableowner AS owner FROM pg_tables WHERE tablename = 'd2'`);
  expect(owner).toEqual({ owner: 'plinth_owner' });
});

test('CREATE INDEX CONCURRENTLY applies alone in its file, and in company names the way out', async () => {
  const alone = await deploy('CREATE TABLE c (id int)', 'CREATE INDEX CONCURRENTLY c_id ON c (id)');
  expect(alone.applied).toHaveLength(2);
  const together = await deploy('CREATE TABLE c2 (id int); CREATE INDEX CONCURRENTLY c2_id ON c2 (id)');
  expect(together.stderr).toContain('P3018');
  expect(together.stderr).toMatch(/one such statement per file\), or use `plinth migrate up`/);
  expect(await admin.one(`SELECT to_regclass('c2') AS c2`)).toEqual({ c2: null });
});

test('a BEGIN without COMMIT is undone and refused, and a file with both applies', async () => {
  const open = await deploy('BEGIN; CREATE TABLE b1 (id int)');
  expect(open.stderr).toContain('P3018');
  expect(open.stderr).toContain('BEGIN without COMMIT');
  expect(await admin.one(`SELECT to_regclass('b1') AS b1`)).toEqual({ b1: null });
  expect((await deploy('BEGIN; CREATE TABLE b1 (id int); COMMIT')).applied).toHaveLength(1);
});

test('a search path set by one file does not reach the next, nor hide the history', async () => {
  const dump = "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.s1 (id int)";
  expect((await deploy(dump, 'CREATE TABLE s2 (id int)')).applied).toHaveLength(2);
  expect(await admin.one(`SELECT to_regclass('public.s2')::text AS s2`)).toEqual({ s2: 's2' });
});
