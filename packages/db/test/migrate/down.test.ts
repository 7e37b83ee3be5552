import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { migrateDown } from '../../src/migrate/rollback.js';
import { migrateTo } from '../../src/migrate/to.js';
import { prismaRows, withPlace } from './runner.js';

const two = [
  { up: 'create table a (id int, note text)', down: 'drop table a' },
  { up: 'create table b (id int)', down: 'drop table b;\n' },
];

test.each([15, 18] as const)(
  'on postgresql %i the newest go first, are marked as rolled back, and apply again',
  async (major) => {
    await withPlace(
      two,
      async ({ url, dir, up, rows }) => {
        await up();
        const { rolledBack } = await migrateDown({ url, dir, steps: 2 });
        expect(rolledBack.map(({ name }) => name)).toEqual(['20260101000001_step', '20260101000000_step']);
        expect(await rows("select to_regclass('a') as a, to_regclass('b') as b")).toEqual([
          { a: null, b: null },
        ]);
        expect((await up()).applied).toHaveLength(2);
        expect(await rows(prismaRows)).toMatchObject([
          { name: '20260101000000_step', finished: true, back: true },
          { name: '20260101000000_step', finished: true, back: false },
          { name: '20260101000001_step', finished: true, back: true },
          { name: '20260101000001_step', finished: true, back: false },
        ]);
        expect((await migrateDown({ url, dir })).rolledBack).toHaveLength(1);
        expect((await migrateDown({ url, dir, steps: 9 })).rolledBack).toHaveLength(1);
        expect((await migrateDown({ url, dir })).rolledBack).toEqual([]);
      },
      major,
    );
  },
);

test('the text stored when applied serves where the folder lacks the file, or the whole migration', async () => {
  await withPlace(two, async ({ url, dir, up, rows }) => {
    await up();
    await rm(join(dir, '20260101000001_step'), { recursive: true });
    await rm(join(dir, '20260101000000_step/down.sql'));
    expect((await migrateDown({ url, dir, steps: 2 })).rolledBack).toHaveLength(2);
    expect(await rows("select to_regclass('a') as a, to_regclass('b') as b")).toEqual([{ a: null, b: null }]);
  });
});

test('a down.sql changed since is refused unless asked for; line ends do not count', async () => {
  await withPlace(two, async ({ url, dir, up, edit, rows }) => {
    await up();
    await edit(1, 'down.sql', 'drop table b;\r\n');
    expect((await migrateDown({ url, dir })).rolledBack).toHaveLength(1);
    await edit(0, 'down.sql', 'drop table a; create table c ();');
    await expect(migrateDown({ url, dir })).rejects.toMatchObject({ code: 'down_changed' });
    await migrateDown({ url, dir, useFile: true });
    expect(await rows("select to_regclass('a') as a, to_regclass('c')::text as c")).toEqual([
      { a: null, c: 'c' },
    ]);
  });
});

test('an irreversible migration is refused by name, and nothing newer is rolled back before', async () => {
  const migrations = [
    { up: 'select 1', down: '-- irreversible: rows were merged\n' },
    { up: 'create table b ()', down: 'drop table b' },
    { up: 'select 3' },
  ];
  await withPlace(migrations, async ({ url, dir, up, rows }) => {
    await up();
    await expect(migrateDown({ url, dir })).rejects.toMatchObject({
      code: 'irreversible',
      message: 'migration 20260101000002_step has no down.sql',
    });
    await writeFile(join(dir, '20260101000002_step/down.sql'), 'select 1');
    await expect(migrateDown({ url, dir, steps: 3 })).rejects.toMatchObject({
      code: 'irreversible',
      message: 'migration 20260101000000_step is irreversible: rows were merged',
    });
    expect(await rows("select to_regclass('b')::text as b")).toEqual([{ b: 'b' }]);
  });
});

