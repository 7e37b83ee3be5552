import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database, Sql } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { fillTables } from './fill-tables.js';

/** With `pnpm test:full` the number of rows that the issue states. */
const ROWS = process.env.PLINTH_FULL === '1' ? 100_000 : 10_000;

/** Tables that nobody lists: looked up by hash, key or source alone. */
const neverListed = [
  'email_verification_tokens',
  'health_check',
  'idempotency_keys',
  'password_reset_tokens',
  'token_blacklist',
];

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[] | undefined;
}

interface Order {
  table: string;
  index: string;
  columns: string[];
}

let testDatabase: TestDatabase;
let db: Database;
let tables: string[];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = await testDatabase.open('admin', { DB_STATEMENT_TIMEOUT_MS: '600000' });
  tables = await fillTables(db, ROWS);
}, 900_000);
afterAll(() => testDatabase.drop());

/** All nodes of the plan of a query, as the server would run it with its own settings. */
async function plan(sql: Sql, text: string): Promise<Plan[]> {
  const { explained } = await sql
    .one<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${text}`)
    .then((row) => ({ explained: row['QUERY PLAN'][0].Plan }));
  const flatten = (node: Plan): Plan[] => [node, ...(node.Plans ?? []).flatMap(flatten)];
  return flatten(explained);
}

const kinds = (nodes: Plan[]) => nodes.map((node) => node['Node Type']);

/** Whether the plan goes through an index of the wanted leading columns and reads no table as a whole. */
async function throughIndex(sql: Sql, nodes: Plan[], leading: string[]): Promise<boolean> {
  const used = nodes.map((node) => node['Index Name']).filter((name) => name !== undefined);
  if (used.length === 0 || kinds(nodes).includes('Seq Scan')) return false;
  const rows = await sql.query<{ columns: string[] }>(
    `select array(select a.attname::text from unnest(i.indkey) with ordinality k(attnum, at)
                    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by at) as columns
       from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = any($1::text[])`,
    [used],
  );
  return rows.some(
    ({ columns }) => columns.slice(0, leading.length).sort().join() === [...leading].sort().join(),
  );
}

/** Every btree index made for paging: its last column is id, the one before it the order. */
async function listOrders(): Promise<Order[]> {
  return await db.query<Order>(
    `select * from (
       select i.indrelid::regclass::text as "table", i.indexrelid::regclass::text as index,
              array(select a.attname::text from unnest(i.indkey) with ordinality k(attnum, at)
                      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by at) as columns
         from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
        where m.amname = 'btree' and not i.indisprimary and i.indpred is null) t
      where "table" = any($1::text[]) and cardinality(columns) > 1 and columns[cardinality(columns)] = 'id' order by 1, 2`,
    [tables],
  );
}

/** The page after one of the first rows of a list order, as the repositories ask for it. */
async function pageQuery({ table, columns }: Order, descending: boolean): Promise<string> {
  const texts = columns.map((column) => `"${column}"::text`).join(', ');
  const order = columns.slice(-2);
  const by = order.map((column) => `"${column}"${descending ? ' desc' : ''}`).join(', ');
  const row = await db.one<Record<string, string>>(
    `select ${texts} from ${table} order by ${by} offset 3 limit 1`,
  );
  const value = (column: string) => `'${row[column]}'`;
  const filters = columns.slice(0, -2).map((column) => `"${column}" = ${value(column)}`);
  const names = order.map((column) => `"${column}"`).join(', ');
  const after = `(${names}) ${descending ? '<' : '>'} (${order.map(value).join(', ')})`;
  return `select * from ${table} where ${[...filters, after].join(' and ')} order by ${by} limit 21`;
}

test('every foreign key has a full index that begins with its columns', async () => {
  const uncovered = await db.query(
    `select f.conrelid::regclass::text as "table", f.conname as key from pg_constraint f
      where f.contype = 'f' and not exists (
        select from pg_index i where i.indrelid = f.conrelid and i.indpred is null and i.indisvalid
           and (select array_agg(k order by k) from unnest((i.indkey::int2[])[0:cardinality(f.conkey) - 1]) k)
             = (select array_agg(k order by k) from unnest(f.conkey) k))`,
  );
  expect(uncovered).toEqual([]);
});

test('every table that is listed has an index for paging', async () => {
  const paged = new Set((await listOrders()).map(({ table }) => table));
  // The audit tables are paged by time: their primary keys hold it.
  const without = tables.filter((table) => !paged.has(table) && table !== 'audit.audit_seals');
  expect(without.sort()).toEqual(neverListed);
});

test('every list order is read from its index, without sorting, in both directions', async () => {
  const orders = await listOrders();
  expect(orders.length).toBeGreaterThan(35);
  const wrong: string[] = [];
  for (const order of orders) {
    for (const descending of [false, true]) {
      const nodes = await plan(db, await pageQuery(order, descending));
      const sorted = kinds(nodes).some((kind) => kind.includes('Sort') || kind.includes('Seq Scan'));
      if (sorted || !(await throughIndex(db, nodes, order.columns))) {
        wrong.push(`${order.index} ${descending ? 'desc' : 'asc'}: ${kinds(nodes).join(' > ')}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('every foreign-key look-up goes through an index', async () => {
  const keys = await db.query<{ table: string; key: string; columns: string[] }>(
    `select conrelid::regclass::text as "table", conname as key,
            array(select attname::text from pg_attribute where attrelid = conrelid and attnum = any(conkey)) as columns
       from pg_constraint where contype = 'f' order by 1, 2`,
  );
  expect(keys.length).toBeGreaterThan(25);
  const wrong: string[] = [];
  for (const { table, key, columns } of keys) {
    const row = await db.one<Record<string, string>>(
      `select ${columns.join(', ')} from ${table} order by id limit 1`,
    );
    const where = columns.map((column) => `"${column}" = '${row[column]}'`).join(' and ');
    const nodes = await plan(db, `select * from ${table} where ${where}`);
    if (!(await throughIndex(db, nodes, columns))) wrong.push(`${key}: ${kinds(nodes).join(' > ')}`);
  }
  expect(wrong).toEqual([]);
});

describe('searches and filters named by the documents', () => {
  test.each([
    [
      'artists by part of the name',
      `select id from artists where name ilike '%3f8a1c%'`,
      'artists_name_trgm_idx',
    ],
    [
      'artists by external id',
      `select id from artists where external_ids @> '{"key": "value 77"}'`,
      'artists_external_ids_idx',
    ],
    [
      'blocks by tag',
      `select id from user_artist_blocks where tags @> array['tags77']`,
      'user_artist_blocks_tags_idx',
    ],
    [
      'messages by part of the text',
      `select id from messages where body ilike '%3f8a1c%'`,
      'messages_body_trgm_idx',
    ],
    [
      'messages by word',
      `select id from messages where to_tsvector('simple', body) @@ plainto_tsquery('simple', 'c4ca4238a0b923820dcc509a6f75849b')`,
      'messages_body_fts_idx',
    ],
    [
      'businesses by part of the name',
      `select id from businesses where legal_name ilike '%3f8a1c%'`,
      'businesses_legal_name_trgm_idx',
    ],
    [
      'a user by e-mail',
      `select id from users where email = 'email c4ca4238a0b923820dcc509a6f75849b' and deleted_at is null`,
      'users_email_live_key',
    ],
    [
      'users by last sign-in',
      'select id from users order by last_login_at desc limit 20',
      'users_last_login_at_idx',
    ],
    [
      'users of a rare tier',
      `select count(*) from users where subscription_tier = 'enterprise'`,
      'users_subscription_tier_idx',
    ],
    [
      'deliveries that are due',
      `select id from webhook_events where status = 'failed' and next_attempt_at < now() - interval '1 year' limit 50`,
      'webhook_events_status_next_attempt_at_idx',
    ],
    [
      'tokens to purge',
      `select jti from token_blacklist where expires_at < date_trunc('month', now()) + interval '1 minute'`,
      'token_blacklist_expires_at_idx',
    ],
    [
      'audit by request',
      `select id from audit.audit_log where request_id = 'request_id x'`,
      'request_id_idx',
    ],
    [
      'audit by actor',
      `select id from audit.audit_log where actor_id = 'x' order by occurred_at limit 20`,
      'actor_id_occurred_at_idx',
    ],
    [
      'audit by entity',
      `select id from audit.audit_log where entity = 'users' and entity_id = 'x' order by occurred_at limit 20`,
      'entity_id_occurred_at_idx',
    ],
  ])('%s', async (_what, text, index) => {
    const nodes = await plan(db, text);
    expect(nodes.map((node) => node['Index Name']).filter((name) => name !== undefined)).toContainEqual(
      expect.stringContaining(index),
    );
    expect(kinds(nodes)).not.toContain('Seq Scan');
  });
});

test('without its index a list order and a look-up are found out', async () => {
  const order = (await listOrders()).find(
    ({ index }) => index === 'messages_conversation_id_created_at_id_idx',
  ) as Order;
  const text = await pageQuery(order, false);
  const before = await plan(db, text);
  expect(await throughIndex(db, before, order.columns)).toBe(true);
  const undo = new Error('undo');
  const dropped = db.tx(async (sql) => {
    await sql.query('drop index messages_conversation_id_created_at_id_idx');
    const page = await plan(sql, text);
    expect(await throughIndex(sql, page, order.columns)).toBe(false);
    const lookup = await plan(
      sql,
      `select * from messages where conversation_id = '00000000-0000-7000-8000-000000000001'`,
    );
    expect(await throughIndex(sql, lookup, ['conversation_id'])).toBe(false);
    throw undo;
  });
  await expect(dropped).rejects.toBe(undo);
});
