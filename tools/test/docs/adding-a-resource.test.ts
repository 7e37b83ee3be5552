import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashPassword } from '../../../packages/db/src/index.js';
import { createTestDatabase, SOURCE_FLAGS, type TestDatabase } from '../../../packages/db/src/testing.js';
import { buildAndDeploy, copyRepository, root } from './repository-copy.js';

const run = promisify(execFile);
const PEPPER = 'a pepper for tests only';
const key = (letter: string) => Buffer.alloc(32, letter).toString('base64url');
const SETTINGS = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  TOKEN_SIGNING_KEY: key('t'),
  CURSOR_KEY: key('c'),
  FIELD_KEYS: key('f'),
  PASSWORD_PEPPER: PEPPER,
};
let copy: string;
let remove: () => Promise<void>;
let database: TestDatabase;
let endApi = async () => {};
beforeAll(async () => {
  ({ folder: copy, remove } = await copyRepository());
  database = await createTestDatabase({ empty: true });
}, 120_000);
afterAll(async () => {
  await endApi();
  await database.drop();
  await remove();
});

test('whoever follows docs/adding-a-resource.md has a working, audited, paged resource', async () => {
  await followPage();
  const biome = [
    'check',
    '--vcs-enabled=false',
    `--config-path=${root}`,
    'packages/db/src',
    'packages/api/src',
  ];
  await run(join(root, 'node_modules/.bin/biome'), biome, { cwd: copy });
  await buildAndDeploy(copy, database.url('migrator'));

  const url = await startApi();
  const authorization = await signIn(url);
  const create = (body: object) =>
    ask(`${url}/v1/venues`, { method: 'POST', body, headers: { authorization } });
  const made = await create({ name: 'The Great Hall', city: 'Oslo', capacity: 900 });
  expect(made.status).toBe(201);
  expect(made.headers.get('etag')).toBe('"1"');
  const again = await create({ name: 'The Great Hall', city: 'Oslo' });
  expect([again.status, again.body.errors[0].pointer]).toEqual([409, '/name']);
  expect((await create({ name: 'Nowhere', city: 'Oslo', capacity: 0 })).status).toBe(400);
  expect((await create({ name: 'Small Cellar', city: 'Bergen' })).status).toBe(201);

  const list = async (query: string) =>
    (await ask(`${url}/v1/venues?${query}`, { headers: { authorization } })).body;
  const first = await list('limit=1');
  expect(first.data).toMatchObject([{ name: 'Small Cellar', capacity: null }]);
  expect((await list(`limit=1&cursor=${first.nextCursor}`)).data).toMatchObject([
    { name: 'The Great Hall', capacity: 900 },
  ]);
  expect((await list('q=graet%20hall')).data).toMatchObject([{ city: 'Oslo' }]);
  expect((await list('city=Bergen')).data).toHaveLength(1);

  const one = `${url}/v1/venues/${made.body.id}`;
  const change = (version: number) =>
    ask(one, {
      method: 'PATCH',
      body: { capacity: 950 },
      headers: { authorization, 'if-match': `"${version}"` },
    });
  expect((await change(1)).body).toMatchObject({ capacity: 950, version: 2 });
  expect((await change(1)).status).toBe(412);
  const admin = await database.open('admin');
  expect(
    await admin.query(
      `select action, changed from audit.audit_log where entity = 'venues' and entity_id = $1 order by id`,
      [made.body.id],
    ),
  ).toMatchObject([
    { action: 'insert' },
    { action: 'update', changed: expect.arrayContaining(['capacity']) },
  ]);
  expect((await ask(one, { method: 'DELETE', headers: { authorization, 'if-match': '"2"' } })).status).toBe(
    204,
  );
  const { body: described } = await ask(`${url}/openapi.json`);
  expect(Object.keys(described.paths)).toEqual(expect.arrayContaining(['/v1/venues', '/v1/venues/{id}']));

  await seed();
  const [, commands = '', printed = ''] =
    /```sh\n(TOKEN=.*?)```\n```\n(.*?)```/s.exec(await readPage()) ?? [];
  const { stdout } = await run('bash', ['-c', commands.replaceAll('localhost:8080', new URL(url).host)]);
  expect(stdout).toBe(printed);
}, 180_000);

