import { describe, expect, test } from '@jest/globals';
import { withClient } from '../../src/bootstrap.js';
import { quoteIdentifier } from '../../src/sql.js';
import { prismaRows, withPlace } from './runner.js';

describe.each([15, 18] as const)('on postgresql %i', (major) => {
  test('each file and its row of _prisma_migrations are one transaction; a second run has nothing to do', async () => {
    await withPlace(
      [{ up: 'create table a (id int); insert into a values (1);' }, { up: 'create table b (id int)' }],
      async ({ up, rows }) => {
        const { applied } = await up();
        expect(applied.map(({ name }) => name)).toEqual(['20260101000000_step', '20260101000001_step']);
        expect(await rows(prismaRows)).toMatchObject([
          { name: '20260101000000_step', finished: true, back: false, steps: 1 },
          { name: '20260101000001_step', finished: true, back: false, steps: 1 },
        ]);
        expect((await up()).applied).toEqual([]);
        expect(await rows('select tableowner as owner from pg_tables where tablename = $$a$$')).toEqual([
          { owner: 'plinth_owner' },
        ]);
      },
      major,
    );
  });

  test('only the last commit of a run is waited for, whatever the files set: it makes all of them durable', async () => {
    const tellAtCommit = `create table told (id int, setting text);
      create function tell() returns trigger language plpgsql as $$
      begin update told set setting = current_setting('synchronous_commit') where id = new.id; return null; end $$;
      create constraint trigger told_at_commit after insert on told deferrable initially deferred for each row execute function tell();
      insert into told values (1);`;
    await withPlace(
      [
        { up: tellAtCommit },
        { up: 'insert into told values (2); set synchronous_commit = on' },
        { up: 'set synchronous_commit = off; insert into told values (3)' },
      ],
      async ({ up, rows, database }) => {
        // The servers of the tests wait for no commit.
        await withClient(database.url('admin'), (client) =>
          client.query(`alter database ${quoteIdentifier(database.name)} set synchronous_commit = 'on'`),
        );
        await up();
        expect(await rows('select id, setting from told order by id')).toEqual([
          { id: 1, setting: 'off' },
          { id: 2, setting: 'off' },
          { id: 3, setting: 'on' },
        ]);
      },
      major,
    );
  });

  test('a failing file leaves nothing but its event, and says where it failed in the words of the server', async () => {
    const sql =
      "create table é (id int);\n-- next\n  insert into\n\té values (1), ('ü', 2);\ncreate table c ();";
    await withPlace(
      [{ up: 'create table a ()' }, { up: sql }],
      async ({ up, rows }) => {
        const error = await up().catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({
          code: 'migration_failed',
          sqlstate: '42601',
          statement: 2,
          line: 4,
          column: 17,
        });
        expect((error as Error).message).toContain('VALUES lists must all be the same length');
        expect((error as Error).message).toContain(
          "   4 | \té values (1), ('ü', 2);\n     | \t               ^",
        );
        expect(await rows(prismaRows)).toMatchObject([{ name: '20260101000000_step' }]);
        expect(await rows("select to_regclass('é') as t")).toEqual([{ t: null }]);
        expect(
          await rows(
            'select action, name, outcome, sqlstate, statement, line from plinth_migrate.migration_events order by id',
          ),
        ).toEqual([
          {
            action: 'apply',
            name: '20260101000000_step',
            outcome: 'ok',
            sqlstate: null,
            statement: null,
            line: null,
          },
          {
            action: 'fail',
            name: '20260101000001_step',
            outcome: 'failed',
            sqlstate: '42601',
            statement: 2,
            line: 4,
          },
        ]);
      },
      major,
    );
  });

  test("the server's own advice is the fix, in words like ours", async () => {
    const up =
      'create table parents (id int primary key); create table children (id int references parents);\ndrop table parents;';
    await withPlace([{ up }], async ({ up: apply }) => {
      await expect(apply()).rejects.toMatchObject({
        code: 'migration_failed',
        message: expect.not.stringContaining('hint'),
        fix: 'use DROP ... CASCADE to drop the dependent objects too; then run it again: nothing that failed was kept',
      });
    });
  });

  test('a failure without a position names the statement', async () => {
    await withPlace(
      [
        {
          up: 'create table a (id int check (id > 0));\n\ninsert into a values (1);\ninsert into a values (0);',
        },
      ],
      async ({ up }) => {
        await expect(up()).rejects.toMatchObject({
          code: 'migration_failed',
          sqlstate: '23514',
          statement: 3,
          line: 4,
        });
      },
      major,
    );
  });

  test('a deferred constraint that fails at commit leaves nothing', async () => {
    const sql = `create table a (id int primary key);
      create table b (a int references a deferrable initially deferred); insert into b values (1);`;
    await withPlace(
      [{ up: sql }],
      async ({ up, rows }) => {
        await expect(up()).rejects.toMatchObject({ code: 'migration_failed', sqlstate: '23503' });
        expect(await rows("select to_regclass('a') as t")).toEqual([{ t: null }]);
        expect(await rows(prismaRows)).toEqual([]);
      },
      major,
    );
  });

  test('BEGIN and COMMIT inside a file do not end its transaction', async () => {
    const sql = 'BEGIN;\ncreate table a ();\nCOMMIT;\ncreate table b ();\nselect 1 / 0;';
    await withPlace(
      [{ up: sql }],
      async ({ up, rows, lines }) => {
        await expect(up()).rejects.toMatchObject({ sqlstate: '22012', line: 5, statement: 3 });
        expect(await rows("select to_regclass('a') as a, to_regclass('b') as b")).toEqual([
          { a: null, b: null },
        ]);
        expect(lines).toEqual([
          expect.stringContaining('migration.sql:1: BEGIN is ignored'),
          expect.stringContaining('migration.sql:3: COMMIT is ignored'),
        ]);
      },
      major,
    );
  });
});

