import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { type DatabaseTime, openDatabaseTime } from '../harness/database-time.js';

let testDatabase: TestDatabase;
let time: DatabaseTime;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  time = await openDatabaseTime(testDatabase.url('admin'));
});
afterAll(async () => {
  await time.close();
  await testDatabase.drop();
});
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('counts what the server is busy with, of several connections together, and not what they are idle', async () => {
  await withClient(time.url, async (client) => {
    await client.query('select 1');
    const idle = time.busyMs();
    await sleep(200);
    expect(time.busyMs()).toBe(idle);
    const both = [
      client.query('select pg_sleep(0.3)'),
      withClient(time.url, (other) => other.query('select pg_sleep(0.3)')),
    ];
    await Promise.all(both);
    expect(time.busyMs() - idle).toBeGreaterThanOrEqual(590);
  });
});

test('knows the end of an answer that comes in many pieces, and of one that is an error', async () => {
  await withClient(time.url, async (client) => {
    const { rows } = await client.query("select repeat('Z', 1000) as text from generate_series(1, 20000)");
    expect(rows).toHaveLength(20_000);
    await expect(client.query('select nothing from nowhere')).rejects.toThrow('nowhere');
    // pg tells of the error before the answer has ended.
    await sleep(50);
    const idle = time.busyMs();
    await sleep(100);
    expect(time.busyMs()).toBe(idle);
  });
});
