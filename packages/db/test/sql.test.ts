import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, DatabaseError } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

describe.each([15, 18] as const)('hand-written SQL on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let db: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    db = await testDatabase.open();
  });
  afterAll(() => testDatabase.drop());

  const failure = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DatabaseError);
    return error as DatabaseError;
  };

  test('query returns any number of rows', async () => {
    expect(await db.query('select n from generate_series(1, $1::int) n', [3])).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    expect(await db.query('select 1 where false')).toEqual([]);
  });

  test('one returns exactly one row and refuses none or several', async () => {
    expect(await db.one('select $1::text as name', ['x'])).toEqual({ name: 'x' });
    expect((await failure(db.one('select 1 where false'))).code).toBe('not_found');
    expect((await failure(db.one('select generate_series(1, 2)'))).code).toBe('internal');
  });

  test('oneOrNone returns one row or null and refuses several', async () => {
    expect(await db.oneOrNone('select 1 as n')).toEqual({ n: 1 });
    expect(await db.oneOrNone('select 1 where false')).toBeNull();
    expect((await failure(db.oneOrNone('select generate_series(1, 2)'))).code).toBe('internal');
  });

  test('many refuses an empty result', async () => {
    expect(await db.many('select 1 as n')).toEqual([{ n: 1 }]);
    expect((await failure(db.many('select 1 where false'))).code).toBe('not_found');
  });

  test('none returns the number of rows it touched', async () => {
    expect(await db.none("insert into health_check (source) values ('a'), ('b')")).toBe(2);
    expect(await db.none("delete from health_check where source in ('a', 'b')")).toBe(2);
  });

  test('tx commits what succeeds and rolls back what throws', async () => {
    await db.tx((sql) => sql.none("insert into health_check (source) values ('kept')"));
    const thrown = new Error('stop');
    await expect(
      db.tx(async (sql) => {
        await sql.none("insert into health_check (source) values ('dropped')");
        throw thrown;
      }),
    ).rejects.toBe(thrown);
    expect(await db.query("select source from health_check where source in ('kept', 'dropped')")).toEqual([
      { source: 'kept' },
    ]);
  });

  test('a parameter is never read as SQL', async () => {
    const hostile = "'; drop table users; --";
    expect(await db.one('select $1::text as value', [hostile])).toEqual({ value: hostile });
    expect(await db.one("select to_regclass('public.users') is not null as there")).toEqual({ there: true });
  });

  test('a text becomes one named prepared statement per connection', async () => {
    await db.tx(async (sql) => {
      await sql.query('select $1::int as prepared_once', [1]);
      await sql.query('select $1::int as prepared_once', [2]);
      const prepared = await sql.query(
        "select name from pg_prepared_statements where statement like '%prepared_once%' and statement not like '%pg_prepared%'",
      );
      expect(prepared).toHaveLength(1);
    });
  });

  test('colliding serializable transfers all succeed and keep the sum', async () => {
    await db.none(
      "insert into health_check (source, writes) select 'account-' || n, 100 from generate_series(1, 4) n",
    );
    const transfer = (from: number, to: number) =>
      db.withTransaction(
        async (tx) => {
          const source = await tx.healthCheck.findUniqueOrThrow({ where: { source: `account-${from}` } });
          await tx.healthCheck.update({
            where: { source: source.source },
            data: { writes: source.writes - 1n },
          });
          await tx.healthCheck.update({
            where: { source: `account-${to}` },
            data: { writes: { increment: 1n } },
          });
        },
        { isolationLevel: 'Serializable', retries: 50 },
      );
    await Promise.all(Array.from({ length: 20 }, (_, n) => transfer((n % 4) + 1, ((n + 1) % 4) + 1)));
    expect(
      await db.one("select sum(writes)::int as total from health_check where source like 'account-%'"),
    ).toEqual({ total: 400 });
  });
});
