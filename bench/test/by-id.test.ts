import { expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestDatabase } from '@plinth/db/testing';
import { byIdCase } from '../cases/by-id.js';
import { openBenchDatabase } from '../harness/database.js';
import { assertEqualSides, measure } from '../harness/measure.js';

test('all sides of by-id read equal rows from equal pools, and what they time works at 32 callers', async () => {
  const database = await createTestDatabase();
  const url = database.url('admin');
  try {
    const prepared = await byIdCase.prepare({
      root: '/',
      quick: true,
      rows: 1500,
      env: {},
      log: () => {},
      openDatabase: () => openBenchDatabase('/', url, () => {}),
    });
    try {
      expect(prepared.sides.map(({ name }) => name)).toEqual([
        'plinth',
        'pg prepared',
        'prisma findUnique',
        'kysely compiled',
        'drizzle prepared',
      ]);
      const answer = await assertEqualSides(prepared.sides);
      expect(answer).toMatchObject({ poolSize: 20, absent: null });
      const found = (answer as { found: Record<string, unknown>[] }).found;
      expect(found).toHaveLength(50);
      expect(found[0]).toMatchObject({
        legalName: expect.stringMatching(/^Business .* Limited$/),
        version: 1,
      });
      const size = { name: '32 callers', callers: 32, operations: 200, warmups: 0, rounds: 1 };
      expect([...(await measure(prepared.sides, size)).values()].map((samples) => samples.length)).toEqual([
        1, 1, 1, 1, 1,
      ]);
      const rows = await withClient(url, (client) =>
        client.query('SELECT count(*)::int AS n FROM businesses'),
      );
      expect(rows.rows).toEqual([{ n: 1500 }]);
    } finally {
      await prepared.close();
    }
  } finally {
    // Fails where a side left a connection open.
    await database.drop();
  }
});
