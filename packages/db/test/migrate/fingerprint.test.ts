import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import pg from 'pg';
import { MIGRATIONS_DIR } from '../../src/initialize.js';
import {
  compareFingerprints,
  describeDifference,
  type Fingerprint,
  readFingerprint,
} from '../../src/migrate/fingerprint.js';
import { fingerprintQueries } from '../../src/migrate/fingerprint-queries.js';
import { readMigrationFolder } from '../../src/migrate/folder.js';
import { insertSampleRows } from '../../src/migrate/sample-rows.js';
import { runSample } from '../../src/migrate/sample-script.js';
import { BASE, PLANTS, PROPERTIES } from './catalog-plants.js';

test('a defect of every kind that a fingerprint holds is planted below', () => {
  const planted = new Set<string>(PLANTS.map(({ kind }) => kind));
  expect(Object.keys(fingerprintQueries).filter((kind) => !planted.has(kind))).toEqual([]);
});

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let client: pg.Client;
  let before: Fingerprint;

  beforeAll(async () => {
    database = await createTestDatabase({ major });
    client = new pg.Client({ connectionString: database.url('admin') });
    await client.connect();
    await client.query(BASE);
    for (const file of await readMigrationFolder(MIGRATIONS_DIR)) await runSample(client, file);
    await insertSampleRows(client);
    before = await readFingerprint(client);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** What a change of the schema is reported as; the change is undone. */
  const reportsOf = async (sql: string) => {
    await client.query('begin');
    try {
      await client.query(sql);
      return compareFingerprints(before, await readFingerprint(client));
    } finally {
      await client.query('rollback');
    }
  };

  test.each([...PLANTS, ...PROPERTIES].map((plant) => [plant.kind, plant.sql, plant.reports] as const))(
    'names exactly what differs: %s, %s',
    async (_kind, sql, reports) => {
      const found = await reportsOf(sql);
      const names = found.map(({ kind, name }) => `${kind} ${name}`).sort();
      expect(names).toEqual(reports.map((report) => report.replace('$me', 'postgres')).sort());
    },
  );

  test('tells an index that CREATE INDEX CONCURRENTLY left invalid from a valid one', async () => {
    await client.query('insert into shop.orders_log values (7), (7)');
    await expect(
      client.query('create unique index concurrently orders_log_id on shop.orders_log (id)'),
    ).rejects.toThrow();
    const [difference] = compareFingerprints(before, await readFingerprint(client));
    await client.query('drop index shop.orders_log_id');
    expect(difference).toMatchObject({ kind: 'index', name: 'shop.orders_log_id', before: null });
    expect(difference?.after).toMatch(/INVALID/);
  });

  test('both definitions are told', async () => {
    const [difference] = await reportsOf('alter table shop.customers alter note type varchar(50)');
    expect(difference).toMatchObject({ before: 'text', after: 'character varying(50)' });
    expect(difference && describeDifference(difference)).toBe(
      'column shop.customers.note: was "text", now "character varying(50)"',
    );
  });

  test.each([
    [
      'a partition of a declared parent',
      "create table shop.events_2027 partition of shop.events for values from ('2027-01-01') to ('2028-01-01')",
    ],
    ['a schema that a library owns', 'create table graphile_worker.later_jobs (id int)'],
    ["Prisma's history", 'alter table public._prisma_migrations add extra text'],
    [
      'the order of columns',
      'alter table shop.orders_log add second int; alter table shop.orders_log drop second',
    ],
    [
      'rows and sequence positions',
      "insert into shop.customers (email) values ('x@example.com'); select nextval('shop.invoice')",
    ],
  ])('leaves out %s', async (_what, sql) => {
    expect(await reportsOf(sql)).toEqual([]);
  });

  test('is the same for another role, whatever its search path', async () => {
    const other = new pg.Client({ connectionString: database.url('readonly') });
    await other.connect();
    await other.query('set search_path = shop, public');
    const found = await readFingerprint(other);
    const { rows } = await other.query('show search_path');
    await other.end();
    expect(compareFingerprints(before, found)).toEqual([]);
    expect(rows[0]).toEqual({ search_path: 'shop, public' });
  });

  test('takes less than 150 ms on our schema', async () => {
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      const startedAt = performance.now();
      await readFingerprint(client);
      times.push(performance.now() - startedAt);
    }
    expect(Math.min(...times)).toBeLessThan(150);
  });
});
