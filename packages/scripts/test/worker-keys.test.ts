import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createFieldCipher, type Database, newRowId, parseFieldKeys } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { outcomeOf, plinth, startPlinth } from './plinth.js';

const [first, second] = [1, 2].map(() => randomBytes(32).toString('base64url'));
const userId = newRowId();
let testDatabase: TestDatabase;
let app: Database;
let env: Record<string, string>;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  app = await testDatabase.open('app');
  env = {
    NODE_ENV: 'test',
    DATABASE_URL: testDatabase.url('app'),
    WORKER_DATABASE_URL: testDatabase.url('worker'),
    MIGRATE_DATABASE_URL: testDatabase.url('migrator'),
    FIELD_KEYS: `1:${first}`,
  };
  const old = createFieldCipher(parseFieldKeys(`1:${first}`));
  await app.none(
    `insert into users (id, email, full_name, totp_secret_enc) values ($1, 'k@example.com', 'K', $2)`,
    [userId, old.encryptField('users', 'totpSecretEnc', userId, 'canary-totp')],
  );
});
afterAll(() => testDatabase.drop());

test('keys rotate moves every row to the first key, and keys status says so', async () => {
  const before = await plinth(['keys', 'status', '--json'], env);
  expect([before.code, JSON.parse(before.stdout)]).toEqual([
    0,
    {
      activeKeyId: 1,
      keyIds: [1],
      uses: [{ table: 'users', column: 'totp_secret_enc', keyId: 1, rows: 1, known: true }],
    },
  ]);
  const both = { ...env, FIELD_KEYS: `2:${second},1:${first}` };
  const rotated = await plinth(['keys', 'rotate', '--json'], both);
  expect([rotated.code, JSON.parse(rotated.stdout)]).toEqual([
    0,
    { activeKeyId: 2, rotated: 1, overtaken: 0, failed: [], remaining: 0 },
  ]);
  expect((await plinth(['keys', 'status'], { ...env, FIELD_KEYS: `2:${second}` })).stdout).toMatch(
    /users\.totp_secret_enc\s+2\s+1\s+active/,
  );
  // The first key alone reads nothing any more: named, and left as it is.
  const missing = await plinth(['keys', 'status'], env);
  expect([missing.code, missing.stdout]).toEqual([12, expect.stringContaining('MISSING')]);
  const stuck = await plinth(['keys', 'rotate'], env);
  expect([stuck.code, stuck.stderr]).toEqual([
    13,
    expect.stringContaining(`row ${userId}: field_key_unknown`),
  ]);
  for (const { stdout, stderr } of [before, rotated, missing, stuck]) {
    for (const secret of [first, second, 'canary-totp']) expect(stdout + stderr).not.toContain(secret);
  }
});

test.each(['keys status', 'keys rotate', 'worker --once'])(
  '%s refuses production without FIELD_KEYS, and broken ones',
  async (command) => {
    const args = [...command.split(' '), '--json'];
    const without = await plinth(args, { ...env, FIELD_KEYS: '', NODE_ENV: 'production', DB_SSL: 'disable' });
    expect([without.code, JSON.parse(without.stdout).error.message]).toEqual([
      2,
      expect.stringContaining('FIELD_KEYS'),
    ]);
    const broken = await plinth(args, { ...env, FIELD_KEYS: `1:${first}x` });
    expect([broken.code, JSON.parse(broken.stdout).error.code]).toEqual([12, 'field_keys_invalid']);
    expect(broken.stdout + broken.stderr).not.toContain(first);
  },
);

test('worker --once runs what is due and answers counts', async () => {
  await app.query(`select plinth.enqueue_job('collect-metrics', '{}')`);
  const { code, stdout } = await plinth(['worker', '--once', '--json'], env);
  expect([code, JSON.parse(stdout)]).toEqual([0, { succeeded: 1, failed: 0, dead: 0 }]);
});

test('worker runs until SIGTERM, then answers counts and ends with 143', async () => {
  const child = startPlinth(['worker', '--json', '--concurrency', '2'], env);
  const outcome = outcomeOf(child);
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('worker runs')) resolve();
    });
    child.once('exit', () => reject(new Error(said)));
  });
  await app.query(`select plinth.enqueue_job('collect-metrics', '{}')`);
  const admin = await testDatabase.open('admin');
  while ((await admin.query('select from graphile_worker.jobs')).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await outcome;
  expect([code, JSON.parse(stdout)]).toEqual([143, { succeeded: 1, failed: 0, dead: 0 }]);
  expect(stderr).toContain('worker stopped: jobs done: 1');
  // One line per job would bury what matters; LOG_LEVEL=debug has them.
  expect(stderr).not.toContain('with success');
});

test('as the application role the worker is refused, with the command that names the missing setting', async () => {
  const { code, stdout } = await plinth(['worker', '--once', '--json'], { ...env, WORKER_DATABASE_URL: '' });
  const fix = expect.stringContaining('plinth validate');
  expect([code, JSON.parse(stdout).error]).toMatchObject([1, { code: 'permission', fix }]);
});
