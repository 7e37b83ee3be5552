import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { createProject, type Project, prisma } from './project.js';

let db: TestDatabase;
let project: Project;
beforeAll(async () => {
  db = await createTestDatabase({ empty: true });
  project = await createProject(db.url('migrator'));
});
afterAll(async () => {
  await project.remove();
  await db.drop();
});

async function statusOf(change: (url: URL) => void): Promise<string> {
  const url = new URL(db.url('migrator'));
  change(url);
  const other = await createProject(url.href);
  try {
    const { code, stderr } = await other.prisma('migrate', 'status');
    expect(code).toBe(1);
    expect(stderr).not.toContain(url.password);
    return stderr;
  } finally {
    await other.remove();
  }
}

test('wrong password, closed port and missing database have the native codes', async () => {
  const [password, port, database] = await Promise.all([
    statusOf((url) => {
      url.password = 'not-the-password';
    }),
    statusOf((url) => {
      url.port = '9';
    }),
    statusOf((url) => {
      url.pathname = '/nowhere_at_all';
    }),
  ]);
  expect(password).toContain('P1000: Authentication failed against database server');
  expect(password).toContain('`plinth_migrator` are not valid');
  expect(port).toContain("P1001: Can't reach database server at `127.0.0.1:9`");
  expect(database).toContain('P1003: Database `nowhere_at_all` does not exist');
});

test("PostgreSQL's message, position and hint reach the user, also from db execute", async () => {
  await project.migration('20260101000000_hint', 'CREATE TABLE a (name text);\nSELECT a.nam FROM a;\n');
  const deploy = await project.prisma('migrate', 'deploy');
  expect(deploy.stderr).toContain('Database error code: 42703');
  expect(deploy.stderr).toContain('ERROR: column a.nam does not exist');
  expect(deploy.stderr).toContain('HINT: Perhaps you meant to reference the column "a.name".');
  expect(deploy.stderr).toMatch(/Position: line 2, column 8[\s\S]*> {3}2 SELECT a\.nam FROM a;/);

  await writeFile(join(project.dir, 'x.sql'), 'CREATE TABLE kept (id int);\nSELECT 1 FROM nothing_here;');
  const execute = await project.prisma('db', 'execute', '--file', 'x.sql');
  expect(execute.code).toBe(1);
  expect(execute.stderr).toContain('ERROR: relation "nothing_here" does not exist');
  expect(execute.stderr).toContain('Position: line 2, column 15');
  const sql = await db.open('admin');
  expect(await sql.one(`SELECT to_regclass('kept') AS kept`)).toEqual({ kept: null });
});

test("an engine of the user's own wins over ours", async () => {
  const own = join(project.dir, 'own-engine');
  await writeFile(own, '#!/bin/sh\necho "schema-engine-cli of-the-user"\n');
  await chmod(own, 0o755);
  const { stdout } = await prisma(project.dir, ['--version'], { PRISMA_SCHEMA_ENGINE_BINARY: own });
  expect(stdout).toContain('of-the-user');
});
