import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { MIGRATION_LOCK } from '../../src/migrate/lock.js';
import { migrateUp } from '../../src/migrate/up.js';
import { prismaRows, withPlace } from './runner.js';

describe.each([15, 18] as const)('on postgresql %i', (major) => {
  test('eight runners with CREATE INDEX CONCURRENTLY neither deadlock nor apply anything twice', async () => {
    const migrations = [
      { up: 'create table t (id int)' },
      { up: 'create index concurrently i_id on t (id)' },
      { up: 'create table u ()' },
    ];
    await withPlace(
      migrations,
      async ({ url, dir, rows }) => {
        const runs = await Promise.all(
          Array.from({ length: 8 }, () => migrateUp({ url, dir, lockWaitMs: 30_000 })),
        );
        expect(runs.flatMap(({ applied }) => applied.map(({ name }) => name)).sort()).toEqual([
          '20260101000000_step',
          '20260101000001_step',
          '20260101000002_step',
        ]);
        expect(await rows(prismaRows)).toHaveLength(3);
        expect(
          await rows("select indisvalid as valid from pg_index where indexrelid = 'i_id'::regclass"),
        ).toEqual([{ valid: true }]);
        expect(
          await rows("select count(*)::int as n from plinth_migrate.migration_events where action = 'fail'"),
        ).toEqual([{ n: 0 }]);
      },
      major,
    );
  });

  test('a lock holder of 5 s is survived, and readers never queue longer than lock_timeout', async () => {
    await withPlace(
      [{ up: 'create table t (id int)' }, { up: 'alter table t add column x int' }],
      async ({ url, up, rows, lines }) => {
        await up({ to: '20260101000000' });
        const [holder, reader] = [new pg.Client(url), new pg.Client(url)];
        await Promise.all([holder.connect(), reader.connect()]);
        await holder.query('begin; lock table t in row exclusive mode');
        const released = sleep(5_000).then(() => holder.query('commit'));
        let running = true;
        const longest = (async () => {
          let ms = 0;
          for (let startedAt = performance.now(); running; startedAt = performance.now()) {
            await reader.query('select count(*) from t');
            ms = Math.max(ms, performance.now() - startedAt);
            await sleep(10);
          }
          return ms;
        })();
        const waits: number[] = [];
        const applied = up({
          lockTimeoutMs: 300,
          random: () => 0,
          sleep: (ms) => {
            waits.push(ms);
            return sleep(ms);
          },
        });
        await Promise.all([applied, released]);
        running = false;
        expect(await longest).toBeLessThan(300 + 700);
        expect((await applied).applied).toHaveLength(1);
        expect(waits.slice(0, 3)).toEqual([500, 1_000, 2_000]);
        expect(
          lines.filter((line) => line.startsWith('a lock was not granted in time; nothing was changed')),
        ).toHaveLength(waits.length);
        expect(
          await rows("select count(*)::int as n from plinth_migrate.migration_events where action = 'fail'"),
        ).toEqual([{ n: 0 }]);
        await Promise.all([holder.end(), reader.end()]);
      },
      major,
    );
  });
});

test('CREATE INDEX CONCURRENTLY outlasts an old snapshot that lock_timeout would have made it fail on', async () => {
  await withPlace(
    [{ up: 'create table t (id int)' }, { up: 'create index concurrently i_id on t (id)' }],
    async ({ url, up, rows }) => {
      await up({ to: '20260101000000' });
      const old = new pg.Client(url);
      await old.connect();
      await old.query('begin isolation level repeatable read; select 1');
      const released = sleep(1_000).then(() => old.query('commit'));
      await up({ lockTimeoutMs: 100, lockRetries: 0 });
      await released;
      await old.end();
      expect(
        await rows("select indisvalid as valid from pg_index where indexrelid = 'i_id'::regclass"),
      ).toEqual([{ valid: true }]);
    },
  );
});

test('who holds the migration lock is named when it does not come free', async () => {
  await withPlace([{ up: 'select 1' }], async ({ url, up }) => {
    const holder = new pg.Client({ connectionString: url, application_name: 'other deploy' });
    await holder.connect();
    const { rows } = await holder.query('select pg_backend_pid() as pid, pg_advisory_lock($1)', [
      MIGRATION_LOCK,
    ]);
    const error = await up({ lockWaitMs: 200 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'locked' });
    expect((error as Error).message).toMatch(
      new RegExp(
        `held by process ${rows[0].pid} \\(user plinth_migrator, application other deploy, from \\S+, idle for \\d+ s\\)`,
      ),
    );
    await holder.end();
  });
});

test('an abort cancels the running statement and rolls back', async () => {
  await withPlace([{ up: 'create table a (); select pg_sleep(60)' }], async ({ up, rows }) => {
    const abort = new AbortController();
    const running = up({ signal: abort.signal });
    setTimeout(() => abort.abort(), 300);
    const startedAt = performance.now();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(await rows("select to_regclass('a') as a")).toEqual([{ a: null }]);
  });
});
