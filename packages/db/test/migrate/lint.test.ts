import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { MIGRATIONS_DIR } from '../../src/initialize.js';
import { changedSince } from '../../src/migrate/lint/changed-since.js';
import { formatFindings, formatGithub } from '../../src/migrate/lint/format.js';
import { type LintReport, lintMigrations } from '../../src/migrate/lint/lint.js';
import type { Example } from '../../src/migrate/lint/rule.js';
import { RULES } from '../../src/migrate/lint/rules.js';
import { SQUAWK_EXCLUDED } from '../../src/migrate/lint/squawk.js';
import { withScratchDatabase } from '../../src/migrate/scratch.js';
import { nameOf, withHistory } from './history-folder.js';

/** Lints one migration, after what it needs. */
function lint({ setup = 'select 1', sql, down = 'select 1', known }: Example): Promise<LintReport> {
  const example = down === null ? { up: sql } : { up: sql, down };
  return withHistory([{ up: setup, down: 'select 1' }, example], (migrationsDir) =>
    lintMigrations({ migrationsDir, only: [nameOf(1)], ...(known === undefined ? {} : { known }) }),
  );
}
const rulesOf = ({ findings }: LintReport) => findings.map(({ rule }) => rule);

describe('every rule of ours', () => {
  test('is in the list', () => {
    expect(RULES.map(({ name }) => name)).toEqual([
      ...['embedded-transaction', 'serial-type-change', 'rename-as-drop-add', 'enum-value-used-at-once'],
      ...[
        'validate-with-not-valid',
        'several-tables-locked',
        'bulk-update-with-ddl',
        'foreign-key-without-index',
      ],
      ...['missing-down', 'lossy-down', 'out-of-order'],
    ]);
  });

  test.each(RULES.map((rule) => [rule.name, rule] as const))(
    '%s tells its bad example and not its good one',
    async (_name, rule) => {
      const bad = await lint(rule.bad);
      expect([...new Set(rulesOf(bad))]).toEqual([rule.name]);
      expect(bad.findings[0]).toMatchObject({ severity: rule.severity, fix: rule.fix });
      expect(rulesOf(await lint(rule.good))).toEqual([]);
    },
  );

  describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase({ major, empty: true });
    });
    afterAll(() => database.drop());

    test.each(RULES.map((rule) => [rule.name, rule] as const))(
      'the examples of %s do what they say',
      async (_name, { bad, good }) => {
        for (const example of [bad, good]) {
          const sqlstate = await withScratchDatabase(database.url('migrator'), async (scratch) => {
            if (example.setup !== undefined) await scratch.run(example.setup, 'setup');
            return scratch.run(example.sql, 'example').then(
              () => undefined,
              (error: { sqlstate?: string }) => error.sqlstate ?? 'unknown',
            );
          });
          expect(sqlstate).toBe(example.fails);
        }
      },
    );
  });
});

test('our own history is clean: nothing but what a comment in it gives a reason for', async () => {
  const report = await lintMigrations({ migrationsDir: MIGRATIONS_DIR });
  expect(report.findings).toEqual([]);
  expect(report.migrations.length).toBeGreaterThan(8);
});

describe("squawk's rules", () => {
  const people = 'create table people (id int primary key, name varchar(50));';
  test.each([
    [
      'an index that blocks writers',
      'create index people_name on people (name);',
      'require-concurrent-index-creation',
      'critical',
    ],
    ['a type that rewrites', 'alter table people alter name type text;', 'changing-column-type', 'critical'],
    [
      'a required column without default',
      'alter table people add nick text not null;',
      'adding-required-field',
      'critical',
    ],
    ['a dropped column', 'alter table people drop name;', 'ban-drop-column', 'critical'],
    [
      'a check that scans',
      'alter table people add constraint named check (name is not null);',
      'constraint-missing-not-valid',
      'critical',
    ],
    ['SET NOT NULL', 'alter table people alter name set not null;', 'adding-not-nullable-field', 'critical'],
  ])('%s is told', async (_what, sql, rule, severity) => {
    const { findings } = await lint({ setup: people, sql });
    expect(findings).toContainEqual(expect.objectContaining({ rule, severity, statement: 1, line: 1 }));
  });

  test("none fires for Prisma's defaults on a new table", async () => {
    const sql =
      'CREATE TABLE "Post" ("id" SERIAL NOT NULL, "at" TIMESTAMP(3) NOT NULL, "n" INTEGER NOT NULL, "s" SMALLINT, "c" CHAR(2), "t" VARCHAR(9), CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));\n' +
      'CREATE UNIQUE INDEX "Post_n_key" ON "Post"("n");';
    expect(rulesOf(await lint({ sql }))).toEqual([]);
  });

  test('CREATE INDEX CONCURRENTLY in a file of its own is no finding', async () => {
    expect(
      rulesOf(await lint({ setup: people, sql: 'create index concurrently people_name on people (name);' })),
    ).toEqual([]);
  });

  test('every rule that is left out has its reason', () => {
    for (const reason of Object.values(SQUAWK_EXCLUDED)) expect(reason.length).toBeGreaterThan(10);
  });
});

