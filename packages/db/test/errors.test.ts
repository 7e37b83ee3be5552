import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Database,
  DatabaseError,
  openDatabase,
  parseDatabaseConfig,
  translateError,
  users,
} from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { withMigrationSession } from '../src/migrate/session.js';

/** A value that must never appear in anything that is logged or answered. */
const CANARY = 'canary-7f3a';
let testDatabase: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = await testDatabase.open('app', { DB_STATEMENT_TIMEOUT_MS: '300' });
});
afterAll(() => testDatabase.drop());

async function failure(promise: Promise<unknown>): Promise<DatabaseError> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => translateError(thrown),
  );
  expect(error).toBeInstanceOf(DatabaseError);
  const whole = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).stack);
  expect(whole).not.toContain(CANARY);
  return error as DatabaseError;
}

describe('the same failure has the same code through SQL and through Prisma', () => {
  test('conflict names the constraint', async () => {
    await db.none('insert into health_check (source) values ($1)', [CANARY]);
    const viaSql = await failure(db.none('insert into health_check (source) values ($1)', [CANARY]));
    const viaPrisma = await failure(db.prisma.healthCheck.create({ data: { source: CANARY } }));
    expect([viaSql.code, viaPrisma.code]).toEqual(['conflict', 'conflict']);
    expect(viaSql.constraint).toBe('health_check_pkey');
    expect(viaPrisma.constraint ?? viaPrisma.fields.join()).toMatch(/health_check_pkey|source/);
  });

  test('check violation', async () => {
    const viaSql = await failure(
      db.none("insert into users (email, full_name) values ($1, 'x')", [`UPPER-${CANARY}@EXAMPLE.COM`]),
    );
    const viaPrisma = await failure(
      db.prisma.user.create({ data: { email: `UPPER-${CANARY}@EXAMPLE.COM`, fullName: 'x' } }),
    );
    expect([viaSql.code, viaPrisma.code]).toEqual(['check_violation', 'check_violation']);
    expect(viaSql.constraint).toBe('users_email_check');
  });

  test('foreign key', async () => {
    const ownerId = '00000000-0000-7000-8000-000000000000';
    const viaSql = await failure(
      db.none('insert into campaigns (owner_id, title, goal_minor) values ($1, $2, 1)', [ownerId, CANARY]),
    );
    const viaPrisma = await failure(
      db.prisma.campaign.create({ data: { ownerId, title: CANARY, goalMinor: 1 } }),
    );
    expect([viaSql.code, viaPrisma.code]).toEqual(['foreign_key', 'foreign_key']);
  });

  test('not found', async () => {
    expect(
      (
        await failure(
          db.prisma.healthCheck.update({ where: { source: `${CANARY}-absent` }, data: { writes: 1n } }),
        )
      ).code,
    ).toBe('not_found');
  });

  test('invalid value, also a NUL character', async () => {
    expect((await failure(db.one('select $1::uuid', [CANARY]))).code).toBe('invalid_value');
    expect((await failure(db.one('select $1::text', [`${CANARY}\0`]))).code).toBe('invalid_value');
    expect((await failure(db.prisma.user.findFirst({ where: { id: CANARY } }))).code).toBe('invalid_value');
  });

  test('statement timeout', async () => {
    expect((await failure(db.query('select pg_sleep(2)'))).code).toBe('query_timeout');
    expect((await failure(db.prisma.$queryRaw`select pg_sleep(2)::text`)).code).toBe('query_timeout');
  });

  test("a wrong statement is told in PostgreSQL's words", async () => {
    const viaSql = await failure(db.query('select nothing_there from users'));
    const viaPrisma = await failure(db.prisma.$queryRaw`select nothing_there from users`);
    expect([viaSql.message, viaPrisma.message]).toEqual(
      Array(2).fill('the statement is wrong: column "nothing_there" does not exist'),
    );
  });

  test('missing privilege', async () => {
    expect((await failure(db.query('create table public.forbidden (x int)'))).code).toBe('permission');
    expect((await failure(db.prisma.$executeRaw`create table public.forbidden (x int)`)).code).toBe(
      'permission',
    );
  });
});

