import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { MIGRATIONS_DIR } from '../../src/initialize.js';
import { withScratchDatabase } from '../../src/migrate/scratch.js';
import { type VerifyReport, verifyMigrations } from '../../src/migrate/verify.js';
import { BASE, PLANTS } from './catalog-plants.js';
import { nameOf, type WrittenMigration, withHistory } from './history-folder.js';

/** Those of this database: their names hold its oid. Other files' are on the same server meanwhile. */
const scratchDatabases = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query(
      `select datname from pg_database where datname ^@ ('plinth_scratch_' ||
         (select oid from pg_database where datname = current_database()) || '_')`,
    );
    return rows;
  });

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ major, empty: true });
  });
  afterAll(() => database.drop());

  /** Judges the last one; those before it are only what it is tried on. */
  const verify = (
    migrations: readonly WrittenMigration[],
    role: 'admin' | 'migrator' = 'migrator',
  ): Promise<VerifyReport> =>
    withHistory(migrations, (migrationsDir) =>
      verifyMigrations({ url: database.url(role), migrationsDir, only: [nameOf(migrations.length - 1)] }),
    );
  const lastOf = (report: VerifyReport) => {
    const last = report.migrations.at(-1);
    if (last === undefined) throw new Error('nothing was verified');
    return last;
  };
  const namesOf = (report: VerifyReport) =>
    lastOf(report).differences.map(({ step, kind, name }) => `${step} ${kind} ${name}`);

  test('our own history goes up, down and up again without a difference', async () => {
    const report = await verifyMigrations({ url: database.url('migrator'), migrationsDir: MIGRATIONS_DIR });
    expect(report.migrations.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.migrations.length).toBeGreaterThan(8);
  });

  test('a down.sql that restores nothing is told object by object, whatever their kind', async () => {
    const base = {
      up: BASE,
      down: 'drop event trigger shop_ddl; drop schema shop cascade; drop extension citext',
    };
    for (const { sql, reports } of PLANTS.filter((plant) => !/drop extension|drop table/.test(plant.sql))) {
      const report = await verify([base, { up: sql, down: 'select 1' }], 'admin');
      const back = lastOf(report).differences.filter(({ step }) => step === 'down');
      expect({ sql, found: back.map(({ kind, name }) => `${kind} ${name}`).sort() }).toEqual({
        sql,
        found: reports.map((report) => report.replace('$me', 'postgres')).sort(),
      });
      expect(report.ok).toBe(false);
    }
  });

  const people = {
    up: 'create table people (id int primary key, name text not null, age int check (age > 17)); create table pets (id int primary key, owner int not null references people)',
    down: 'drop table pets; drop table people',
  };

  test.each([
    [
      'rows that down.sql deletes',
      'alter table people add nick text',
      'alter table people drop nick; delete from pets',
      ['down rows public.pets'],
    ],
    [
      'rows that down.sql adds',
      'alter table people add nick text',
      "alter table people drop nick; insert into people values (99, 'x', 18)",
      ['down rows public.people'],
    ],
    [
      'values that down.sql changes',
      'alter table people add nick text',
      "alter table people drop nick; update people set name = 'x'",
      ['down values public.people.name'],
    ],
    [
      'values that down.sql mixes up',
      'alter table people add nick text',
      'alter table people drop nick; update people p set name = (select name from people o where o.id <> p.id limit 1)',
      ['down rows public.people'],
    ],
    [
      'rows that migration.sql deletes',
      'delete from pets',
      'select 1',
      ['up rows public.pets', 'again rows public.pets'],
    ],
    [
      'values that migration.sql changes',
      "update people set name = 'x'",
      'select 1',
      ['up values public.people.name', 'down values public.people.name'],
    ],
    [
      'a rename that down.sql answers with drop and add',
      'alter table people rename name to full_name',
      "alter table people drop full_name; alter table people add name text not null default ''; alter table people alter name drop default",
      ['down values public.people.name'],
    ],
    [
      'digits that a narrower type loses on the way back',
      'alter table people alter name type varchar(3) using left(name, 3)',
      'alter table people alter name type text',
      ['down values public.people.name'],
    ],
  ])('the loss of data is named: %s', async (_what, up, down, names) => {
    expect(namesOf(await verify([people, { up, down }]))).toEqual(names);
  });

  test.each([
    [
      'a renamed column and table',
      'alter table people rename name to full_name; alter table pets rename to animals',
      'alter table animals rename to pets; alter table people rename full_name to name',
    ],
    [
      'a dropped column, which nothing can bring back',
      'alter table people drop age',
      'alter table people add age int check (age > 17)',
    ],
    [
      'a new table that holds rows when it is dropped',
      'create table notes (id int primary key, person int references people, body text)',
      'drop table notes',
    ],
    [
      'statements that run outside a transaction',
      'create index concurrently people_name on people (name)',
      'drop index concurrently people_name',
    ],
    [
      'an embedded transaction',
      'begin; alter table people add nick text; commit;',
      'alter table people drop nick',
    ],
  ])('a way back that works is no finding: %s', async (_what, up, down) => {
    const report = await verify([people, { up, down }]);
    expect(lastOf(report)).toMatchObject({ ok: true, differences: [], error: null });
  });

  test('a second migration.sql that makes something else than the first is told', async () => {
    const up =
      "do $$ begin if to_regclass('leftover') is null then create table leftover (); else create table other (); end if; end $$";
    const report = await verify([people, { up, down: 'select 1' }]);
    expect(namesOf(report)).toContain('again table public.other');
  });

  test('a declared difference passes with its reason, a declaration nothing comes of does not', async () => {
    const up =
      '-- verify-ignore values public.people.name: names are trimmed for good\nupdate people set name = upper(name)';
    const declared = await verify([people, { up, down: 'select 1' }]);
    expect(lastOf(declared)).toMatchObject({ ok: true, differences: [] });
    expect(lastOf(declared).waived[0]).toMatchObject({
      name: 'public.people.name',
      reason: 'names are trimmed for good',
    });
    const idle = await verify([
      people,
      { up: '-- verify-ignore table public.people: no reason at all\nselect 1', down: 'select 1' },
    ]);
    expect(lastOf(idle)).toMatchObject({ ok: false, unusedWaivers: ['table public.people'] });
  });

  test('what cannot be run is named: no down.sql, a failing one, a failing migration', async () => {
    expect(lastOf(await verify([{ up: 'select 1' }])).error?.code).toBe('no_down');
    expect(lastOf(await verify([{ up: 'select 1', down: 'drop table nothing' }])).error?.message).toMatch(
      /down\.sql:1:.*"nothing" does not exist/,
    );
    expect(lastOf(await verify([{ up: 'select nothing', down: '' }])).error?.code).toBe('stuck');
    const oneWay = await verify([
      { up: 'create table t (id int)', down: '-- irreversible: it was promised' },
    ]);
    expect(lastOf(oneWay)).toMatchObject({ ok: true, irreversible: 'it was promised' });
  });

  test('a table that no sample can be guessed for takes its rows from sample.sql', async () => {
    const up =
      "create function ok(text) returns boolean language sql immutable as $$ select $1 = 'open sesame' $$; create table doors (word text not null check (ok(word)))";
    const down = 'drop table doors; drop function ok(text)';
    expect(lastOf(await verify([{ up, down }])).error).toMatchObject({
      code: 'no_sample_row',
      message: expect.stringMatching(/public\.doors/),
    });
    const given = await verify([
      { up, down, sample: "insert into doors values ('open sesame'), ('open sesame')" },
    ]);
    expect(lastOf(given)).toMatchObject({ ok: true, error: null });
  });

  test('no scratch database is left, also after a failure', async () => {
    expect(await scratchDatabases(database.url('admin'))).toEqual([]);
    await withScratchDatabase(database.url('migrator'), async () => {
      expect(await scratchDatabases(database.url('admin'))).toHaveLength(1);
    });
  });
});
