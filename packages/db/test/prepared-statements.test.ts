import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { businesses, type Database, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

describe.each([15, 18] as const)('prepared statements on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let db: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    db = await testDatabase.open('app', { DB_POOL_MAX: '1' });
    await alter(
      'create table things (id int primary key, size int); grant all on things to plinth_app; insert into things values (1, 7), (2, null)',
    );
  });
  afterAll(() => testDatabase.drop());

  const alter = (text: string) => withClient(testDatabase.url('admin'), (client) => client.query(text));
  const read = (id: number) => db.query('select id, size from things where id >= $1 order by id', [id]);

  test('answer the same rows at their first run and at every later one', async () => {
    const rows = [
      { id: 1, size: 7 },
      { id: 2, size: null },
    ];
    for (let run = 0; run < 3; run++) expect(await read(1)).toEqual(rows);
    expect(await read(3)).toEqual([]);
    expect(await read(2)).toEqual(rows.slice(1));
  });

  test('count the rows they touch, with and without returning some', async () => {
    const touch = () => db.none('update things set size = size where id > $1', [0]);
    expect([await touch(), await touch()]).toEqual([2, 2]);
    const touched = () => db.query('update things set size = size where id = $1 returning id', [1]);
    expect([await touched(), await touched()]).toEqual([[{ id: 1 }], [{ id: 1 }]]);
  });

  test('sent without waiting for each other answer each its own rows', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => (index % 2) + 1);
    const answers = await db.tx((sql) =>
      Promise.all(ids.map((id) => sql.one<{ id: number }>('select id from things where id = $1', [id]))),
    );
    expect(answers.map(({ id }) => id)).toEqual(ids);
  });

  test('are not made of searches, of which one plan cannot serve all texts', async () => {
    await businesses.create(db, { legalName: 'Acme Limited', registrationNumber: 'R1', country: 'DE' });
    const found: number[] = [];
    for (const text of ['Acme', 'nothing like it']) {
      // PostgreSQL makes the plan for all texts at the sixth run, if the statement has a name.
      for (let run = 0; run < 6; run++) {
        const { rows } = await businesses.list(db, { where: { legalName: { resembles: text } } });
        await businesses.list(db, { where: { legalName: { contains: text } } });
        found.push(rows.length);
      }
    }
    expect(found).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    const prepared = () =>
      db.query('select name from pg_prepared_statements where statement like $1', ['%from "businesses"%']);
    expect(await prepared()).toEqual([]);
    await businesses.list(db);
    expect(await prepared()).toHaveLength(1);
  });

  test('of a failed run answer the next run rightly', async () => {
    const divide = (by: number) => db.one<{ n: number }>('select 10 / $1::int as n', [by]);
    await expect(divide(0)).rejects.toMatchObject({ code: 'invalid_value' });
    expect(await divide(5)).toEqual({ n: 2 });
    await expect(divide(0)).rejects.toMatchObject({ code: 'invalid_value' });
    expect(await divide(2)).toEqual({ n: 5 });
  });

  test('see a column in its new type after a migration, without an error', async () => {
    expect(await read(1)).toHaveLength(2);
    await alter('alter table things alter column size type text using size::text');
    expect(await read(1)).toEqual([
      { id: 1, size: '7' },
      { id: 2, size: null },
    ]);
  });

  test('in a transaction run again as a whole after a migration', async () => {
    const work = () =>
      db.tx(async (sql) => {
        await sql.none('insert into things values ($1, null) on conflict do nothing', [3]);
        return sql.query('select id, size from things where id = $1', [3]);
      });
    expect(await work()).toEqual([{ id: 3, size: null }]);
    await alter('alter table things alter column size type int using 9');
    expect(await work()).toEqual([{ id: 3, size: 9 }]);
  });

  test('that somebody deallocated are prepared anew', async () => {
    expect(await read(3)).toEqual([{ id: 3, size: 9 }]);
    await db.query('deallocate all');
    expect(await read(3)).toEqual([{ id: 3, size: 9 }]);
  });
});
