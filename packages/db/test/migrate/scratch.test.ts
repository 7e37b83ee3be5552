import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { withScratchDatabase } from '../../src/migrate/scratch.js';
import { SOURCE_FLAGS } from '../../src/testing.js';

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ major, empty: true });
  });
  afterAll(() => database.drop());
  const url = () => database.url('migrator');
  const databases = () =>
    withClient(database.url('admin'), async (client) => {
      // Other tests of this server have scratch databases too: ours bear the number of our database.
      const { rows } = await client.query<{ datname: string }>(
        "select s.datname from pg_database s, pg_database m where m.datname = current_database() and s.datname like 'plinth\\_scratch\\_' || m.oid || '\\_%'",
      );
      return rows.map(({ datname }) => datname);
    });

  test('it is empty, belongs to the owner role, and has the privileges of the bootstrap', async () => {
    await withScratchDatabase(url(), async ({ client }) => {
      await client.query('create table people (id int)');
      const { rows } = await client.query(
        "select current_user as me, current_database() like 'plinth_scratch_%' as scratch, has_table_privilege('plinth_app', 'people', 'insert') as app, has_table_privilege('plinth_readonly', 'people', 'insert') as readonly, has_schema_privilege('public', 'public', 'create') as anybody",
      );
      expect(rows).toEqual([
        { me: 'plinth_owner', scratch: true, app: true, readonly: false, anybody: false },
      ]);
    });
  });

  test('it is gone afterwards, also when the work fails or leaves a session open', async () => {
    let name = '';
    const failing = withScratchDatabase(url(), async (scratch) => {
      name = scratch.name;
      await scratch.connect();
      expect(await databases()).toEqual([name]);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await databases()).toEqual([]);
  });

  test('what a killed process leaves is swept by the next one, and one in use is not', async () => {
    const child = fork(fileURLToPath(new URL('./scratch-holder.ts', import.meta.url)), [url()], {
      execArgv: [...SOURCE_FLAGS],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const [left] = (await once(child, 'message')) as [string];
    await withScratchDatabase(url(), async (scratch) => {
      expect((await databases()).sort()).toEqual([left, scratch.name].sort());
    });
    expect(await databases()).toEqual([left]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    // Its keeper's session ends when the server notices.
    for (let tries = 0; tries < 50 && (await databases()).includes(left); tries++) {
      await withScratchDatabase(url(), async () => {});
    }
    expect(await databases()).toEqual([]);
  });

  test('a role that may not create databases is told what to do', async () => {
    await expect(withScratchDatabase(database.url('app'), async () => {})).rejects.toMatchObject({
      code: 'no_scratch',
      fix: expect.stringMatching(/MIGRATE_DATABASE_URL/),
    });
  });
});
