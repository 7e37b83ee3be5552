import { expect } from '@jest/globals';
import { readCounters } from '../../src/monitor/observed.js';
import { readTableBytes } from '../../src/monitor/tables.js';
import { describeCases } from './check-fixture.js';

describeCases([
  {
    id: 'table-bloat',
    thresholds: { bloatMinBytes: 500_000 },
    async plant({ run }) {
      await run(
        'create table public.thing (id int, name text) with (autovacuum_enabled = off)',
        "insert into public.thing select n, 'name ' || n from generate_series(1, 40000) n",
        'create table public.full_thing as select * from public.thing',
        'grant select on public.thing, public.full_thing to plinth_readonly',
        'delete from public.thing where id % 10 > 0',
        'vacuum analyze public.thing',
        'vacuum analyze public.full_thing',
      );
      return { object: 'public.thing' };
    },
  },
  {
    id: 'autovacuum-due',
    thresholds: { autovacuumMinRows: 5_000 },
    async plant({ run }) {
      await run(
        'create table public.thing (id int) with (autovacuum_enabled = off)',
        'insert into public.thing select generate_series(1, 20000)',
        'vacuum analyze public.thing',
        'delete from public.thing where id > 100',
      );
      return {
        object: 'public.thing',
        finding: {
          evidence: expect.objectContaining({ dead: 19_900, enabled: false }),
          repair: expect.objectContaining({
            sql: ['alter table public.thing reset (autovacuum_enabled)', 'vacuum (analyze) public.thing'],
          }),
        },
      };
    },
  },
  {
    id: 'table-growth',
    thresholds: { tableGrowthBytes: 500_000 },
    async plant({ admin, run }) {
      await run(
        'create table public.thing (id int)',
        'insert into public.thing values (1)',
        'vacuum analyze public.thing',
      );
      const earlierTables = { at: new Date(), bytes: await readTableBytes(admin) };
      await run('insert into public.thing select generate_series(1, 40000)', 'vacuum analyze public.thing');
      return { object: 'public.thing', observed: { earlierTables } };
    },
  },
  {
    id: 'cache-hit',
    async plant({ run }) {
      // Larger than a quarter of shared_buffers: such a table is read past the cache.
      await run(
        'create table public.thing as select repeat(n::text, 200) as name from generate_series(10000, 55000) n',
        'select count(*) from public.thing',
      );
      return { object: 'database', thresholds: { cacheMinReads: 1, cacheHitRatio: 0.999 } };
    },
  },
  {
    id: 'temp-files',
    thresholds: { tempBytesPerHour: 500_000 },
    async plant({ run, session }) {
      const client = await session();
      await client.query(
        "set work_mem = '64kB'; select count(*) from (select n from generate_series(1, 200000) n order by random()) s",
      );
      await client.query('select pg_stat_force_next_flush()');
      await client.query('select 1');
      await run('select 1');
      return { object: 'database' };
    },
  },
  {
    id: 'checkpoints',
    async plant({ admin, run }) {
      const earlier = { at: new Date(), counters: await readCounters(admin) };
      await run('checkpoint', 'checkpoint', 'checkpoint');
      for (let wait = 0; wait < 100; wait++) {
        if ((await readCounters(admin)).checkpointsRequested >= earlier.counters.checkpointsRequested + 3)
          break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return { object: 'server', observed: { earlier }, thresholds: { checkpointMinimum: 3 } };
    },
    // What other tests' databases asked for before this one began is not meant.
    thresholds: { checkpointMinimum: 1_000_000 },
  },
  {
    id: 'disk-space',
    observed: { disk: { freeBytes: 50e9, totalBytes: 100e9 } },
    async plant() {
      return {
        object: 'data directory',
        observed: { disk: { freeBytes: 1e9, totalBytes: 100e9 } },
        finding: { severity: 'critical' },
      };
    },
  },
]);
