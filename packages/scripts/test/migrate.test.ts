import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MIGRATIONS_DIR } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { plinth } from './plinth.js';

let database: TestDatabase;
let dir: string;
const migrate = (...args: string[]) =>
  plinth(['migrate', ...args, ...(args[0] === 'history' ? [] : ['--dir', dir])], {
    DATABASE_URL: database.url('app'),
    MIGRATE_DATABASE_URL: database.url('migrator'),
  });
const json = async (...args: string[]) => {
  const { code, stdout } = await migrate(...args, '--json');
  return { code, answer: JSON.parse(stdout) };
};
const write = async (name: string, file: string, text: string) => {
  await mkdir(join(dir, name), { recursive: true });
  await writeFile(join(dir, name, file), text);
};

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  dir = await mkdtemp(join(tmpdir(), 'plinth-migrate-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await database.drop();
});

test('status, up, down, to and repair end with the exit codes of the contract', async () => {
  await write('20260101000000_a', 'migration.sql', 'create table a (id int);');
  await write('20260101000000_a', 'down.sql', 'drop table a;');
  await write('20260101000001_b', 'migration.sql', 'create table b ();');
  expect(await json('status')).toMatchObject({
    code: 3,
    answer: {
      migrations: [
        { name: '20260101000000_a', state: 'pending', hasDown: true, appliedAt: null, durationMs: null },
        {},
      ],
    },
  });
  // Exactly the contract's keys: programs may validate strictly.
  expect((await json('status')).answer.migrations.map(Object.keys)).toEqual(
    Array(2).fill(['name', 'state', 'checksum', 'hasDown', 'appliedAt', 'durationMs']),
  );
  const dry = await migrate('up', '--dry-run');
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('create table a (id int);') });
  expect(await json('up', '--to', 'a')).toMatchObject({
    code: 0,
    answer: { applied: [{ name: '20260101000000_a', statements: 1 }] },
  });
  expect(await json('to', 'b')).toMatchObject({
    code: 0,
    answer: { applied: [{ name: '20260101000001_b' }], rolledBack: [] },
  });
  expect(await json('status')).toMatchObject({ code: 0 });
  expect(await json('down')).toMatchObject({ code: 24, answer: { error: { code: 'irreversible' } } });
  await write('20260101000001_b', 'down.sql', 'drop table b;');
  expect(await json('down')).toMatchObject({
    code: 0,
    answer: { rolledBack: [{ name: '20260101000001_b' }] },
  });

  const admin = await database.open('admin');
  await admin.none('insert into a values (1)');
  expect(await json('down', '1')).toMatchObject({
    code: 24,
    answer: { error: { code: 'data_loss', fix: expect.stringContaining('--allow-data-loss') } },
  });

  await write('20260101000000_a', 'migration.sql', 'create table a (id bigint);');
  expect(await json('up')).toMatchObject({ code: 4, answer: { error: { code: 'history_diverged' } } });
  expect(await json('status')).toMatchObject({ code: 4 });
  expect(await json('repair', '--accept', 'a')).toMatchObject({ code: 2 });
  expect(await json('repair', '--accept', 'a', '--failed', 'a', '--why', 'x')).toMatchObject({
    code: 2,
    answer: { error: { code: 'usage' } },
  });
  expect(await json('repair', '--accept', 'a', '--why', 'test', '--who', 'ada')).toMatchObject({
    code: 0,
    answer: { after: 'applied' },
  });

  await write('20260101000002_c', 'migration.sql', 'vacuum;\nvacuum missing;');
  const failed = await migrate('up');
  expect(failed.code).toBe(6);
  expect(failed.stderr).toContain(
    '20260101000002_c/migration.sql:2:1 (statement 2 of 2): relation "missing" does not exist [42P01]',
  );
  expect(await json('status')).toMatchObject({ code: 6 });
  expect(await json('history', '--limit', '1')).toMatchObject({
    code: 0,
    answer: {
      events: [
        {
          action: 'fail',
          name: '20260101000002_c',
          outcome: 'failed',
          sqlstate: '42P01',
          statement: 2,
          line: 2,
        },
      ],
    },
  });

  const holder = await database.open('migrator', { DB_POOL_MAX: '1' });
  await holder.query('select pg_advisory_lock(72707369)');
  expect(await json('up', '--lock-wait', '100ms')).toMatchObject({
    code: 11,
    answer: { error: { code: 'locked' } },
  });
  await holder.close();
  expect(await json('up', '--lock-wait', 'soon')).toMatchObject({ code: 2 });
});

test('our own history goes up, all the way down and up again', async () => {
  const own = await createTestDatabase({ empty: true });
  await rm(dir, { recursive: true });
  await cp(MIGRATIONS_DIR, dir, { recursive: true });
  const run = async (...args: string[]) => {
    const { stdout, code } = await plinth(['migrate', ...args, '--dir', dir, '--json'], {
      DATABASE_URL: own.url('app'),
      MIGRATE_DATABASE_URL: own.url('migrator'),
    });
    return { code, answer: JSON.parse(stdout) };
  };
  const up = await run('up');
  expect(up.code).toBe(0);
  const down = await run('down', '99');
  expect(down).toMatchObject({ code: 0 });
  expect(down.answer.rolledBack).toHaveLength(up.answer.applied.length);
  const again = await run('up');
  expect(again.answer.applied).toHaveLength(up.answer.applied.length);
  expect(await run('status')).toMatchObject({ code: 0 });
  await own.drop();
});

test('a server that is not there is exit code 10', async () => {
  const url = 'postgresql://nobody:x@127.0.0.1:1/none';
  const { code, stderr } = await plinth(['migrate', 'status', '--dir', dir], { DATABASE_URL: url });
  expect([code, stderr]).toEqual([10, expect.stringMatching(/cannot be reached at 127\.0\.0\.1:1\n/)]);
  expect(stderr).not.toContain('nobody');
});