describe('an ignore', () => {
  const sql = (comment: string) => `${comment}\nalter table people drop name;\nalter table people drop age;`;
  const setup = 'create table people (id int primary key, name text, age int);';

  test('sets aside one rule for the one statement it stands before', async () => {
    const report = await lint({
      setup,
      sql: sql('-- lint-ignore ban-drop-column: nothing has read it since June'),
    });
    expect(report.findings).toMatchObject([{ rule: 'ban-drop-column', statement: 2 }]);
    expect(report.ignored).toMatchObject([
      { rule: 'ban-drop-column', statement: 1, reason: 'nothing has read it since June' },
    ]);
  });

  test.each([
    [
      'without a reason does not count and is told',
      '-- lint-ignore ban-drop-column',
      'ignore-without-reason',
    ],
    [
      "in squawk's own words takes no reason and is told",
      '-- squawk-ignore ban-drop-column',
      'ignore-without-reason',
    ],
    ['that nothing comes of is told', '-- lint-ignore ban-drop-table: it is another rule', 'unused-ignore'],
  ])('%s', async (_what, comment, rule) => {
    expect(rulesOf(await lint({ setup, sql: sql(comment) }))).toContain(rule);
  });
});

test('docs/migrations.md has every rule, why and what instead, and every rule of squawk that is left out', async () => {
  const docs = await readFile(new URL('../../../../docs/migrations.md', import.meta.url), 'utf8');
  for (const { name, severity, why, fix } of RULES)
    expect(docs).toContain(`| \`${name}\` | ${severity} | ${why}. Instead: ${fix}. |`);
  for (const [rule, reason] of Object.entries(SQUAWK_EXCLUDED))
    expect(docs).toContain(`| \`${rule}\` | ${reason} |`);
});

test('a file that cannot be read is told with its place', async () => {
  const { findings } = await lint({ sql: 'select 1;\nalter tabel people;' });
  expect(findings).toMatchObject([{ rule: 'unreadable', severity: 'critical', line: 2 }]);
});

test('the formats name the place: for people, and as annotations for GitHub', async () => {
  const report = await lint({
    setup: 'create table people (id int primary key, name text);',
    sql: 'select 1;\nalter table people drop name;',
  });
  const [finding] = report.findings;
  const from = join(finding?.path ?? '', '../..');
  expect(formatFindings(report, from)).toMatch(
    /^20260101000001_step\/migration\.sql:2:\d+ critical ban-drop-column: .*\n {4}fix: /,
  );
  expect(formatGithub(report, from)).toMatch(
    /^::error file=20260101000001_step\/migration\.sql,line=2,col=\d+,title=ban-drop-column::[^\n]*$/,
  );
});

test('--base looks at what is new or changed since a revision, committed or not', async () => {
  const root = await mkdtemp(join(tmpdir(), 'plinth-lint-git-'));
  const dir = join(root, 'migrations');
  try {
    const git = (...args: string[]) =>
      promisify(execFile)('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd: dir,
      });
    const add = async (name: string) => {
      await mkdir(join(dir, name));
      await writeFile(join(dir, name, 'migration.sql'), 'select 1;');
      await writeFile(join(dir, name, 'down.sql'), 'select 1;');
    };
    await mkdir(dir);
    await git('init', '--quiet', root);
    for (const name of ['20260101000000_a', '20260103000000_c']) await add(name);
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'base');
    await appendFile(join(dir, '20260101000000_a', 'migration.sql'), '\nselect 2;');
    await add('20260102000000_b');
    const since = await changedSince('HEAD', dir);
    expect(since).toEqual({
      known: ['20260101000000_a', '20260103000000_c'],
      edited: ['20260101000000_a'],
      changed: ['20260101000000_a', '20260102000000_b'],
    });
    const { findings } = await lintMigrations({
      migrationsDir: dir,
      only: since.changed,
      known: since.known,
      edited: since.edited,
    });
    expect(findings.map(({ migration, rule }) => `${migration} ${rule}`)).toEqual([
      '20260101000000_a edited-migration',
      '20260102000000_b out-of-order',
    ]);
    await expect(changedSince('no-such-branch', dir)).rejects.toMatchObject({ code: 'usage' });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