describe('failures to connect', () => {
  const open = (change: (url: URL) => void) => {
    const url = new URL(testDatabase.url());
    change(url);
    return openDatabase(parseDatabaseConfig({ DATABASE_URL: url.href, DB_CONNECT_RETRIES: '0' }));
  };

  test('wrong password', async () => {
    expect((await failure(open((url) => (url.password = CANARY)))).code).toBe('auth_failed');
  });

  test('missing database', async () => {
    expect((await failure(open((url) => (url.pathname = `/${CANARY}`)))).code).toBe('database_missing');
  });

  test('nobody listens', async () => {
    const refused = await failure(open((url) => (url.port = '1')));
    expect([refused.code, refused.message]).toEqual([
      'unavailable',
      `the database cannot be reached at ${new URL(testDatabase.url()).hostname}:1`,
    ]);
  });

  test('nobody answers: host and port are named, and nothing of the login', async () => {
    const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const url = `postgresql://${CANARY}:${CANARY}@127.0.0.1:${port}/${CANARY}?connect_timeout=1`;
    const error = await failure(withMigrationSession({ url }, async () => {}));
    silent.close();
    expect([error.code, error.message]).toEqual([
      'unavailable',
      `the database cannot be reached at 127.0.0.1:${port}`,
    ]);
  });

  test('the server speaks no TLS', async () => {
    const url = testDatabase.url();
    const opening = openDatabase(
      parseDatabaseConfig({ DATABASE_URL: url, DB_SSL: 'verify-full', DB_CONNECT_RETRIES: '0' }),
    );
    expect((await failure(opening)).code).toBe('tls_failed');
  });
});

test('what a file says in the middle of a transaction is no failure of the database', async () => {
  await expect(db.tx(() => readFile('/nonexistent'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(db.withTransaction(() => readFile('/'))).rejects.toMatchObject({ code: 'EISDIR' });
});

test("an error that is not the database's comes back unchanged", () => {
  const error = new TypeError('mine');
  expect(translateError(error)).toBe(error);
});

test('what is observed for logs and metrics holds no parameter, row, credential or argument either', async () => {
  const observed: unknown[] = [];
  const note = (event: unknown) => observed.push(event);
  const password = new URL(testDatabase.url()).password;
  const watched = await testDatabase.open('app', {}, { onQuery: note, onPoolEvent: note });
  const email = `${CANARY}@example.com`;
  await users.create(watched, { email, fullName: CANARY });
  const failing = [
    users.create(watched, { email, fullName: CANARY }),
    users.update(watched, CANARY, { fullName: CANARY }, 1),
    users.list(watched, { where: { createdAt: { gt: CANARY as never } } }),
    users.create(watched, { email: `UPPER-${CANARY}`, fullName: CANARY }),
    watched.withTransaction((tx) => tx.user.create({ data: { email, fullName: CANARY } })),
    watched.tx((sql) => sql.none('insert into users (email, full_name) values ($1, $2)', [email, CANARY])),
  ];
  await Promise.all(failing.map(failure));
  expect(observed.length).toBeGreaterThan(10);
  // As a log writes them: errors by their own translation, everything else as JSON.
  const logged = observed
    .map((event) =>
      JSON.stringify(event, (key, value) => (key === 'error' ? String(translateError(value)) : value)),
    )
    .join('\n');
  expect(logged).toContain('users.create');
  expect(logged).not.toContain(CANARY);
  expect(logged).not.toContain(password);
  expect(JSON.stringify(watched.metrics())).not.toContain(CANARY);
});

test('a failure we have no word for names its sqlstate and nothing else of the server', () => {
  const error = translateError(Object.assign(new Error(CANARY), { code: 'XX000' })) as DatabaseError;
  expect(error.code).toBe('internal');
  expect(error.message).toBe('the database reported an unexpected error (sqlstate XX000)');
});
