import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Database, parseFieldKeys, withClient } from '@plinth/db';
import { startWorker, type Worker } from '@plinth/db/jobs';
import { createTestDatabase, startProxy, type TestDatabase } from '@plinth/db/testing';
import { dropDatabase, urlFor } from '../../src/bootstrap.js';
import { COMPILED, SOURCE_FLAGS } from '../../src/testing.js';

const fieldKey = randomBytes(32).toString('base64url');
const program = fileURLToPath(new URL('./support/worker-program.ts', import.meta.url));

let testDatabase: TestDatabase;
let admin: Database;
let cronDatabase: TestDatabase;
let cronAdmin: Database;
let cronWorkers: Worker[];
const children: ChildProcess[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  admin = await testDatabase.open('admin');
  const migrator = await testDatabase.open('migrator');
  await migrator.query('create table public.begun (n serial primary key, id int not null, pid int not null)');
  await migrator.query('create table public.done (id int primary key)');
  await migrator.query('grant all on sequence begun_n_seq to plinth_worker');
  // The clock strikes once a minute: these wait for it while the other tests run.
  cronDatabase = await createTestDatabase();
  cronAdmin = await cronDatabase.open('admin');
  const options = {
    config: { ...cronAdmin.config, url: cronDatabase.url('worker') },
    fieldKeys: parseFieldKeys(fieldKey),
    log: () => {},
  };
  cronWorkers = await Promise.all([startWorker(options), startWorker(options)]);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(cronWorkers.map((worker) => worker.stop()));
  await cronDatabase.drop();
  await testDatabase.drop();
});
beforeEach(async () => {
  await admin.query('truncate begun, done');
  await admin.query('delete from graphile_worker._private_jobs');
});

async function spawnWorker(url = testDatabase.url('worker')): Promise<{
  child: ChildProcess;
  said: () => string;
  ended: Promise<number | null>;
}> {
  const flags = [...SOURCE_FLAGS];
  const child = spawn(process.execPath, [...flags, program, url, fieldKey], {
    env: { PATH: process.env.PATH, ...COMPILED },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.includes('started')) resolve();
      });
    }
    void ended.then(() => reject(new Error(text)));
  });
  return { child, said: () => text, ended };
}

