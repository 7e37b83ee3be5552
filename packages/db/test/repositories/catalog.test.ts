import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as plinth from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { columnOf, fieldsOf } from '../../src/repositories/columns.js';
import { describedTables } from '../../src/repositories/table.js';
import { topicStatements } from '../../src/repositories/topic-statement.js';

let testDatabase: TestDatabase;
let db: plinth.Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = await testDatabase.open('admin');
});
afterAll(() => testDatabase.drop());

test('every model of the schema has a repository over its own table', () => {
  expect(describedTables.map(({ definition }) => definition.model).sort()).toEqual(
    Object.keys(plinth.Prisma.ModelName).sort(),
  );
});

test('fields, JSON fields and tables under row security are those of the live catalog', async () => {
  for (const { definition } of describedTables) {
    const { model, table, json = [], owned = false } = definition;
    const columns = await db.many<{ column: string; type: string; secured: boolean }>(
      `select a.attname as column, format_type(a.atttypid, null) as type, c.relrowsecurity as secured
         from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.oid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
      [`public.${table}`],
    );
    expect({ table, columns: columns.map(({ column }) => column).sort() }).toEqual({
      table,
      columns: fieldsOf(model).map(columnOf).sort(),
    });
    const jsonColumns = columns.filter(({ type }) => type === 'jsonb').map(({ column }) => column);
    expect({ table, json: jsonColumns.sort() }).toEqual({
      table,
      json: (json as readonly string[]).map(columnOf).sort(),
    });
    expect({ table, owned: columns[0]?.secured }).toEqual({ table, owned });
  }
});

test('every order has an index that serves it, and every set of unique fields a unique index', async () => {
  for (const { definition, key } of describedTables) {
    const { table } = definition;
    const indexes = await db.many<{ columns: string[]; unique: boolean; partial: string | null }>(
      `select array(select pg_get_indexdef(i.indexrelid, k, true) from generate_series(1, i.indnkeyatts) k) as columns,
              i.indisunique as unique, pg_get_expr(i.indpred, i.indrelid) as partial
         from pg_index i where i.indrelid = $1::regclass`,
      [`public.${table}`],
    );
    for (const unique of definition.uniques ?? []) {
      const columns = unique.by.map(columnOf);
      const found = indexes.find(
        (index) =>
          index.unique &&
          index.columns.join() === columns.join() &&
          (index.partial === null) === (unique.where === undefined),
      );
      expect({ table, columns, found: found !== undefined }).toEqual({ table, columns, found: true });
    }
    for (const sort of definition.sorts as readonly string[]) {
      // An owner's or parent's rows come by an index led by that column; the order is its second part.
      const order = sort === key ? [columnOf(key)] : [columnOf(sort), columnOf(key)];
      const found = indexes.some(
        ({ columns }) => columns.join().endsWith(order.join()) || columns[0] === order[0],
      );
      expect({ table, order, found }).toEqual({ table, order, found: true });
    }
  }
});

test('every statement of every topic can be prepared against the migrated schema', async () => {
  expect(topicStatements.length).toBeGreaterThan(10);
  for (const [index, { operation, text }] of topicStatements.entries()) {
    await db
      .tx(async (sql) => {
        await sql.query(`prepare topic_${index} as ${text}`);
        await sql.query(`deallocate topic_${index}`);
      })
      .catch((error: Error) => {
        throw new Error(`${operation}: ${error.message}`);
      });
  }
});
