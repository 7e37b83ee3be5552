import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { dropDatabase, initializeDatabase, parseDatabaseConfig, withClient } from '@plinth/db';
import { roleUrl, testServer } from '@plinth/db/testing';

const server = testServer();
const name = `plinth_init_${randomBytes(4).toString('hex')}`;
const options = () => ({
  config: parseDatabaseConfig({
    NODE_ENV: 'test',
    DATABASE_URL: roleUrl(server, 'app', name),
    DB_POOL_MIN: '1',
    DB_CONNECT_RETRIES: '1',
  }),
  adminUrl: roleUrl(server, 'admin', 'postgres'),
  migrateUrl: roleUrl(server, 'migrator', name),
  passwords: server.passwords,
});
const exists = () =>
  withClient(roleUrl(server, 'admin', 'postgres'), async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    return rowCount === 1;
  });

afterEach(() => dropDatabase(server.adminUrl, name).then(() => undefined));

test('makes a missing database ready, and does nothing to a ready one', async () => {
  const first = await initializeDatabase(options());
  expect(first.created).toBe(true);
  expect(first.applied.length).toBeGreaterThan(5);
  const second = await initializeDatabase(options());
  expect(second).toMatchObject({ created: false, applied: [], seededRows: 0 });
});

test('run three times at once it creates and deploys once', async () => {
  const results = await Promise.all([1, 2, 3].map(() => initializeDatabase(options())));
  expect(results.filter((result) => result.created)).toHaveLength(1);
  expect(results.filter((result) => result.applied.length > 0)).toHaveLength(1);
});

test('removes the database it created when a later step fails, and says so', async () => {
  const lines: string[] = [];
  const failing = initializeDatabase({
    ...options(),
    log: (line) => lines.push(line),
    seed: async () => {
      throw new Error('seed failed');
    },
  });
  await expect(failing).rejects.toThrow('seed failed');
  expect(await exists()).toBe(false);
  expect(lines.at(-1)).toBe(`removed database ${name} again, because initializing it failed`);
});

test('where it cannot remove the database either, the reason of the failure is not lost', async () => {
  const lines: string[] = [];
  const admin = roleUrl(server, 'admin', 'postgres');
  const markTemplate = (is: boolean) =>
    withClient(admin, (client) => client.query(`alter database ${name} is_template ${is}`));
  const failing = initializeDatabase({
    ...options(),
    log: (line) => lines.push(line),
    seed: async () => {
      await markTemplate(true);
      throw new Error('seed failed');
    },
  });
  await expect(failing).rejects.toThrow('seed failed');
  expect(lines.at(-1)).toBe(`initializing database ${name} failed, and it could not be removed again`);
  await markTemplate(false);
});

test('keeps a database that existed when a later step fails', async () => {
  await initializeDatabase(options());
  await expect(
    initializeDatabase({ ...options(), seed: () => Promise.reject(new Error('seed failed')) }),
  ).rejects.toThrow('seed failed');
  expect(await exists()).toBe(true);
});

test('an unreachable server is an error that names no credentials', async () => {
  const config = parseDatabaseConfig({
    DATABASE_URL: 'postgresql://u:s3cret@127.0.0.1:1/x',
    DB_CONNECT_RETRIES: '0',
  });
  await expect(initializeDatabase({ config })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.not.stringContaining('s3cret'),
  });
});
