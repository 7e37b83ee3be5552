import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/database.js';
import { deployMigrations } from '../../src/engine/deploy.js';
import { pollAdvisoryLock, requestedLock } from '../../src/engine/lock.js';
import { splitStatements } from '../../src/engine/split-statements.js';
import { parseEngineUrl } from '../../src/engine/target.js';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';

let db: TestDatabase;
let admin: Database;
beforeAll(async () => {
  db = await createTestDatabase({ empty: true });
  admin = await db.open('admin');
});
afterAll(() => db.drop());

/** Deploys files into the test's database after emptying the history of the test before. */
async function deploy(...files: string[]): Promise<string[]> {
  const { history } = await admin.one<{ history: string | null }>(
    `SELECT to_regclass('_prisma_migrations')::text AS history`,
  );
  if (history !== null) await admin.query('DELETE FROM _prisma_migrations');
  const migrationsDir = await mkdtemp(join(tmpdir(), 'plinth-deploy-'));
  try {
    for (const [n, sql] of files.entries()) {
      await mkdir(join(migrationsDir, `2026010100000${n}_m`));
      await writeFile(join(migrationsDir, `2026010100000${n}_m/migration.sql`), sql);
    }
    const options = { url: db.url('migrator'), migrationsDir };
    const { applied } = await deployMigrations(options);
    expect(await deployMigrations(options)).toEqual({ applied: [] });
    return applied;
  } finally {
    await rm(migrationsDir, { recursive: true });
  }
}

test('applies what is pending, in order, as the owner, and answers the names', async () => {
  expect(await deploy('CREATE TABLE d1 (id int)', 'CREATE TABLE d2 (LIKE d1)')).toEqual([
    '20260101000000_m',
    '20260101000001_m',
  ]);
  const owner = await admin.one(`SELECT tableowner AS owner FROM pg_tables WHERE tablename = 'd2'`);
  expect(owner).toEqual({ owner: 'plinth_owner' });
});

test('CREATE INDEX CONCURRENTLY applies alone in its file, and in company names the way out', async () => {
  expect(await deploy('CREATE TABLE c (id int)', 'CREATE INDEX CONCURRENTLY c_id ON c (id)')).toHaveLength(2);
  const together = deploy('CREATE TABLE c2 (id int); CREATE INDEX CONCURRENTLY c2_id ON c2 (id)');
  await expect(together).rejects.toMatchObject({
    code: 'P3018',
    message: expect.stringMatching(/one such statement per file\), or use `plinth migrate up`/),
  });
  expect(await admin.one(`SELECT to_regclass('c2') AS c2`)).toEqual({ c2: null });
});

test('a BEGIN without COMMIT is undone and refused, and a file with both applies', async () => {
  await expect(deploy('BEGIN; CREATE TABLE b1 (id int)')).rejects.toMatchObject({
    code: 'P3018',
    message: expect.stringContaining('BEGIN without COMMIT'),
  });
  expect(await admin.one(`SELECT to_regclass('b1') AS b1`)).toEqual({ b1: null });
  expect(await deploy('BEGIN; CREATE TABLE b1 (id int); COMMIT')).toHaveLength(1);
});

test('a search path set by one file does not reach the next, nor hide the history', async () => {
  const dump = "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.s1 (id int)";
  expect(await deploy(dump, 'CREATE TABLE s2 (id int)')).toHaveLength(2);
  expect(await admin.one(`SELECT to_regclass('public.s2')::text AS s2`)).toEqual({ s2: 's2' });
});

test('only the migration lock is polled for, and giving up takes no lock', async () => {
  expect(requestedLock('SELECT pg_advisory_lock(72707369)')).toBe('72707369');
  expect(requestedLock('SELECT pg_advisory_unlock(72707369)')).toBeUndefined();
  let asked = 0;
  const client = {
    query: async () => {
      asked += 1;
      return { rows: [{ got: asked === 3 }] };
    },
  } as unknown as Parameters<typeof pollAdvisoryLock>[0];
  const noWait = async () => {};
  expect(await pollAdvisoryLock(client, '1', () => asked === 2, noWait)).toBe(false);
  expect(await pollAdvisoryLock(client, '1', () => false, noWait)).toBe(true);
  expect(asked).toBe(3);
});

test('statements are split at semicolons between them only', () => {
  const statements = [
    `-- a; comment\nSELECT ';', E'\\';', "a;b", $$;$$, $x$ $$; $x$`,
    '/* ; /* ; */ ; */ CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END',
    'SELECT a$b$c',
  ];
  expect(splitStatements(`${statements.join(';')};;\n-- end;\n`)).toEqual([
    `${statements[0]};`,
    `${statements[1]};`,
    `${statements[2]};`,
  ]);
});

test('a url becomes fields, with the defaults of Prisma', () => {
  const url =
    'postgresql://us%40er:p%2Fw@[::1]:5433/my%20db?schema=s&sslmode=require&connect_timeout=2&options=-c%20x%3D1';
  expect(parseEngineUrl(url)).toMatchObject({
    host: '::1',
    port: 5433,
    user: 'us@er',
    password: 'p/w',
    database: 'my db',
    schema: 's',
    tls: 'require',
    connectTimeoutMs: 2000,
    options: '-c x=1',
  });
  expect(parseEngineUrl('postgres://u@db.example/x')).toMatchObject({
    port: 5432,
    schema: 'public',
    tls: 'prefer',
    connectTimeoutMs: 5000,
  });
  expect(parseEngineUrl('postgres://u@localhost/x?host=/run/pg').host).toBe('/run/pg');
  for (const bad of ['mysql://u:secret@h/x', 'not a url secret', 'postgres://u:secret@h/x?sslmode=maybe']) {
    expect(() => parseEngineUrl(bad)).toThrow(/^(?!.*secret).*not usable/);
  }
});