test('what a file SETs does not reach the next one or the bookkeeping', async () => {
  const hostile =
    "set search_path = pg_catalog; set timezone = 'Asia/Tokyo'; set role none; select set_config('search_path', '', false);";
  await withPlace(
    [{ up: hostile }, { up: 'create table a (at timestamptz default now())' }],
    async ({ up, rows }) => {
      await up();
      expect(
        await rows("select tableowner as owner, schemaname as schema from pg_tables where tablename = 'a'"),
      ).toEqual([{ owner: 'plinth_owner', schema: 'public' }]);
    },
  );
});

test('--to stops after the migration it names, by name, stamp or what follows it', async () => {
  const migrations = ['one', 'two', 'three'].map((what, at) => ({
    name: `2026010100000${at}_${what}`,
    up: 'select 1',
  }));
  await withPlace(migrations, async ({ up }) => {
    expect((await up({ to: 'one' })).applied).toHaveLength(1);
    expect((await up({ to: '20260101000001' })).applied.map(({ name }) => name)).toEqual([
      '20260101000001_two',
    ]);
    await expect(up({ to: 'four' })).rejects.toMatchObject({ code: 'usage' });
    expect((await up({ to: '20260101000002_three' })).applied).toHaveLength(1);
  });
});

test('a dry run writes nothing, not even the tables of the runner, and says what would run', async () => {
  await withPlace(
    [{ up: 'create table a (); create table b ();' }, { up: 'create index concurrently i on a (x)' }],
    async ({ up, rows }) => {
      const { applied, planned } = await up({ dryRun: true });
      expect(applied).toEqual([]);
      expect(planned).toMatchObject([
        { name: '20260101000000_step', statements: 2, stepwise: false, done: 0 },
        { name: '20260101000001_step', statements: 1, stepwise: true, done: 0 },
      ]);
      expect(
        await rows(
          "select to_regclass('_prisma_migrations') as history, to_regnamespace('plinth_migrate') as events, to_regclass('a') as a",
        ),
      ).toEqual([{ history: null, events: null, a: null }]);
    },
  );
});

test('nothing runs when a later pending file has a syntax error', async () => {
  await withPlace(
    [{ up: 'create table a ()' }, { up: 'select 1;\n\ncreate tabel ü ();' }],
    async ({ up, rows }) => {
      await expect(up()).rejects.toMatchObject({
        code: 'migration_failed',
        sqlstate: '42601',
        line: 3,
        column: 8,
      });
      expect(await rows("select to_regclass('a') as a")).toEqual([{ a: null }]);
    },
  );
});

test('tables without a history are refused, as by prisma', async () => {
  await withPlace([{ up: 'create table a ()' }], async ({ up, rows }) => {
    await rows('create table there ()');
    await expect(up()).rejects.toMatchObject({
      code: 'history_diverged',
      message: expect.stringContaining('there'),
    });
  });
});

test('the history only grows, and the application reads all of it but the texts', async () => {
  await withPlace([{ up: "select 'secret'" }], async ({ up, rows, database }) => {
    await up({ runner: { appVersion: '1.2.3', gitSha: 'abc' } });
    for (const sql of ['update {} set name = name', 'delete from {}', 'truncate {}']) {
      await expect(rows(sql.replace('{}', 'plinth_migrate.migration_events'))).rejects.toMatchObject({
        sqlstate: '42501',
      });
    }
    const app = await database.open('app');
    expect(
      await app.one(
        'select app_version, git_sha, os_user is not null as who from plinth_migrate.migration_events',
      ),
    ).toEqual({
      app_version: '1.2.3',
      git_sha: 'abc',
      who: true,
    });
    await expect(app.query('select up_sql from plinth_migrate.migration_events')).rejects.toMatchObject({
      code: 'permission',
    });
    await expect(
      app.query("insert into plinth_migrate.migration_events (action) values ('apply')"),
    ).rejects.toMatchObject({
      code: 'permission',
    });
  });
});
