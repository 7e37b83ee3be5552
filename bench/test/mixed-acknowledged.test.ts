import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { artistIdOf, blockId, loadBlocks, userId } from '../harness/block-rows.js';
import { businessId, loadBusinesses } from '../harness/business-rows.js';
import {
  type Acknowledged,
  createAcknowledged,
  missingWrites,
  removeMade,
  sizesOf,
} from '../harness/mixed/acknowledged.js';

let database: TestDatabase;
let url: string;
beforeAll(async () => {
  database = await createTestDatabase();
  url = database.url('admin');
  await loadBlocks(url, { users: 10, perUser: 2 }, () => {});
  await loadBusinesses(url, 20, () => {});
});
afterAll(() => database.drop());

const run = (text: string, values: unknown[] = []) =>
  withClient(url, async (client) => {
    await client.query('set session_replication_role = replica');
    return (await client.query(text, values)).rows;
  });
const [madeBlock, madeBusiness] = [blockId(900), businessId(900)];

let acknowledged: Acknowledged;
beforeEach(async () => {
  await removeMade(url);
  acknowledged = createAcknowledged();
  const artistId = artistIdOf(2);
  await run('insert into user_artist_blocks (id, user_id, artist_id, created_by) values ($1, $2, $3, $2)', [
    madeBlock,
    userId(1),
    artistId,
  ]);
  await run(
    "insert into businesses (id, legal_name, registration_number, country, created_by) values ($1, 'New', 'new-1', 'DE', $2)",
    [madeBusiness, userId(1)],
  );
  await run("update businesses set city = 'Leeds', version = 2 where id = $1", [businessId(3)]);
  await run("update users set full_name = 'User 77', version = 2 where id = $1", [userId(1)]);
  acknowledged.blocks.set(madeBlock, { userId: userId(1), artistId });
  acknowledged.deletedBlocks.add(blockId(901));
  acknowledged.businesses.set(madeBusiness, { registrationNumber: 'new-1' });
  acknowledged.changedBusinesses.set(businessId(3), { version: 2, city: 'Leeds' });
  acknowledged.changedUsers.set(userId(1), { version: 2, fullName: 'User 77' });
});

test('all that was answered is found', async () => {
  expect(await missingWrites(url, acknowledged)).toEqual([]);
  expect(sizesOf(acknowledged)).toEqual({
    blocks: 1,
    deletedBlocks: 1,
    businesses: 1,
    changedBusinesses: 1,
    changedUsers: 1,
  });
});

test.each([
  [
    'a block that is gone',
    `delete from user_artist_blocks where id = '${madeBlock}'`,
    'blocks made: 0 instead of 1',
  ],
  [
    'a block of somebody else',
    `update user_artist_blocks set user_id = '${userId(2)}' where id = '${madeBlock}'`,
    'blocks made: 0 instead of 1',
  ],
  [
    'a block made twice',
    `insert into user_artist_blocks (user_id, artist_id, created_by) values ('${userId(1)}', '${artistIdOf(3)}', '${userId(1)}')`,
    'blocks there that a request made: 2 instead of 1',
  ],
  [
    'a block that was deleted',
    `insert into user_artist_blocks (id, user_id, artist_id) values ('${blockId(901)}', '${userId(3)}', '${artistIdOf(3)}') on conflict do nothing`,
    'blocks there that were deleted: 1 instead of 0',
  ],
  [
    'a business that is gone',
    `delete from businesses where id = '${madeBusiness}'`,
    'businesses made: 0 instead of 1',
  ],
  [
    'a business with another city',
    `update businesses set city = 'Lyon' where id = '${businessId(3)}'`,
    'businesses changed: 0 instead of 1',
  ],
  [
    'a user changed once more than was answered',
    `update users set version = 3 where id = '${userId(1)}'`,
    'users changed: 0 instead of 1',
  ],
])('names %s', async (_what, change, message) => {
  await run(change);
  expect(await missingWrites(url, acknowledged)).toContain(message);
  await run('delete from user_artist_blocks where id = $1', [blockId(901)]);
});

test('what a run made can be removed, so that the generated rows serve again', async () => {
  await removeMade(url);
  const lines: string[] = [];
  await loadBlocks(url, { users: 10, perUser: 2 }, (line) => lines.push(line));
  await loadBusinesses(url, 20, (line) => lines.push(line));
  expect(lines).toEqual([]);
});

test('as many blocks of fewer users are not the same rows', async () => {
  const lines: string[] = [];
  await loadBlocks(url, { users: 5, perUser: 4 }, (line) => lines.push(line));
  expect(lines).toEqual(['loading 20 blocks of 5 users']);
  const [counts] = await run(
    'select count(*)::int as n, count(distinct (user_id, artist_id))::int as pairs from user_artist_blocks',
  );
  expect(counts).toEqual({ n: 20, pairs: 20 });
});
