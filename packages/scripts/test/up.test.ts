import type { ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { embeddedStatus, embeddedUrl, startTimeOf } from '@plinth/db/embedded';
import { freePort } from '@plinth/db/testing';
import { createHome, type Outcome, outcomeOf, repositoryRoot, startPlinth } from './plinth.js';

/** A program in the API's place that fails and dawdles on demand: the real one has no switch for that. */
const standIn = `
import { createServer } from 'node:http';
const { PORT, MODE } = process.env;
if (MODE === 'broken') process.exit(7);
if (MODE === 'refuses') process.exit(2);
if (MODE === 'stubborn') process.on('SIGTERM', () => console.log('api ignores it'));
else process.on('SIGTERM', () => setTimeout(() => (console.log('api drained'), process.exit(0)), 300));
createServer((request, response) => {
  const seen = { url: process.env.DATABASE_URL, key: process.env.TOKEN_SIGNING_KEY, admin: process.env.ADMIN_DATABASE_URL };
  response.end(request.url === '/env' ? JSON.stringify(seen) : 'ok');
}).listen(Number(PORT), '127.0.0.1');
`;

let root: string;
let home: string;
let remove: () => Promise<void>;
let port: number;

beforeAll(async () => {
  // A repository of links whose command line and stand-in are files of its own: the API is found beside the command line.
  root = await mkdtemp(join(tmpdir(), 'plinth-up-'));
  const scripts = join(root, 'packages/scripts');
  await cp(join(repositoryRoot, 'packages/scripts/src'), join(scripts, 'src'), { recursive: true });
  await cp(join(repositoryRoot, 'packages/scripts/package.json'), join(scripts, 'package.json'));
  await symlink(join(repositoryRoot, 'packages/scripts/node_modules'), join(scripts, 'node_modules'));
  await mkdir(join(root, 'packages/api/src'), { recursive: true });
  await writeFile(join(root, 'packages/api/package.json'), '{ "type": "module" }');
  await writeFile(join(root, 'packages/api/src/main.ts'), standIn);
  ({ home, remove } = await createHome());
});
afterAll(async () => {
  await outcomeOf(run(['down']));
  await remove();
  await rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  port = await freePort();
});

const run = (args: string[], env: Record<string, string> = {}): ChildProcess =>
  startPlinth(args, { PLINTH_HOME: home, PORT: String(port), ...env }, root);
const finish = (args: string[], env: Record<string, string> = {}): Promise<Outcome> =>
  outcomeOf(run(args, env));

test('a Ctrl-C to the whole group stops the worker first, then the api, the database last, and leaves nothing', async () => {
  const up = await foreground();
  const { api, worker } = await noted();
  const admin = await embeddedUrl({ home, role: 'admin' });
  const seeded = await withClient(admin, (client) =>
    client.query(`select 1 from users where email = 'test@example.com'`),
  );
  expect(seeded.rowCount).toBe(1);
  const seen = JSON.parse(await get('/env'));
  expect(seen.url).toMatch(/^postgresql:\/\/plinth_app:/);
  expect(seen.key).toMatch(/^[\w-]{43}$/);
  expect(seen.admin).toBeUndefined();
  process.kill(-(up.child.pid ?? 0), 'SIGINT');
  // npm and the starter pass the same Ctrl-C on once more.
  up.child.kill('SIGINT');
  const { code, stderr } = await up.outcome;
  expect(code).toBe(130);
  expect(stderr.indexOf('api drained')).toBeGreaterThan(0);
  expect(stderr.indexOf('stopped postgresql')).toBeGreaterThan(stderr.indexOf('api drained'));
  expect(stderr.indexOf('worker stopped')).toBeGreaterThan(0);
  expect(stderr.indexOf('api drained')).toBeGreaterThan(stderr.indexOf('worker stopped'));
  expect(await runs(api.pid)).toBe(false);
  expect(await runs(worker.pid)).toBe(false);
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
});

test('SIGTERM ends with 143; a database that ran before stays', async () => {
  await finish(['db', 'start']);
  const up = await foreground();
  up.child.kill('SIGTERM');
  expect((await up.outcome).code).toBe(143);
  expect(await embeddedStatus({ home })).toMatchObject({ running: true });
});

test('a second Ctrl-C ends an api that does not want to, and the database still stops cleanly', async () => {
  await finish(['down']);
  const up = await foreground({ MODE: 'stubborn' });
  const { api } = await noted();
  up.child.kill('SIGINT');
  await sleep(1_200);
  expect(await runs(api.pid)).toBe(true);
  up.child.kill('SIGINT');
  expect((await up.outcome).code).toBe(130);
  expect(await runs(api.pid)).toBe(false);
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
  expect((await readFile(join(home, 'postgres.log'), 'utf8')).trimEnd()).toMatch(
    /database system is shut down$/,
  );
});

test('when the api dies the command ends with its failure, and takes the database along', async () => {
  const up = await foreground();
  process.kill((await noted()).api.pid, 'SIGKILL');
  const { code, stderr } = await up.outcome;
  expect(code).toBe(1);
  expect(stderr).toContain('error: the api ended by itself with signal SIGKILL');
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
});

test('when the worker dies the command ends with its failure, and takes the rest along', async () => {
  const up = await foreground();
  process.kill((await noted()).worker.pid, 'SIGKILL');
  const { code, stderr } = await up.outcome;
  expect(code).toBe(1);
  expect(stderr).toContain('error: the worker ended by itself with signal SIGKILL');
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
});

test('an api that cannot start fails the command at once, in the background too, and nothing stays', async () => {
  const { code, stdout } = await finish(['up', '--json'], { MODE: 'broken' });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'api_failed',
    message: expect.stringContaining('code 7'),
    fix: expect.stringContaining('api.log'),
  });
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
});

