import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { SOURCE_FLAGS } from '../../src/testing.js';
import { type Place, prismaRows, withPlace } from './runner.js';

const full = process.env.PLINTH_FULL === '1';
const STATEMENTS = 6;

/** Between any two statements stands a lock that the test holds: the run waits there to be killed. */
const breakpoint = (at: number) => `select pg_advisory_xact_lock(4711, ${at});`;

function startRun({ url, dir }: Pick<Place, 'url' | 'dir'>): ChildProcess {
  const { NODE_OPTIONS: _jest, ...env } = process.env;
  const script = join(import.meta.dirname, 'up-process.ts');
  return spawn(process.execPath, [...SOURCE_FLAGS, script, url, dir], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function kill(run: ChildProcess): Promise<void> {
  const ended = run.exitCode === null && run.signalCode === null ? once(run, 'exit') : undefined;
  run.kill('SIGKILL');
  await ended;
}

/** Waits until a session of the database waits for the breakpoint. */
async function untilWaiting(client: pg.Client, at: number): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query(
      `select from pg_locks where locktype = 'advisory' and classid = 4711 and objid = $1 and objsubid = 2 and not granted
        and database = (select oid from pg_database where datname = current_database())`,
      [at],
    );
    if (rowCount) return;
    await sleep(10);
  }
}

/** Waits until the server has ended the killed run's session: it notices within client_connection_check_interval. */
async function untilGone(client: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query(
      "select from pg_stat_activity where application_name = 'plinth migrate' and datname = current_database()",
    );
    if (!rowCount) return;
    await sleep(20);
  }
}

const tables = "select count(*)::int as n from pg_tables where tablename like 't\\_%'";

async function killAt(major: 15 | 18, point: number): Promise<void> {
  const statements = Array.from(
    { length: STATEMENTS },
    (_, at) => `create table t_${at} ();\n${breakpoint(at + 1)}`,
  );
  await withPlace(
    [{ up: [breakpoint(0), ...statements].join('\n') }],
    async (place) => {
      const holder = new pg.Client(place.database.url('admin'));
      await holder.connect();
      await holder.query('select pg_advisory_lock(4711, $1)', [point]);
      const run = startRun(place);
      await untilWaiting(holder, point);
      await kill(run);
      await untilGone(holder);
      expect(await place.rows(tables)).toEqual([{ n: 0 }]);
      expect(await place.rows(prismaRows)).toEqual([]);
      expect(await place.rows('select 1 from plinth_migrate.migration_events')).toEqual([]);
      await holder.query('select pg_advisory_unlock(4711, $1)', [point]);
      await holder.end();
      expect((await place.up()).applied).toHaveLength(1);
      expect(await place.rows(tables)).toEqual([{ n: STATEMENTS }]);
    },
    major,
  );
}

const all = Array.from({ length: STATEMENTS + 1 }, (_, at) => at);
const points = full ? all : [0, 3, STATEMENTS];
const cases = ([15, 18] as const).flatMap((major) =>
  (major === 15 ? points : full ? all : [3]).map((point) => [major, point] as const),
);

test.each(cases)(
  'postgresql %i: SIGKILL after statement %i leaves nothing, and the next run applies all of it',
  async (major, point) => {
    await killAt(major, point);
  },
);

test('SIGKILL at any moment leaves each file applied with its row and its event, or not at all', async () => {
  const migrations = Array.from({ length: 12 }, (_, at) => ({
    up: `create table t_${at} (); select pg_sleep(0.004); create table u_${at} (); select pg_sleep(0.004);`,
  }));
  for (let round = 0; round < (full ? 40 : 4); round++) {
    await withPlace(migrations, async (place) => {
      const run = startRun(place);
      await once(run.stdout as NodeJS.ReadableStream, 'data');
      // Connecting and parsing take most of it: so late, and at most as late as the last commit.
      await sleep(60 + Math.random() * 300);
      await kill(run);
      const watch = new pg.Client(place.database.url('admin'));
      await watch.connect();
      await untilGone(watch);
      await watch.end();
      const [found] = await place.rows<{ t: number; u: number }>(
        `select count(*) filter (where tablename like 't\\_%')::int as t, count(*) filter (where tablename like 'u\\_%')::int as u from pg_tables`,
      );
      const [there] = await place.rows<{ yes: boolean }>(
        "select to_regclass('plinth_migrate.migration_events') is not null as yes",
      );
      const rows = there?.yes ? await place.rows(prismaRows) : [];
      const events = there?.yes
        ? await place.rows("select 1 from plinth_migrate.migration_events where action = 'apply'")
        : [];
      expect([found?.u, rows.length, events.length]).toEqual([found?.t, found?.t, found?.t]);
      expect((await place.up()).applied).toHaveLength(12 - rows.length);
    });
  }
});

const indexed = `create table t_0 (id int); insert into t_0 values (1);\n${breakpoint(0)}\ncreate index concurrently i_0 on t_0 (id);\n${breakpoint(1)}\ncreate table t_1 ();`;
const indexState = "select indisvalid as valid from pg_index where indexrelid = to_regclass('i_0')";

/** Where it is killed: before the build, in it, in it just before it ends, after it. */
test.each([0, 'building', 'ending', 1] as const)(
  'SIGKILL around CREATE INDEX CONCURRENTLY (%s): the next run completes it once',
  async (point) => {
    await withPlace([{ up: indexed }], async (place) => {
      const [holder, watch] = [
        new pg.Client(place.database.url('admin')),
        new pg.Client(place.database.url('admin')),
      ];
      await Promise.all([holder.connect(), watch.connect()]);
      const run = await stopAt(place, holder, watch, point);
      await kill(run);
      // The build goes on until the server sees that its client is gone; without the old snapshot it ends before.
      if (point === 'ending') await holder.query('commit');
      await untilGone(watch);
      if (point === 'building') await holder.query('commit');
      const [index] = await place.rows<{ valid: boolean }>(indexState);
      if (point === 0) expect(index).toBeUndefined();
      if (point === 'building') expect(index).toEqual({ valid: false });
      if (point === 1) expect(index).toEqual({ valid: true });
      await Promise.all([holder.end(), watch.end()]);
      await place.up();
      if (point === 'building')
        expect(place.lines).toContain('dropped the invalid index public.i_0, left by an interrupted try');
      if (point === 'ending' && index?.valid)
        expect(place.lines).toContain('statement 4 was finished by the interrupted run');
      expect(await place.rows(indexState)).toEqual([{ valid: true }]);
      expect(await place.rows(prismaRows)).toMatchObject([{ finished: true, steps: 6 }]);
    });
  },
);

async function stopAt(
  place: Place,
  holder: pg.Client,
  watch: pg.Client,
  point: 0 | 1 | 'building' | 'ending',
): Promise<ChildProcess> {
  if (typeof point === 'number') {
    await holder.query('select pg_advisory_lock(4711, $1)', [point]);
    const run = startRun(place);
    await untilWaiting(watch, point);
    return run;
  }
  // An old snapshot keeps the build waiting at its end.
  await holder.query('begin isolation level repeatable read; select 1');
  const run = startRun(place);
  for (;;) {
    const { rowCount } = await watch.query(
      "select from pg_stat_progress_create_index where phase like 'waiting for old snapshots%'",
    );
    if (rowCount) return run;
    await sleep(10);
  }
}