async function ask(
  url: string,
  given: { method?: string; body?: object; headers?: Record<string, string> } = {},
) {
  const response = await fetch(url, {
    method: given.method ?? 'GET',
    headers: { 'content-type': 'application/json', ...given.headers },
    ...(given.body && { body: JSON.stringify(given.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

const readPage = () => readFile(join(root, 'docs/adding-a-resource.md'), 'utf8');

/** The copy's development data, the page's among it. */
async function seed(): Promise<void> {
  const cli = join(copy, 'packages/scripts/src/cli.ts');
  const env = {
    PATH: process.env.PATH,
    PASSWORD_PEPPER: PEPPER,
    DATABASE_URL: database.url('app'),
    MIGRATE_DATABASE_URL: database.url('migrator'),
  };
  await run(process.execPath, [...SOURCE_FLAGS, cli, 'seed', 'dev'], { cwd: copy, env });
}

/** Does what the page says: new files as they stand there, lines after the line they name. */
async function followPage(): Promise<void> {
  const page = await readPage();
  const files = page.matchAll(/<!-- new file: (\S+) -->\n```\w+\n([\s\S]*?)```/g);
  const lines = page.matchAll(/<!-- in (\S+), after: (.*) -->\n```\w+\n([\s\S]*?)```/g);
  let followed = 0;
  for (const [, file = '', text = ''] of files) {
    const path = join(copy, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
    followed++;
  }
  for (const [, file = '', anchor = '', text = ''] of lines) {
    const before = await readFile(join(root, file), 'utf8');
    expect({ file, anchor, found: before.split(`\n${anchor}\n`).length }).toEqual({ file, anchor, found: 2 });
    followed++;
    // The copy has neither tests nor pages.
    if (/^docs\/|\/test\//.test(file)) continue;
    const path = join(copy, file);
    const already = await readFile(path, 'utf8');
    await writeFile(
      path,
      already.replace(`\n${anchor}\n`, () => `\n${anchor}\n${text}`),
    );
  }
  expect(followed).toBe(page.match(/^<!-- /gm)?.length);
}

/** The copy's own API as a process; answers where it listens. */
async function startApi(): Promise<string> {
  const child = spawn(process.execPath, [...SOURCE_FLAGS, join(copy, 'packages/api/src/main.ts')], {
    cwd: copy,
    env: { PATH: process.env.PATH, ...SETTINGS, DATABASE_URL: database.url('app') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  endApi = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, port } = JSON.parse(line);
    if (msg !== 'listening') continue;
    child.stdout.resume();
    const url = `http://127.0.0.1:${port}`;
    while ((await fetch(`${url}/ready`)).status !== 200) await new Promise((next) => setTimeout(next, 100));
    return url;
  }
  throw new Error('the api of the copy ended before it listened');
}

/** Somebody who may write artists; answers the authorization header. */
async function signIn(url: string): Promise<string> {
  const admin = await database.open('admin');
  const email = 'ann@example.com';
  await admin.none(
    `with someone as (insert into users (email, full_name, password_hash) values ($1, 'Ann', $2) returning id),
          role as (insert into roles (name, permissions) values ('booker', '{artists:write}') returning id)
     insert into role_assignments (user_id, role_id) select someone.id, role.id from someone, role`,
    [email, await hashPassword('correct horse battery staple', PEPPER)],
  );
  const { body } = await ask(`${url}/v1/auth/sign-in`, {
    method: 'POST',
    body: { email, password: 'correct horse battery staple' },
  });
  return `Bearer ${body.accessToken}`;
}