async function until(condition: string, timeoutMs = 30_000, database = admin): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await database.one<{ holds: boolean }>(`select ${condition} as holds`)).holds) {
    if (Date.now() > deadline) throw new Error(`still not: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const enqueue = (id: number, ms: number) =>
  admin.query(`select graphile_worker.add_job('slow', $1)`, [{ id, ms }]);

test('jobs of a worker that was killed in the middle of them run again on another one, within seconds', async () => {
  const first = await spawnWorker();
  for (const id of [1, 2, 3]) await enqueue(id, 60_000);
  await until('(select count(*) from begun) = 3');
  await admin.query(
    `update graphile_worker._private_jobs set payload = jsonb_set(payload::jsonb, '{ms}', '0')::json`,
  );
  const second = await spawnWorker();
  first.child.kill('SIGKILL');
  await until('(select count(*) from done) = 3');
  const runs = await admin.query(
    'select id, count(*)::int as times, count(distinct pid)::int as workers from begun group by id order by id',
  );
  expect(runs).toEqual([1, 2, 3].map((id) => ({ id, times: 2, workers: 2 })));
  expect(second.said()).toMatch(/warning freed the jobs of \S+, which is no more/);
  await until('not exists (select from graphile_worker._private_jobs)');
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

test('a long job of a living worker is left alone, however often others look, and whatever happens to its proof of life', async () => {
  const workers = [await spawnWorker(), await spawnWorker()];
  await enqueue(1, 4_000);
  await until('(select count(*) from begun) = 1');
  await admin.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  );
  await until('(select count(*) from done) = 1');
  expect(await admin.one('select count(*)::int as n from begun')).toEqual({ n: 1 });
  for (const { child } of workers) child.kill('SIGTERM');
  expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0]);
});

test('a look for dead workers that is held up is waited for: others do not gather behind it', async () => {
  const { child, ended } = await spawnWorker();
  const waiting = `(select count(*)::int from pg_stat_activity where datname = current_database()
    and wait_event_type = 'Lock' and query like '%pg_try_advisory_xact_lock%' and pid <> pg_backend_pid())`;
  await admin.tx(async (sql) => {
    await sql.query('lock table graphile_worker._private_job_queues in access exclusive mode');
    await until(`${waiting} > 0`);
    // More than two of its intervals.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await admin.one(`select ${waiting} as looks`)).toEqual({ looks: 1 });
  });
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('a worker that cannot note the end of a job, because the database is away, joins the queue again and goes on', async () => {
  const proxy = await startProxy(Number(new URL(testDatabase.url()).port));
  const { child, said, ended } = await spawnWorker(proxy.url(testDatabase.url('worker')));
  await enqueue(1, 700);
  await until('(select count(*) from begun) = 1');
  // No connection lives long enough for a statement while the job ends.
  for (const away = Date.now() + 3_000; Date.now() < away; ) {
    proxy.reset();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await enqueue(2, 0);
  await until('(select count(*) from done) = 2');
  await until('not exists (select from graphile_worker._private_jobs)');
  expect(said()).toContain('joined the queue again');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  await proxy.close();
});

test('a job that is locked by a living worker, which never heard that it got it, is run all the same', async () => {
  const { child, ended, said } = await spawnWorker();
  await enqueue(1, 60_000);
  await until('(select count(*) from begun) = 1');
  // As when the connection broke between the worker's statement and its answer.
  await admin.tx(async (sql) => {
    await sql.query(`select graphile_worker.add_job('slow', $1)`, [{ id: 2, ms: 0 }]);
    await sql.query(
      `update graphile_worker._private_jobs set locked_at = now(), locked_by = (select max(locked_by) from graphile_worker._private_jobs)`,
    );
  });
  await until('exists (select from done where id = 2)', 60_000);
  expect(said()).toContain('a job is locked by this worker, which does not run it');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('where a backup took the place of the database, jobs that the worker itself held at its snapshot run again', async () => {
  const [live, restored] = [await createTestDatabase(), await createTestDatabase()];
  for (const { url } of [live, restored]) {
    await withClient(url('migrator'), async (client) => {
      await client.query('create table public.begun (id int not null, pid int not null)');
      await client.query('create table public.done (id int primary key)');
    });
  }
  const { child, ended, said } = await spawnWorker(live.url('worker'));
  const add = "select graphile_worker.add_job('slow', $1, queue_name := 'one after the other')";
  const holder = await withClient(live.url('admin'), async (client) => {
    await client.query(add, [{ id: 1, ms: 60_000 }]);
    for (;;) {
      const { rows } = await client.query(
        'select locked_by from graphile_worker._private_jobs where locked_by is not null',
      );
      if (rows.length > 0) return rows[0].locked_by as string;
    }
  });
  await withClient(restored.url('admin'), async (client) => {
    await client.query(add, [{ id: 2, ms: 0 }]);
    for (const table of ['jobs', 'job_queues']) {
      await client.query(`update graphile_worker._private_${table} set locked_by = $1, locked_at = now()`, [
        holder,
      ]);
    }
  });
  const old = `${live.name}_old`;
  await withClient(urlFor(live.server.adminUrl, 'postgres'), async (client) => {
    await client.query(`alter database ${live.name} allow_connections false`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      live.name,
    ]);
    await client.query(`alter database ${live.name} rename to ${old}`);
    await client.query(`alter database ${restored.name} rename to ${live.name}`);
  });
  const swapped = await live.open('admin');
  await until('exists (select from done where id = 2)', 60_000, swapped);
  expect(said()).toContain('the database was replaced');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  await live.drop();
  await dropDatabase(live.server.adminUrl, old);
});

test('SIGTERM lets a running job finish, takes no new one, and leaves no connection', async () => {
  const { child, ended, said } = await spawnWorker();
  await enqueue(1, 1_000);
  await until('(select count(*) from begun) = 1');
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await enqueue(2, 0);
  expect(await ended).toBe(0);
  expect(said()).toContain('stopped');
  expect(await admin.query('select id from done')).toEqual([{ id: 1 }]);
  expect(
    await admin.query(
      `select pid from pg_stat_activity where usename = 'plinth_worker' and datname = current_database()`,
    ),
  ).toEqual([]);
});

test('a job that outlasts the grace is told to stop, and runs again later', async () => {
  const { child, ended } = await spawnWorker();
  await enqueue(1, 60_000);
  await until('(select count(*) from begun) = 1');
  const stoppedAt = Date.now();
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(Date.now() - stoppedAt).toBeLessThan(9_000);
  expect(await admin.one('select attempts, locked_by, last_error from graphile_worker.jobs')).toEqual({
    attempts: 1,
    locked_by: null,
    last_error: 'told to stop',
  });
});

test('a job that fails as often as it may stays as a dead letter, with its error', async () => {
  const worker = await startWorker({
    config: { ...admin.config, url: testDatabase.url('worker') },
    fieldKeys: parseFieldKeys(fieldKey),
    log: () => {},
    cron: false,
    pollMs: 50,
  });
  await admin.query(`select graphile_worker.add_job('deliver-webhook', '{"eventId": 5}', max_attempts => 2)`);
  await until('exists (select from graphile_worker.jobs where attempts = 1 and locked_at is null)');
  await admin.query('update graphile_worker._private_jobs set run_at = now()');
  await until('exists (select from graphile_worker.jobs where attempts = 2 and locked_at is null)');
  await worker.stop();
  expect(worker.counts()).toEqual({ succeeded: 0, failed: 2, dead: 1 });
  expect(await admin.one('select last_error from graphile_worker.jobs')).toEqual({
    last_error: 'the payload has no text "eventId"',
  });
});

test('without the migrations it says what to run', async () => {
  const empty = await createTestDatabase({ empty: true });
  await expect(
    startWorker({
      config: { ...admin.config, url: empty.url('worker') },
      fieldKeys: parseFieldKeys(fieldKey),
      log: () => {},
    }),
  ).rejects.toMatchObject({ code: 'migrations_pending', fix: 'run: plinth migrate up' });
  await empty.drop();
});

test('the cron of two workers queues each entry once', async () => {
  await until('exists (select from metric_snapshots)', 70_000, cronAdmin);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await Promise.all(cronWorkers.map((worker) => worker.stop()));
  const [row] = await cronAdmin.query<{ n: number; minutes: number }>(
    `select count(*)::int as n, count(distinct date_trunc('minute', captured_at))::int as minutes from metric_snapshots`,
  );
  expect(row?.n).toBe(row?.minutes);
}, 90_000);
