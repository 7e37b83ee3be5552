import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Database, openDatabase, parseDatabaseConfig, STANDARD_ROLES, verifyPassword } from '@plinth/db';
import { type CheckedServer, startCheckedServer } from './checks/server.js';
import { outcomeOf, plinth, startPlinth } from './plinth.js';

const PASSWORD_PEPPER = 'a pepper for these tests';
const ada = ['--email', ' Ada@Example.com', '--name', 'Ada Lovelace'];

let server: CheckedServer;
let db: Database;
const env = () => ({ ...server.env(), PASSWORD_PEPPER });
const create = async (...args: string[]) => {
  const { code, stdout } = await plinth(['users', 'create-admin', '--json', ...args], env());
  return { code, answer: JSON.parse(stdout) };
};
const admins = () =>
  db.query<{ email: string; password_hash: string | null }>(
    `select u.email, u.password_hash from users u join user_roles r on r.user_id = u.id where r.role = 'admin' order by 1`,
  );

beforeAll(async () => {
  server = await startCheckedServer();
  db = await openDatabase(parseDatabaseConfig({ NODE_ENV: 'test', DATABASE_URL: server.url('app') }));
});
beforeEach(() => server.admin('truncate users, roles cascade'));
afterAll(async () => {
  await db.close();
  await server.remove();
});

test('makes an administrator who can sign in with the generated password, and the standard roles', async () => {
  const { code, answer } = await create(...ada);
  expect(code).toBe(0);
  expect(answer).toMatchObject({
    email: 'ada@example.com',
    outcome: 'created',
    password: expect.stringMatching(/^[\w-]{24}$/),
  });
  const [admin] = await admins();
  expect(admin?.email).toBe('ada@example.com');
  expect(await verifyPassword(admin?.password_hash ?? null, answer.password, PASSWORD_PEPPER)).toBe(true);
  expect(await verifyPassword(admin?.password_hash ?? null, answer.password, 'another pepper')).toBe(false);
  const roles = await db.query<{ name: string; permissions: string[] }>(
    'select name, permissions from roles order by name',
  );
  expect(roles.map(({ name }) => name)).toEqual(Object.keys(STANDARD_ROLES).sort());
  expect(roles.find(({ name }) => name === 'admin')?.permissions).toEqual([...STANDARD_ROLES.admin.granted]);
});

test('reads the password from standard input, and then shows none', async () => {
  const child = startPlinth(
    ['users', 'create-admin', ...ada, '--password-stdin'],
    env(),
    undefined,
    'correct horse battery\n',
  );
  const { code, stdout, stderr } = await outcomeOf(child);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'created administrator ada@example.com\n' });
  expect(stdout + stderr).not.toContain('horse');
  const [admin] = await admins();
  expect(await verifyPassword(admin?.password_hash ?? null, 'correct horse battery', PASSWORD_PEPPER)).toBe(
    true,
  );
});

test('refuses a short password on standard input', async () => {
  const child = startPlinth(
    ['users', 'create-admin', ...ada, '--password-stdin'],
    env(),
    undefined,
    'short\n',
  );
  expect(await outcomeOf(child)).toMatchObject({ code: 2, stderr: expect.stringContaining('fewer than 12') });
  expect(await admins()).toEqual([]);
});

test('is refused with 24 when there is an administrator, and changes nothing', async () => {
  await create(...ada);
  const before = await admins();
  for (const email of ['ada@example.com', 'bob@example.com']) {
    const { code, answer } = await create('--email', email, '--name', 'X');
    expect(code).toBe(24);
    expect(answer.error).toMatchObject({ code: 'refused', fix: expect.stringContaining('--force') });
  }
  expect(await admins()).toEqual(before);
});

test('--force adds another, promotes a user who exists without touching the password, and keeps an administrator', async () => {
  await create(...ada);
  expect(await create('--email', 'bob@example.com', '--name', 'Bob', '--force')).toMatchObject({
    code: 0,
    answer: { outcome: 'created' },
  });
  await db.query(
    `insert into users (email, full_name, password_hash) values ('eve@example.com', 'Eve', 'kept')`,
  );
  expect(await create('--email', 'eve@example.com', '--name', 'Other', '--force')).toMatchObject({
    code: 0,
    answer: { outcome: 'promoted', password: null },
  });
  expect(await db.one(`select full_name, password_hash from users where email = 'eve@example.com'`)).toEqual({
    full_name: 'Eve',
    password_hash: 'kept',
  });
  expect(await create(...ada, '--force')).toMatchObject({
    code: 0,
    answer: { outcome: 'unchanged', password: null },
  });
  expect((await admins()).map(({ email }) => email)).toEqual([
    'ada@example.com',
    'bob@example.com',
    'eve@example.com',
  ]);
});

test('an administrator whose assignment expired does not count, and can be made one again', async () => {
  const { answer } = await create(...ada);
  await server.admin(`alter table role_assignments disable trigger user;
    update role_assignments set created_at = now() - interval '2 days', expires_at = now() - interval '1 day';
    alter table role_assignments enable trigger user`);
  expect(await admins()).toEqual([]);
  expect(await create(...ada)).toMatchObject({ code: 0, answer: { outcome: 'promoted', id: answer.id } });
  expect(await admins()).toHaveLength(1);
});

test('of three at once one makes the first administrator', async () => {
  const outcomes = await Promise.all(
    ['a', 'b', 'c'].map((name) => create('--email', `${name}@example.com`, '--name', name)),
  );
  expect(outcomes.map(({ code }) => code).sort()).toEqual([0, 24, 24]);
  expect(await admins()).toHaveLength(1);
});

test('wrong words end with 2: an address that is none, an empty name, production without the pepper', async () => {
  expect(await create('--email', 'nobody', '--name', 'X')).toMatchObject({
    code: 2,
    answer: { error: { code: 'usage' } },
  });
  expect(await create('--email', 'a@b.c', '--name', ' ')).toMatchObject({
    code: 2,
    answer: { error: { code: 'usage' } },
  });
  const { code, stdout } = await plinth(['users', 'create-admin', '--json', ...ada], {
    ...server.env(),
    NODE_ENV: 'production',
  });
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain('PASSWORD_PEPPER');
});