const losses: [string, string, string, string | undefined][] = [
  ['a table with rows', 'insert into t (id) values (1)', 'drop table t', 'table public.t has rows'],
  [
    'a table with rows, in a DO block',
    'insert into t (id) values (1)',
    "do $$ begin execute 'drop table t'; end $$",
    'table public.t has rows',
  ],
  [
    'a table with rows behind forced row security',
    'insert into guarded values (1)',
    'drop table guarded',
    'table public.guarded has rows',
  ],
  [
    'a column with values',
    "insert into t values (1, 'x')",
    'alter table t drop column note',
    'column note of public.t has values',
  ],
  ['the rows of a table', 'insert into t (id) values (1)', 'truncate t', 'table public.t has rows'],
  ['some rows', 'insert into t (id) values (1), (2)', 'delete from t where id = 2', 'rows of public.t'],
  ['a partition with rows', 'insert into p values (1)', 'drop table p', 'table public.p1 has rows'],
  ['an empty table', '', 'drop table t', undefined],
  ['a table whose rows are gone', 'insert into t (id) values (1); delete from t', 'drop table t', undefined],
  ['a column without values', 'insert into t (id) values (1)', 'alter table t drop column note', undefined],
  ['a renamed column', "insert into t values (1, 'x')", 'alter table t rename note to remark', undefined],
  ['a rewritten table', "insert into t values (1, 'x')", 'alter table t alter note type char(9)', undefined],
  ['a computed column', 'insert into t (id) values (1)', 'alter table t drop column twice', undefined],
];
const schema = `create table t (id int, note text, twice int generated always as (id * 2) stored);
  create table guarded (id int); alter table guarded enable row level security; alter table guarded force row level security;
  create policy nobody on guarded for select using (false); create policy anybody on guarded for insert with check (true);
  create table p (id int) partition by range (id); create table p1 partition of p default;`;

test.each(losses)('data: %s', async (_what, fill, down, lost) => {
  await withPlace([{ up: schema, down }], async ({ url, dir, up, rows }) => {
    await up();
    if (fill !== '') await rows(fill);
    if (lost === undefined) {
      expect((await migrateDown({ url, dir })).rolledBack).toHaveLength(1);
      return;
    }
    const count = `select (select count(*) from t) + (select count(*) from p) as n, (select relforcerowsecurity from pg_class where relname = 'guarded') as forced`;
    const before = await rows(count);
    await expect(migrateDown({ url, dir })).rejects.toMatchObject({
      code: 'data_loss',
      message: `rolling back 20260101000000_step would lose data: ${lost}`,
    });
    expect(await rows(count)).toEqual(before);
    expect((await migrateDown({ url, dir, allowDataLoss: true })).rolledBack).toHaveLength(1);
  });
});

test('a failing down.sql changes nothing and leaves its event', async () => {
  await withPlace(
    [{ up: 'create table a ()', down: 'drop table a;\nselect 1/0' }],
    async ({ url, dir, up, rows }) => {
      await up();
      await expect(migrateDown({ url, dir })).rejects.toMatchObject({
        code: 'migration_failed',
        sqlstate: '22012',
        line: 2,
      });
      expect(await rows("select to_regclass('a')::text as a")).toEqual([{ a: 'a' }]);
      expect(
        await rows("select direction, statement from plinth_migrate.migration_events where action = 'fail'"),
      ).toEqual([{ direction: 'down', statement: 2 }]);
    },
  );
});

test('to goes up or down, until the named migration is the newest', async () => {
  await withPlace([...two, { up: 'create table c ()', down: 'drop table c' }], async ({ url, dir }) => {
    expect((await migrateTo({ url, dir, to: '20260101000001' })).applied).toHaveLength(2);
    expect((await migrateTo({ url, dir, to: '20260101000002' })).applied).toHaveLength(1);
    expect((await migrateTo({ url, dir, to: '20260101000000' })).rolledBack).toHaveLength(2);
    expect(await migrateTo({ url, dir, to: '20260101000000' })).toEqual({
      applied: [],
      planned: [],
      rolledBack: [],
    });
  });
});
