import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { artists, type Cursor, type Database, type Page } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { codeOf } from '../support/people.js';

describe.each([15, 18] as const)('paging on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let db: Database;
  const ROWS = 10_000;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    db = await testDatabase.open();
    const loader = await testDatabase.open('admin');
    await loader.none(
      `insert into artists (name, genres, created_at) select 'artist ' || n % 100, array['g' || n % 3], timestamptz '2026-01-01 00:00:00.123Z' from generate_series(1, $1::int) n`,
      [ROWS],
    );
  });
  afterAll(() => testDatabase.drop());

  async function readAll(sort: 'createdAt' | '-createdAt' | 'name' | '-id', limit: number, where = {}) {
    const seen: string[] = [];
    let after: Cursor | null = null;
    do {
      const page: Page<{ id: string }> = await artists.list(db, {
        sort,
        limit,
        after,
        where,
        select: ['id'],
      });
      seen.push(...page.rows.map(({ id }) => id));
      // As the API does: the cursor leaves the process as JSON and comes back.
      after = page.next && (JSON.parse(JSON.stringify(page.next)) as Cursor);
    } while (after !== null);
    return seen;
  }

  test('ten thousand rows of the same millisecond come back once each, forwards and backwards', async () => {
    const forwards = await readAll('createdAt', 200);
    expect(new Set(forwards).size).toBe(ROWS);
    expect(forwards).toHaveLength(ROWS);
    expect(await readAll('-createdAt', 173)).toEqual([...forwards].reverse());
    expect(await readAll('-id', 200)).toEqual([...forwards].sort().reverse());
  });

  test('a page size that divides the rows leaves no empty last page, and rows written meanwhile do not shift pages', async () => {
    const genres = { genres: { has: 'g1' } };
    const all = await readAll('name', 200, genres);
    expect(all).toHaveLength(await artists.count(db, genres));
    const first = await artists.list(db, { limit: 100, sort: 'createdAt' });
    const added = await artists.create(db, { name: 'artist 0' });
    const second = await artists.list(db, { limit: 100, sort: 'createdAt', after: first.next });
    expect(second.rows[0]?.id).not.toBe(first.rows[99]?.id);
    expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(200);
    await artists.delete(db, added.id);
    const last = await artists.list(db, { where: { name: ['artist 1', 'artist 2'] }, limit: 200 });
    expect([last.rows.length, last.next]).toEqual([200, null]);
  });

  test('conditions: ranges, text anywhere with its % and _ taken literally, one of, elements of arrays', async () => {
    await artists.createMany(db, [{ name: '100%_sure' }, { name: '100 or so' }]);
    expect(
      (await artists.list(db, { where: { name: { contains: '0%_S' } } })).rows.map(({ name }) => name),
    ).toEqual(['100%_sure']);
    expect(await artists.count(db, { name: ['100%_sure', '100 or so'] })).toBe(2);
    expect(
      await artists.count(db, {
        createdAt: { gt: new Date('2026-01-01T00:00:00.123Z') },
        name: { gte: '100', lt: '101' },
      }),
    ).toBe(2);
    expect(await artists.count(db, { createdAt: new Date('2026-01-01T00:00:00.123Z') })).toBe(ROWS);
  });

  test('limits outside 1 to 200 and a cursor of another order are refused', async () => {
    for (const limit of [0, 201, 1.5, Number.NaN, 1e9])
      expect(await codeOf(artists.list(db, { limit }))).toBe('invalid_value');
    const { next } = await artists.list(db, { sort: 'createdAt', limit: 1 });
    expect(await codeOf(artists.list(db, { sort: 'name', after: next }))).toBe('invalid_value');
    expect(await codeOf(artists.list(db, { sort: '-createdAt', after: next }))).toBe('invalid_value');
  });

  test('a page is read through its index, never by sorting the table', async () => {
    const plan = await db.tx(async (sql) => {
      const [row] = await sql.query<{ 'QUERY PLAN': unknown }>(
        `explain (format json) select id from artists where true and (created_at, id) > ('2026-01-01', '00000000-0000-0000-0000-000000000000') order by created_at, id limit 21`,
      );
      return JSON.stringify(row);
    });
    expect(plan).toContain('artists_created_at_id_idx');
    expect(plan).not.toContain('"Sort"');
  });
});
