import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MIGRATIONS_DIR, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { planMigrations } from '../../src/migrate/plan.js';
import { type TracedStatement, traceMigrations } from '../../src/migrate/trace.js';
import { migrateUp } from '../../src/migrate/up.js';
import { nameOf, withHistory } from './history-folder.js';

const people =
  'create table people (id int primary key, name varchar(50)); create table pets (id int primary key, owner int); create index pets_owner on pets (owner);';

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ major, empty: true });
  });
  afterAll(() => database.drop());

  /** The trace of one migration after `people`, which is not traced. */
  const trace = (up: string) =>
    withHistory(
      [
        { up: people, down: 'select 1' },
        { up, down: 'select 1' },
      ],
      async (migrationsDir) => {
        const [migration] = await traceMigrations({
          url: database.url('migrator'),
          migrationsDir,
          only: [nameOf(1)],
        });
        if (migration === undefined) throw new Error('nothing was traced');
        return migration;
      },
    );
  const verdicts = (statement: TracedStatement | undefined) =>
    statement?.findings.map(({ rule, verdict }) => `${rule} ${verdict.is}`);

  // Measured on both majors; the manual's rules of what rewrites a table and what does not.
  test.each([
    ['add column d int default 7', false],
    ['add column d timestamptz not null default now()', false],
    ['alter name type varchar(80)', false],
    ['alter name type text', false],
    ['add column d uuid default gen_random_uuid()', true],
    ['add column d serial', true],
    ['add column d int generated always as (id * 2) stored', true],
    ['alter name type varchar(20)', true],
    ['alter id type bigint', true],
    ['set unlogged', true],
  ])('alter table people %s: rewrites it: %s', async (change, rewrites) => {
    const { statements, error } = await trace(`alter table people ${change};`);
    expect({ error, rewrites: statements[0]?.rewrites }).toEqual({
      error: null,
      rewrites: rewrites ? ['public.people'] : [],
    });
    expect(statements[0]?.locks).toContainEqual({
      relation: 'public.people',
      mode: 'AccessExclusiveLock',
      existing: true,
    });
  });

  test("refutes lint's finding where nothing is rewritten and confirms it where something is", async () => {
    const harmless = await trace('alter table people alter name type text;');
    expect(verdicts(harmless.statements[0])).toEqual(['changing-column-type refuted']);
    const harmful = await trace('alter table people alter id type bigint;');
    expect(verdicts(harmful.statements[0])).toEqual(['changing-column-type confirmed']);
    expect(harmful.statements[0]?.findings[0]?.verdict.measured).toBe('it rewrites public.people');
  });

  test('confirms locks with their modes, and tells what no rule predicted', async () => {
    const index = await trace('create index people_name on people (name);');
    expect(verdicts(index.statements[0])).toEqual(['require-concurrent-index-creation confirmed']);
    expect(index.statements[0]?.findings[0]?.verdict.measured).toBe('ShareLock on public.people');
    const column = await trace('alter table people add column nick text;');
    expect(column.statements[0]?.unpredicted).toEqual(['AccessExclusiveLock on public.people']);
  });

  test('sees the locks of a statement that runs outside a transaction, while it runs', async () => {
    const { statements } = await trace('create index concurrently people_name on people (name);');
    expect(statements[0]?.locks).toContainEqual({
      relation: 'public.people',
      mode: 'ShareUpdateExclusiveLock',
      existing: true,
    });
    expect(statements[0]?.findings).toEqual([]);
  });

  test('a new table disturbs nobody, and a lock is told once: by the statement that took it', async () => {
    const { statements } = await trace(
      'create table toys (id int); alter table toys add b int; alter table people add c int; alter table people add d int;',
    );
    expect(statements.map(({ unpredicted }) => unpredicted)).toEqual([
      [],
      [],
      ['AccessExclusiveLock on public.people'],
      [],
    ]);
  });

  test('several tables locked by one transaction are confirmed by name', async () => {
    const { statements } = await trace('alter table people add nick text; alter table pets add nick text;');
    const finding = statements[1]?.findings.find(({ rule }) => rule === 'several-tables-locked');
    expect(finding?.verdict).toEqual({ is: 'confirmed', measured: 'locked: public.people, public.pets' });
  });

  test('a statement that fails on rows ends the trace with its reason', async () => {
    const { error, findings } = await trace('alter table people add column code text not null;');
    expect(error).toMatch(/contains null values/);
    expect(findings).toMatchObject([
      { rule: 'adding-required-field', verdict: { is: 'confirmed', measured: 'it fails with 23502' } },
    ]);
  });

  test('what follows our own history is traced: rows are made for tables whose parents row security hides', async () => {
    const own = await createTestDatabase({ major });
    const dir = await mkdtemp(join(tmpdir(), 'plinth-trace-'));
    try {
      await cp(MIGRATIONS_DIR, dir, { recursive: true });
      await mkdir(join(dir, '29990101000000_next'));
      await writeFile(
        join(dir, '29990101000000_next', 'migration.sql'),
        "update webhooks set description = 'x';",
      );
      const [traced] = await traceMigrations({ url: own.url('migrator'), migrationsDir: dir });
      expect(traced).toMatchObject({ name: '29990101000000_next', error: null, statements: [{ line: 1 }] });
    } finally {
      await rm(dir, { recursive: true });
      await own.drop();
    }
  });

  test('rows that a statement writes are counted by table, those of its triggers too', async () => {
    const { statements } = await trace(
      `insert into people select i, 'p' || i from generate_series(100, 149) i; delete from people where id > 139; update people set name = 'q' where id > 129;
       create function copy() returns trigger language plpgsql as $$ begin insert into pets (id) values (new.id); return new; end $$;
       create trigger copy after insert on people for each row execute function copy();
       insert into people values (200, 'last');`,
    );
    const [inserted, deleted, updated] = statements.map(({ touched }) => touched);
    expect(inserted).toEqual([{ relation: 'public.people', inserted: 50, updated: 0, deleted: 0 }]);
    expect(deleted).toEqual([{ relation: 'public.people', inserted: 0, updated: 0, deleted: 10 }]);
    expect(updated).toEqual([{ relation: 'public.people', inserted: 0, updated: 10, deleted: 0 }]);
    expect(statements.at(-1)?.touched).toEqual([
      { relation: 'public.people', inserted: 1, updated: 0, deleted: 0 },
      { relation: 'public.pets', inserted: 1, updated: 0, deleted: 0 },
    ]);
  });

  test('a plan names SQL, locks, findings and sizes of what is pending, and writes nothing', async () => {
    const own = await createTestDatabase({ major, empty: true });
    const url = own.url('migrator');
    try {
      await withHistory(
        [
          { up: people, down: 'select 1' },
          { up: "alter table people alter id type bigint;\nupdate people set name = 'x';", down: 'select 1' },
        ],
        async (migrationsDir) => {
          await migrateUp({ url, dir: migrationsDir, to: nameOf(0) });
          const before = await withClient(url, async (client) => {
            await client.query("insert into people select i, 'x' from generate_series(1, 500) i");
            await client.query('analyze people');
            return (
              await client.query(
                'select txid_current_if_assigned() as tx, (select count(*) from pg_class) as n',
              )
            ).rows;
          });
          const [plan, ...others] = await planMigrations({ url, migrationsDir });
          expect(others).toEqual([]);
          expect(plan).toMatchObject({ name: nameOf(1), transaction: true });
          expect(plan?.statements[0]).toMatchObject({
            sql: 'alter table people alter id type bigint',
            locks: [
              {
                table: 'public.people',
                mode: 'AccessExclusiveLock',
                estimatedRows: 500,
                bytes: expect.any(Number),
              },
            ],
          });
          expect(plan?.statements.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toEqual([
            'changing-column-type',
            'bulk-update-with-ddl',
          ]);
          expect(
            await withClient(
              url,
              async (client) =>
                (
                  await client.query(
                    'select txid_current_if_assigned() as tx, (select count(*) from pg_class) as n',
                  )
                ).rows,
            ),
          ).toEqual(before);
          // The trace takes the target's state: only what is pending there is traced.
          expect((await traceMigrations({ url, migrationsDir })).map(({ name }) => name)).toEqual([
            nameOf(1),
          ]);
        },
      );
    } finally {
      await own.drop();
    }
  });
});
