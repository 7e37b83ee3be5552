import { describe, expect, test } from '@jest/globals';
import { withClient } from '../../src/bootstrap.js';
import { migrateDown } from '../../src/migrate/rollback.js';
import { migrationStatus } from '../../src/migrate/status.js';
import { prismaRows, withPlace } from './runner.js';

const valid = `select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relname like 'i\\_%' order by 1`;
const table = { up: 'create table t (id int); insert into t values (1), (1), (2);', down: 'drop table t' };

describe.each([15, 18] as const)('on postgresql %i', (major) => {
  test('a unique index that cannot be built leaves no invalid index, keeps what was done, and resumes once mended', async () => {
    const sql = 'create table u ();\ncreate unique index concurrently i_id on t (id);\ncreate table v ();';
    await withPlace(
      [table, { up: sql }],
      async ({ up, rows, url, dir, lines }) => {
        await expect(up()).rejects.toMatchObject({
          code: 'migration_failed',
          sqlstate: '23505',
          statement: 2,
          line: 2,
        });
        expect(await rows(valid)).toEqual([]);
        expect(await rows("select to_regclass('u')::text as u, to_regclass('v') as v")).toEqual([
          { u: 'u', v: null },
        ]);
        expect(await rows(prismaRows)).toMatchObject([{ finished: true }, { finished: false, steps: 1 }]);
        expect((await migrationStatus({ url, dir })).migrations.at(-1)).toMatchObject({
          state: 'failed',
          steps: 1,
        });
        await rows('delete from t where id = 1');
        expect((await up({ dryRun: true })).planned).toMatchObject([{ done: 1, stepwise: true }]);
        expect((await up()).applied).toHaveLength(1);
        expect(lines).toContain('20260101000001_step: continuing after statement 1');
        expect(await rows(valid)).toEqual([{ name: 'i_id', valid: true }]);
        expect(await rows(prismaRows)).toMatchObject([{ finished: true }, { finished: true, steps: 3 }]);
      },
      major,
    );
  });

  test('an invalid index that an interrupted build left is dropped and built again, IF NOT EXISTS or not', async () => {
    const sql = 'create index concurrently if not exists i_id on t (id)';
    await withPlace(
      [table, { up: sql }],
      async ({ up, rows, database, lines }) => {
        await up({ to: '20260101000000' });
        await rows('create index i_id on t (id)');
        await withClient(database.url('admin'), (client) =>
          client.query("update pg_index set indisvalid = false where indexrelid = 'i_id'::regclass"),
        );
        await up();
        expect(await rows(valid)).toEqual([{ name: 'i_id', valid: true }]);
        expect(lines).toContain('dropped the invalid index public.i_id, left by an interrupted try');
      },
      major,
    );
  });

  test('every other statement that cannot run in a transaction runs too', async () => {
    const sql = `create index concurrently i_id on t (id); reindex (concurrently) table t; reindex index concurrently i_id; vacuum t;
      create table p (id int) partition by range (id); create table p1 partition of p default;
      alter table p detach partition p1 concurrently; drop index concurrently i_id; analyze t`;
    // A partition beside the default: DETACH CONCURRENTLY is refused with a default partition.
    const ranged = sql.replace('default', 'for values from (1) to (2)');
    await withPlace(
      [table, { up: ranged }],
      async ({ up, rows }) => {
        await up();
        expect(
          await rows("select to_regclass('i_id') as i, (select count(*)::int from pg_inherits) as n"),
        ).toEqual([{ i: null, n: 0 }]);
      },
      major,
    );
  });
});

test('a procedure that commits runs with the directive no-transaction, and says so without it', async () => {
  const body =
    "create procedure c() language plpgsql as 'begin create table x (); commit; create table y (); end';\ncall c();";
  await withPlace([{ up: body }], async ({ up, edit, rows }) => {
    await expect(up()).rejects.toMatchObject({
      sqlstate: '2D000',
      fix: expect.stringContaining('-- migrate: no-transaction'),
    });
    await edit(0, 'migration.sql', `-- migrate: no-transaction\n${body}`);
    await up();
    expect(await rows("select to_regclass('y')::text as y")).toEqual([{ y: 'y' }]);
  });
});

test('a resumed file may be edited after its done statements, not in them', async () => {
  const failing = 'create table u ();\nvacuum nothing;';
  await withPlace([{ up: failing }], async ({ up, edit, rows }) => {
    await expect(up()).rejects.toMatchObject({ sqlstate: '42P01', statement: 2 });
    await edit(0, 'migration.sql', 'create table w ();\nvacuum;');
    await expect(up()).rejects.toMatchObject({ code: 'history_failed' });
    await edit(0, 'migration.sql', 'create table u ();\nvacuum u;');
    await up();
    expect(await rows(prismaRows)).toMatchObject([{ finished: true, steps: 2 }]);
    expect((await up()).applied).toEqual([]);
  });
});

test('settings of a file hold after it was resumed', async () => {
  const sql =
    'create schema s; set search_path = s; create table inside (id int); create unique index concurrently i_x on inside (missing)';
  await withPlace([{ up: sql }], async ({ up, edit, rows }) => {
    await expect(up()).rejects.toMatchObject({ sqlstate: '42703', statement: 4 });
    await edit(0, 'migration.sql', sql.replace('missing', 'id'));
    await up();
    expect(await rows("select to_regclass('s.i_x')::text as i")).toEqual([{ i: 's.i_x' }]);
  });
});

test('a down.sql that runs step by step resumes too, and guards data in its transactional part', async () => {
  const down = 'drop index concurrently i_id;\ndrop table t;';
  await withPlace(
    [{ up: 'create table t (id int); create index concurrently i_id on t (id);', down }],
    async ({ up, url, dir, rows }) => {
      await up();
      await rows('insert into t values (1)');
      await expect(migrateDown({ url, dir })).rejects.toMatchObject({ code: 'data_loss' });
      expect(await rows("select to_regclass('i_id') as i, to_regclass('t')::text as t")).toEqual([
        { i: null, t: 't' },
      ]);
      await rows('delete from t');
      expect((await migrateDown({ url, dir })).rolledBack).toHaveLength(1);
      expect(await rows("select to_regclass('t') as t")).toEqual([{ t: null }]);
      expect((await up()).applied).toHaveLength(1);
    },
  );
});

test.each([
  ['create index concurrently on t (id)', 'without a name'],
  ['create table a (); rollback', 'ROLLBACK would undo'],
  ['discard all', 'would release the migration lock'],
  ["prepare transaction 'x'", 'two-phase'],
  ['copy t from stdin', 'has no data'],
  ['-- migrate: transaction=off\nselect 1', 'is no directive'],
])('%s is refused before anything runs', async (sql, message) => {
  await withPlace([{ up: 'create table t ()' }, { up: sql }], async ({ up, rows }) => {
    await expect(up()).rejects.toMatchObject({ message: expect.stringContaining(message) });
    expect(await rows("select to_regclass('t') as t")).toEqual([{ t: null }]);
  });
});
