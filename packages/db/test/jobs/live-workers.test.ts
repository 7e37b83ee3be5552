import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { holdLease } from '../../src/jobs/live-workers.js';

let testDatabase: TestDatabase;
let database: Database;
let admin: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await testDatabase.open('worker');
  admin = await testDatabase.open('admin');
});
afterAll(() => testDatabase.drop());

const quiet = { onError: () => {}, onReplaced: () => {} };

/** Whether somebody proves that this worker lives. */
const isHeld = async (id: string) =>
  !(
    await admin.one<{ free: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('plinth worker ' || $1, 0)) as free`,
      [id],
    )
  ).free;
/** Ends the connections of all who prove it, in this database. */
const TERMINATE = `
select pg_terminate_backend(pid) from pg_locks
 where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`;
const until = async (wanted: boolean, id: string) => {
  while ((await isHeld(id)) !== wanted) await new Promise((resolve) => setTimeout(resolve, 20));
};

test('a lease is held until it is released, and taken again when its connection is lost', async () => {
  const lease = holdLease(database, 'one', quiet);
  await until(true, 'one');
  await admin.query(TERMINATE);
  await until(true, 'one');
  await lease.release();
  await until(false, 'one');
});

test('a lease that is released while it is being taken again is not held by anybody afterwards', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let connects = 0;
  const slow = {
    pool: {
      async connect() {
        connects++;
        if (connects > 1) await gate;
        return await database.pool.connect();
      },
    },
  };
  const lease = holdLease(slow, 'two', quiet);
  await until(true, 'two');
  await admin.query(TERMINATE);
  while (connects < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  const released = lease.release();
  open();
  await released;
  // What would take it does so at once.
  for (let look = 0; look < 10; look++) {
    expect(await isHeld('two')).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(database.poolStatus().checked_out).toBe(0);
});

test('the loss of a lease is told once, however long the database stays away', async () => {
  let told = 0;
  let tries = 0;
  const away = {
    pool: {
      async connect(): Promise<never> {
        tries++;
        throw new Error('away');
      },
    },
  };
  const lease = holdLease(away, 'three', { ...quiet, onError: () => void told++ });
  while (tries < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(told).toBe(1);
  await lease.release();
});
