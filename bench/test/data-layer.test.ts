import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { ownerRowsCase } from '../cases/owner-rows.js';
import { pageCase } from '../cases/page.js';
import { writesCase } from '../cases/writes.js';
import type { BenchCase } from '../harness/bench-case.js';
import { openBenchDatabase } from '../harness/database.js';
import { assertEqualSides, measure } from '../harness/measure.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
// Fails where a side left a connection open.
afterAll(() => database.drop());

/** What all sides of a case agree on; each of them has also done its work with 32 callers. */
async function answerOf(bench: BenchCase): Promise<Record<string, unknown>> {
  // Rows are loaded past triggers by the administrator, and read by the application under row security.
  const open = async () => {
    const opened = await openBenchDatabase('/', database.url('admin'), () => {});
    return { ...opened, config: { ...opened.config, url: database.url('app') } };
  };
  const context = { root: '/', quick: true, rows: 1500, env: {}, log: () => {}, openDatabase: open };
  const prepared = await bench.prepare(context);
  try {
    expect(prepared.sides).toHaveLength(3);
    const answer = await assertEqualSides(prepared.sides);
    const size = { name: '32 callers', callers: 32, operations: 100, warmups: 0, rounds: 1 };
    expect([...(await measure(prepared.sides, size)).values()].map((samples) => samples.length)).toEqual([
      1, 1, 1,
    ]);
    return answer as Record<string, unknown>;
  } finally {
    await prepared.close();
  }
}

test('all sides of page read the same pages of 20, and an empty one at the end', async () => {
  const { pages, last, poolSize } = await answerOf(pageCase);
  expect([(pages as unknown[][])[0]?.length, last, poolSize]).toEqual([20, [], 20]);
});

test('all sides of owner-rows read the same rows of their own, and nothing of others', async () => {
  const { found, foreign } = await answerOf(ownerRowsCase);
  expect((found as [unknown, unknown[]][])[0]?.[1]).toHaveLength(20);
  expect(foreign).toBeNull();
});

test('all sides of writes make the same change, and leave one row each in the audit log', async () => {
  expect(await answerOf(writesCase)).toMatchObject({ audited: 1, written: { city: 'Leeds', version: 2 } });
});

test('writes without their audit are not timed as audited ones', async () => {
  const admin = await database.open('admin');
  const { definition } = await admin.one<{ definition: string }>(
    "select pg_get_functiondef('audit.log_row'::regproc) as definition",
  );
  await admin.none(
    "create or replace function audit.log_row() returns trigger language plpgsql as 'begin return null; end'",
  );
  await expect(answerOf(writesCase)).rejects.toThrow('a change left 0 rows in the audit log');
  await admin.none(definition);
});
