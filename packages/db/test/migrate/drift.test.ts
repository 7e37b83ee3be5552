import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { acceptDrift, findDrift } from '../../src/migrate/drift.js';
import { migrateDown } from '../../src/migrate/rollback.js';
import { migrateUp } from '../../src/migrate/up.js';
import { nameOf, withHistory } from './history-folder.js';

const history = [
  { up: 'create table people (id int primary key, name text);', down: 'drop table people;' },
  { up: 'create view names as select name from people;', down: 'drop view names;' },
];

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ major, empty: true });
    await withHistory(history, (dir) => migrateUp({ url: database.url('migrator'), dir }));
  });
  afterAll(() => database.drop());
  const drift = (migrationsDir = 'none') => findDrift({ url: database.url('migrator'), migrationsDir });
  const run = (sql: string) => withClient(database.url('migrator'), (client) => client.query(sql));

  test('nothing has drifted right after an apply, and rows do not count', async () => {
    await run("insert into people values (1, 'x')");
    expect(await drift()).toMatchObject({ drifted: false, differences: [], since: { migration: nameOf(1) } });
  });

  // What Prisma's own diff cannot see, and what it can.
  test.each([
    [
      'alter table people add constraint named check (name is not null)',
      'alter table people drop constraint named',
      'constraint public.people.named',
    ],
    [
      "create function f() returns int language sql as 'select 1'",
      'drop function f()',
      'function public.f()',
    ],
    [
      'grant select on names to plinth_backup',
      'revoke select on names from plinth_backup',
      'grant table public.names to plinth_backup',
    ],
    [
      'alter table people enable row level security',
      'alter table people disable row level security',
      'row security public.people',
    ],
    [
      'create index by_name on people (name) where name is not null',
      'drop index by_name',
      'index public.by_name',
    ],
    [
      'alter table people add column age int',
      'alter table people drop column age',
      'column public.people.age',
    ],
  ])('%s is drift, and undoing it ends it', async (change, undo, name) => {
    await run(change);
    const found = await drift();
    await run(undo);
    expect(found.drifted).toBe(true);
    expect(found.differences.map((difference) => `${difference.kind} ${difference.name}`)).toContain(name);
    expect((await drift()).drifted).toBe(false);
  });

  test('a rollback stores the fingerprint of where it led', async () => {
    await withHistory(history, async (dir) => {
      const url = database.url('migrator');
      await migrateDown({ url, dir, steps: 1 });
      expect((await drift()).drifted).toBe(false);
      await migrateUp({ url, dir });
      expect((await drift()).drifted).toBe(false);
    });
  });

  test('accepted drift is the new state, with who and why in the history', async () => {
    await run('create index by_name on people (name)');
    await acceptDrift({
      url: database.url('migrator'),
      runner: { who: 'ada' },
      why: 'made by hand on Monday',
    });
    expect((await drift()).drifted).toBe(false);
    const events = await withClient(
      database.url('admin'),
      async (client) =>
        (
          await client.query(
            "select action, who, why from plinth_migrate.migration_events where action = 'repair'",
          )
        ).rows,
    );
    expect(events).toEqual([{ action: 'repair', who: 'ada', why: 'made by hand on Monday' }]);
  });

  test('what another tool applied since is compared with the files instead, and is no drift', async () => {
    const files = [...history, { up: 'create table pets (id int)', down: 'drop table pets' }];
    await withHistory(files, async (dir) => {
      await run('create table pets (id int); create index if not exists by_name on people (name)');
      await run(
        `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) values ('other', 'x', '${nameOf(2)}', now(), now(), 1)`,
      );
      expect(await drift(dir)).toMatchObject({
        drifted: true,
        differences: [{ kind: 'index', name: 'public.by_name', before: null }],
        since: { migration: nameOf(2), from: 'replayed' },
      });
      await run('drop index by_name');
      expect((await drift(dir)).drifted).toBe(false);
    });
    await expect(drift()).rejects.toMatchObject({
      code: 'no_fingerprint',
      message: expect.stringMatching(/the folder lacks .*_step/),
    });
    await run("delete from _prisma_migrations where id = 'other'; drop table pets");
  });

  test('without a history it says so', async () => {
    const empty = await createTestDatabase({ major, empty: true });
    const looking = findDrift({ url: empty.url('migrator'), migrationsDir: 'none' });
    await expect(looking).rejects.toMatchObject({ code: 'no_fingerprint' });
    await empty.drop();
  });
});
