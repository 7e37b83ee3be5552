import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/database.js';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { createProject, type Project, prisma, startEngine } from './project.js';

const majors = [15, 18] as const;
const files = ['--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma'];
const model = (fields: string) => `model artist {\n  id Int @id\n  ${fields}\n}`;

test.each(majors)(
  'the shadow replay never touches the main database and leaves nothing, on %i',
  async (major) => {
    const db = await createTestDatabase({ major, empty: true });
    const project = await createProject(db.url('migrator'));
    const admin = await db.open('admin');
    try {
      await project.schema(model('name String'));
      const created = await project.prisma('migrate', 'dev', '--name', 'init', '--create-only');
      expect([created.code, created.stderr.includes('Error')]).toEqual([0, false]);
      const [folder] = (await readdir(project.migrationsDir)).filter((name) => name.endsWith('_init'));
      expect(folder).toBeDefined();
      // Several statements that cannot share a transaction: refused by deploy, replayed stepwise in the shadow.
      await project.migration(
        '20990101000000_later',
        'ALTER TABLE artist ADD COLUMN born int;\nCREATE INDEX CONCURRENTLY later ON artist (born);\n',
      );
      const behind = await project.prisma('migrate', 'diff', ...files, '--exit-code', '--script');
      expect([behind.code, behind.stdout.trim()]).toEqual([2, expect.stringContaining('DROP COLUMN "born"')]);
      await project.schema(model('name String\n  born Int?\n  @@index([born], map: "later")'));
      const same = await project.prisma('migrate', 'diff', ...files, '--exit-code');
      expect([same.code, same.stdout.trim()]).toEqual([0, 'No difference detected.']);

      expect(await admin.one(`SELECT to_regclass('public.artist') AS artist`)).toEqual({ artist: null });
      expect(await shadowsOf(admin)).toEqual([]);
    } finally {
      await project.remove();
      await db.drop();
    }
  },
);

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

test('a killed run leaves a shadow that the next run sweeps, sparing the one still in use', async () => {
  const killed = await startReplay();
  const alive = await startReplay();
  killed.engine.child.kill('SIGKILL');
  await once(killed.engine.child, 'exit');
  expect(await shadowsOf(admin)).toEqual([killed.name, alive.name].sort());

  await project.migration('20260101000000_a', 'CREATE TABLE a (id int primary key)');
  const next = await project.prisma(
    'migrate',
    'diff',
    '--from-migrations',
    'prisma/migrations',
    '--to-empty',
  );
  expect(next.code).toBe(0);
  expect(await shadowsOf(admin)).toEqual([alive.name]);

  alive.engine.child.kill('SIGTERM');
  const [code] = await once(alive.engine.child, 'exit');
  expect(code).toBe(143);
  expect(await shadowsOf(admin)).toEqual([]);
});

test('closing the standard input drops the shadow in use', async () => {
  const replay = await startReplay();
  replay.engine.child.stdin?.end();
  await once(replay.engine.child, 'exit');
  expect(await shadowsOf(admin)).toEqual([]);
});

test('a shadow database of the user that is the main database is refused, another is used', async () => {
  const other = await createTestDatabase({ empty: true });
  const run = (url: string) =>
    prisma(
      project.dir,
      [
        'migrate',
        'diff',
        '--from-migrations',
        'prisma/migrations',
        '--to-empty',
        '--config',
        'shadow.config.ts',
      ],
      {
        TEST_URL: db.url('migrator'),
        TEST_SHADOW_URL: url,
      },
    );
  try {
    await writeFile(
      `${project.dir}/shadow.config.ts`,
      `import base from './prisma.config.ts';
export default { ...base, datasource: { url: process.env.TEST_URL, shadowDatabaseUrl: process.env.TEST_SHADOW_URL } };\n`,
    );
    await admin.query('CREATE TABLE precious (id int)');
    const refused = await run(`${db.url('migrator')}?application_name=x`);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('names the main database')]);
    expect(await admin.query('SELECT * FROM precious')).toEqual([]);
    const used = await run(other.url('migrator'));
    expect([used.code, used.stdout]).toEqual([0, expect.stringContaining('Removed tables')]);
  } finally {
    await other.drop();
  }
});

/** Starts an engine and waits until its replay sleeps inside its shadow database. */
async function startReplay(): Promise<{ engine: ReturnType<typeof startEngine>; name: string }> {
  const before = await shadowsOf(admin);
  const engine = startEngine(db.url('migrator'));
  const sql = 'CREATE TABLE a (id int primary key); SELECT pg_sleep(60);';
  const directory = {
    path: '20260101000000_slow',
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  };
  const migrations = {
    tag: 'migrations',
    baseDir: '/',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
    shadowDbInitScript: '',
    migrationDirectories: [directory],
  };
  const filters = { externalTables: [], externalEnums: [] };
  engine.send('diff', { from: migrations, to: { tag: 'empty' }, script: true, exitCode: null, filters });
  for (;;) {
    const rows = await admin.query<{ datname: string }>(
      `SELECT datname FROM pg_stat_activity WHERE query LIKE '%pg_sleep%'`,
    );
    const asleep = rows.map((row) => row.datname);
    const name = (await shadowsOf(admin)).find(
      (shadow) => !before.includes(shadow) && asleep.includes(shadow),
    );
    if (name !== undefined) return { engine, name };
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** The shadows of a database, which bear its OID: other test files run beside this one on the same server. */
async function shadowsOf(sql: Database): Promise<string[]> {
  const rows = await sql.query<{ datname: string }>(
    `SELECT d.datname FROM pg_database d JOIN pg_database m ON m.datname = current_database()
      WHERE d.datname LIKE 'plinth\\_shadow\\_' || m.oid || '\\_%' ORDER BY 1`,
  );
  return rows.map((row) => row.datname);
}