test('a port that is taken is named together with the way out, and nothing is started', async () => {
  const stranger = createServer().listen(port, '127.0.0.1');
  const { code, stdout } = await finish(['up', '--json']);
  stranger.close();
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'port_taken',
    message: expect.stringContaining(`port ${port}`),
    fix: expect.stringContaining('PORT='),
  });
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
});

test('two at once in the background are one; both say where it is; down stops all of it', async () => {
  const outcomes = await Promise.all([finish(['up', '--json']), finish(['up', '--json'])]);
  const answers = outcomes.map(({ stdout }) => JSON.parse(stdout));
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
  expect(answers.map(({ started }) => started).sort()).toEqual([false, true]);
  expect(answers[0].api).toEqual(answers[1].api);
  expect(answers[0].api.url).toBe(`http://127.0.0.1:${port}`);
  expect(await get('/')).toBe('ok');
  // In the foreground as well there is nothing left to do but to say so.
  expect(await finish(['up', '--foreground'])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('runs already'),
  });
  const down = await finish(['down', '--json']);
  expect(JSON.parse(down.stdout)).toEqual({ api: true, database: true });
  expect(await runs(answers[0].api.pid)).toBe(false);
  expect(await runs(answers[0].worker.pid)).toBe(false);
  expect(JSON.parse((await finish(['down', '--json'])).stdout)).toEqual({ api: false, database: false });
});

test('down stops an `up` in the foreground as a whole', async () => {
  const up = await foreground();
  expect((await finish(['down'])).code).toBe(0);
  expect((await up.outcome).code).toBe(143);
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
});

test('in production the embedded server is not used', async () => {
  const { code, stdout } = await finish(['up', '--json'], { NODE_ENV: 'production' });
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error.message).toContain('DATABASE_URL');
});

test('settings that the api refuses end `up` with 2, and nothing stays', async () => {
  const { code, stdout } = await finish(['up', '--json'], { MODE: 'refuses' });
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'config_invalid',
    fix: expect.stringContaining('api.log'),
  });
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
});

/** An `up` in the foreground that is ready. */
async function foreground(
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; outcome: Promise<Outcome> }> {
  const child = run(['up', '--foreground'], env);
  const outcome = outcomeOf(child);
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('plinth is running')) resolve();
    });
    child.once('exit', () => reject(new Error(`up ended early: ${said}`)));
  });
  return { child, outcome };
}

/** A process that has ended may wait for its parent to notice; it runs no more. */
async function runs(pid: number): Promise<boolean> {
  return (await startTimeOf(pid)) !== undefined;
}

async function noted(): Promise<{ api: { pid: number }; worker: { pid: number } }> {
  return JSON.parse(await readFile(join(home, 'api.pid'), 'utf8'));
}

async function get(path: string): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}
