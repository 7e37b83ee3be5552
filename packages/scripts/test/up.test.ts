import type { ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
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

describe('when the embedded server is killed', () => {
  /** kill -9 of its first process, once it runs. */
  async function killServer(): Promise<number> {
    for (;;) {
      const status = await embeddedStatus({ home });
      if (status.running) {
        process.kill(status.pid, 'SIGKILL');
        return status.pid;
      }
      await sleep(50);
    }
  }

  test('`up` starts it again on its port; api and worker are the same and work on', async () => {
    // The real API: the stand-in knows no database.
    const up = await foreground({}, repositoryRoot);
    const { api, worker } = await noted();
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
    const before = await embeddedStatus({ home });
    const killed = await killServer();
    await up.says('postgresql ended by itself: starting it again, try 1 of 5');
    const after = await waitFor(async () => {
      const status = await embeddedStatus({ home });
      return status.running && status.pid !== killed && status;
    });
    expect(after).toMatchObject({ port: (before as { port: number }).port });
    await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status === 200);
    const admin = await embeddedUrl({ home, role: 'admin' });
    // The worker has found it, too.
    await waitFor(() =>
      withClient(admin, async (client) => {
        const { rows } = await client.query(
          "select from pg_stat_activity where usename = 'plinth_worker' and datname = 'plinth'",
        );
        return rows.length > 0;
      }),
    );
    expect([await runs(api.pid), await runs(worker.pid)]).toEqual([true, true]);
    up.child.kill('SIGINT');
    expect((await up.outcome).code).toBe(130);
    expect(await embeddedStatus({ home })).toMatchObject({ running: false, crashed: false });
  });

  test('again and again, `up` gives up after five times and ends all of it with its failure', async () => {
    const up = await foreground();
    const { api, worker } = await noted();
    for (let times = 1; times <= 5; times++) {
      await killServer();
      await up.says(`starting it again, try ${times} of 5`);
      // Each start ends with this line, the first one too.
      await up.says('postgresql 15 runs on', times + 1);
    }
    await killServer();
    const { code, stderr } = await up.outcome;
    expect(code).toBe(1);
    expect(stderr).toContain('error: postgresql ended by itself, 5 times within 10 minutes');
    expect(stderr).toContain('postgres.log');
    expect([await runs(api.pid), await runs(worker.pid)]).toEqual([false, false]);
  });

  test('and cannot be started, `up` ends with what it said', async () => {
    const up = await foreground();
    const { dataDir } = await embeddedStatus({ home });
    const file = join(dataDir, 'global/pg_control');
    await rename(file, `${file}.away`);
    try {
      await killServer();
      const { code, stderr } = await up.outcome;
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /error: postgresql ended by itself, it does not start any more: postgresql did not start/,
      );
    } finally {
      await rename(`${file}.away`, file);
    }
  });

  test('one that somebody stopped is left alone, and followed when it is started again', async () => {
    const up = await foreground();
    await finish(['db', 'stop']);
    await up.says('postgresql was stopped: `pnpm plinth db start` starts it again');
    await finish(['db', 'start']);
    await killServer();
    await up.says('postgresql ended by itself: starting it again');
    up.child.kill('SIGTERM');
    expect((await up.outcome).code).toBe(143);
  });
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

test('all wrong settings of command, database, monitoring and worker are told at once, before anything starts', async () => {
  const { code, stdout } = await finish(['up', '--json'], {
    ...{ PORT: 'x', DB_POOL_MAX: 'x', MONITORING_INTERVAL: 'x', FIELD_KEYS: 'x', BACKUP_SCHEDULE: 'x' },
    BACKUP_COMPRESS: 'x',
  });
  expect(code).toBe(2);
  const { message } = JSON.parse(stdout).error;
  const named = [...message.matchAll(/(?:^|; )([A-Z_]+):/g)].map(([, name]) => name);
  expect([...new Set(named)].sort()).toEqual([
    'BACKUP_COMPRESS',
    'BACKUP_SCHEDULE',
    'DB_POOL_MAX',
    'FIELD_KEYS',
    'MONITORING_INTERVAL',
    'PORT',
  ]);
  expect(await embeddedStatus({ home })).toMatchObject({ running: false });
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

interface Foreground {
  child: ChildProcess;
  outcome: Promise<Outcome>;
  /** Resolves once it has said this so often; once unless told. */
  says(text: string, times?: number): Promise<void>;
}

/** An `up` in the foreground that is ready; `from` is the repository whose API it starts. */
async function foreground(env: Record<string, string> = {}, from = root): Promise<Foreground> {
  const child = startPlinth(['up', '--foreground'], { PLINTH_HOME: home, PORT: String(port), ...env }, from);
  const outcome = outcomeOf(child);
  let said = '';
  let over = false;
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  child.once('exit', () => {
    over = true;
  });
  const says = (text: string, times = 1) =>
    waitFor(async () => {
      if (said.split(text).length > times) return true;
      if (over) throw new Error(`up ended and had not said "${text}": ${said}`);
      return false;
    }).then(() => {});
  await says('plinth is running');
  return { child, outcome, says };
}

/** What this answers once it is neither false nor undefined; its failures are ours. */
async function waitFor<T>(look: () => Promise<T | false | undefined>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
    const found = await look();
    if (found !== false && found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('waited 60 s in vain');
  }
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
