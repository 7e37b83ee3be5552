import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { toolPath } from '../../src/backup/client-tools.js';
import { type BackupStore, openLocalStore } from '../../src/backup/store.js';
import { outcomeOf, startPlinth } from '../plinth.js';
import { commandEnv, type Fixture, hasTools, openFixture, tools } from './backup-fixture.js';

/** Never due while a test runs, unless there is no backup, or an old one. */
const YEARLY = 'CRON_TZ=Europe/Berlin 0 3 1 1 *';

interface Worker {
  said(): string;
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** A database of its own with its queue, the workers on it, and what they told. */
interface Queue {
  fixture: Fixture;
  events: { event: string; id: string | null }[];
  workers: Worker[];
}

let queue: Queue;
/** The clock strikes once a minute: these wait for it while the other tests run. */
let clock: Queue;
let server: Server;

beforeAll(async () => {
  queue = await openQueue();
  clock = await openQueue();
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      (request.url === hookOf(clock) ? clock : queue).events.push(JSON.parse(body));
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  if (hasTools) for (let number = 0; number < 2; number++) startWorker(clock.fixture.store.place, {}, clock);
});
afterEach(async () => {
  await endWorkers(queue);
  await queue.fixture.sql('DELETE FROM graphile_worker._private_jobs; DELETE FROM backup_runs');
  queue.events.length = 0;
});
afterAll(async () => {
  await endWorkers(clock);
  server.close();
  server.closeAllConnections();
  await clock.fixture.close();
  await queue.fixture.close();
});

const openQueue = async (): Promise<Queue> => ({
  fixture: await openFixture({ rows: 200 }),
  events: [],
  workers: [],
});
const hookOf = ({ fixture }: Queue) => `/${fixture.database.name}`;
const endWorkers = async ({ workers }: Queue) => {
  for (const worker of workers.splice(0)) await worker.kill('SIGTERM');
};

/** `plinth worker` as a process, on a store of the test's own. */
function startWorker(folder: string, over: Record<string, string> = {}, on = queue): Worker {
  const child = startPlinth(['worker'], {
    ...commandEnv(on.fixture),
    FIELD_KEYS: randomBytes(32).toString('base64url'),
    BACKUP_DIR: folder,
    BACKUP_SCHEDULE: YEARLY,
    ALERT_WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}${hookOf(on)}`,
    ...over,
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const outcome = outcomeOf(child);
  const worker = {
    said: () => said,
    async kill(signal: 'SIGTERM' | 'SIGKILL') {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), signal);
      await outcome;
    },
  };
  on.workers.push(worker);
  return worker;
}

/** What the clock does every minute. */
const tick = (times = 1, on = queue) =>
  on.fixture.sql(
    `SELECT graphile_worker.add_job('scheduled-backup', '{}', queue_name => 'scheduled-backup') FROM generate_series(1, ${times})`,
  );
const ticksDone = (on = queue) => until('no ticks left', async () => (await jobs(on)) === 0);
const jobs = async (on = queue) =>
  (await on.fixture.sql("SELECT FROM graphile_worker.jobs WHERE task_identifier = 'scheduled-backup'"))
    .length;
const runs = (on = queue) =>
  on.fixture.sql(
    'SELECT status::text, error_code AS code, note FROM backup_runs ORDER BY started_at, status',
  );

async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await holds()); ) {
    if (Date.now() > deadline) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const openStore = (name: string): Promise<BackupStore> => openLocalStore(join(queue.fixture.folder, name));

(hasTools ? describe : describe.skip)('backup schedule job', () => {
  test('a run that nobody was there for is made up for, and reported as missed', async () => {
    const store = await openStore('missed');
    const { id } = await queue.fixture.create({ store, now: () => new Date('2024-03-01T12:00:00Z') });
    startWorker(store.place);
    await tick();
    await until('the new backup', async () => (await store.ids()).length === 2);
    await ticksDone();
    // The old one is out of every rule; the newest ones stay, whatever their age.
    expect(await store.ids()).toContain(id);
    expect(queue.events.map(({ event }) => event)).toEqual(['backup.missed', 'backup.succeeded']);
  }, 180_000);

  test('a worker killed in the middle of a backup: nothing half-made is listed, the next worker makes it', async () => {
    const store = await openStore('killed');
    const real = tools[0] as (typeof tools)[0];
    const bin = join(queue.fixture.folder, 'slow-bin');
    mkdirSync(bin);
    for (const name of ['pg_dumpall', 'pg_restore', 'psql'] as const)
      writeFileSync(join(bin, name), `#!/bin/sh\nexec ${toolPath(real, name)} "$@"\n`);
    writeFileSync(
      join(bin, 'pg_dump'),
      `#!/bin/sh\ncase "$1" in --version) echo 'pg_dump (PostgreSQL) ${real.major}.99'; exit;; esac\n` +
        `${toolPath(real, 'pg_dump')} "$@"\ntouch ${bin}/dumped\nexec sleep 20\n`,
    );
    for (const name of await readdir(bin)) chmodSync(join(bin, name), 0o755);
    const first = startWorker(store.place, { PATH: `${bin}:${process.env.PATH}` });
    await tick();
    await until('the middle of it', async () => existsSync(join(bin, 'dumped')));
    await first.kill('SIGKILL');
    expect(await store.ids()).toEqual([]);
    expect(await readdir(join(store.place, '.staging'))).toHaveLength(1);
    startWorker(store.place);
    await until('the next backup', async () => (await store.ids()).length === 1);
    await ticksDone();
    expect(await readdir(join(store.place, '.staging'))).toEqual([]);
    expect(await runs()).toEqual([
      { status: 'failed', code: 'killed', note: 'scheduled' },
      { status: 'succeeded', code: null, note: 'scheduled' },
    ]);
  }, 180_000);

  test('a failed run is recorded and reported once, and waits for its next time', async () => {
    const good = await openStore('good');
    startWorker(good.place, { BACKUP_RECIPIENT: 'age1nonsense' });
    startWorker(good.place, { BACKUP_RECIPIENT: 'age1nonsense' });
    await tick(3);
    await ticksDone();
    expect(await runs()).toEqual([
      {
        status: 'failed',
        code: 'config_invalid',
        note: 'scheduled',
      },
    ]);
    expect(queue.events.map(({ event }) => event)).toEqual(['backup.failed']);
    expect(await good.ids()).toEqual([]);
  }, 180_000);

  test('a worker without the backup login leaves the schedule to others and says so', async () => {
    const store = await openStore('others');
    const worker = startWorker(store.place, { BACKUP_DATABASE_URL: '' });
    await until('its word', async () => worker.said().includes('worker runs'));
    expect(worker.said()).toContain('BACKUP_SCHEDULE is left to others');
    await tick();
    expect(await jobs()).toBe(1);
    expect(await store.ids()).toEqual([]);
  }, 60_000);

  test('two workers make one backup when the clock strikes, and none again until it is due', async () => {
    const { store } = clock.fixture;
    // Nobody ticks here but the workers' own clock, once a minute.
    await until('a backup', async () => (await store.ids()).length > 0);
    await tick(6, clock);
    await ticksDone(clock);
    expect(await store.ids()).toHaveLength(1);
    expect(await runs(clock)).toEqual([{ status: 'succeeded', code: null, note: 'scheduled' }]);
    expect(clock.events).toEqual([
      expect.objectContaining({ event: 'backup.succeeded', id: (await store.ids())[0] }),
    ]);
    const said = clock.workers.map((worker) => worker.said()).join('');
    expect(said.match(/making one now/g)).toHaveLength(1);
  }, 180_000);
});
