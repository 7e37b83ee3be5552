import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectedRights, formatRights, RIGHTS_FILE, readRights, withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

describe.each([15, 18] as const)('the rights of a migrated database on PostgreSQL %i', (major) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase({ major });
  });
  afterAll(() => db.drop());

  /** As the admin, with these changes made. */
  const read = (...changes: string[]) =>
    withClient(db.url('admin'), async (client) => {
      await client.query('begin');
      for (const change of changes) await client.query(change);
      await client.query("set local search_path to ''");
      const rights = await readRights(async (text) => (await client.query(text)).rows);
      await client.query('rollback');
      return rights;
    });

  test('packages/db/prisma/rights.sql is what `pnpm docs:schema` writes now', async () => {
    const rights = await read();
    expect(await readFile(RIGHTS_FILE, 'utf8')).toBe(formatRights(rights));
    expect(await expectedRights()).toEqual(rights);
  });

  test('each line is the statement that makes it: all taken away and run again, all are there', async () => {
    const rights = await read();
    const undo = rights.map((right) =>
      right
        .replace(/^GRANT (.*) TO (\w+)$/, 'REVOKE $1 FROM $2')
        .replace(/^ALTER TABLE (\S+) ENABLE/, 'ALTER TABLE $1 DISABLE')
        .replace(/^ALTER TABLE (\S+) FORCE/, 'ALTER TABLE $1 NO FORCE')
        .replace(/^CREATE POLICY (\S+ ON \S+) .*$/, 'DROP POLICY $1'),
    );
    expect(await read(...undo)).toEqual([]);
    expect(await read(...undo, ...rights)).toEqual(rights);
  });
});
