import { expect } from '@jest/globals';
import { describeCases } from './check-fixture.js';

describeCases([
  {
    id: 'blocked-sessions',
    thresholds: { blockedWarningMs: 20 },
    async plant({ run, session }) {
      await run('create table public.queue (id int)');
      const [holder, waiter] = [await session(), await session()];
      await holder.query('begin; lock table public.queue in access exclusive mode');
      waiter.query('select * from public.queue').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
      const pid = (holder as unknown as { processID: number }).processID;
      return {
        object: `session ${pid}`,
        finding: {
          evidence: expect.objectContaining({
            rootState: 'idle in transaction',
            blocked: 1,
            wantedRelation: 'queue',
          }),
          repair: expect.objectContaining({ sql: [`select pg_terminate_backend(${pid})`] }),
        },
      };
    },
  },
  {
    id: 'long-transactions',
    thresholds: { transactionWarningMs: 50 },
    async plant({ session }) {
      const open = await session('app');
      await open.query("begin; select 'secret 4711', 42");
      await new Promise((resolve) => setTimeout(resolve, 100));
      return {
        object: `session ${(open as unknown as { processID: number }).processID}`,
        finding: {
          evidence: expect.objectContaining({ state: 'idle in transaction', query: 'begin; select ?, ?' }),
        },
      };
    },
  },
  {
    id: 'connections',
    async plant({ session }) {
      await session();
      return { object: 'server', thresholds: { connectionsWarningRatio: 0.001 } };
    },
  },
  {
    id: 'xmin-horizon',
    thresholds: { xminAgeWarning: 20 },
    async plant({ run, session }) {
      const holder = await session();
      await holder.query('begin isolation level repeatable read; select 1');
      await run(...Array.from({ length: 21 }, () => 'select pg_current_xact_id()'));
      return { object: `session ${(holder as unknown as { processID: number }).processID}` };
    },
  },
  {
    id: 'wraparound',
    async plant({ admin, run }) {
      await run(...Array.from({ length: 50 }, () => 'select pg_current_xact_id()'));
      const { age } = await admin.one<{ age: number }>(
        'select max(age(datfrozenxid)) as age from pg_database',
      );
      return {
        object: /^transaction ids of database /,
        thresholds: { wraparoundWarningRatio: (age * 0.95) / 2 ** 31 },
      };
    },
  },
  {
    id: 'replication-slots',
    thresholds: { slotRetainedBytes: 1 },
    async plant({ run, session }) {
      const walsender = await session();
      // A temporary slot goes with its session.
      await walsender.query("select pg_create_physical_replication_slot('forgotten', true, true)");
      await run(
        'create table public.written (id int)',
        'insert into public.written select generate_series(1, 5000)',
      );
      return { object: 'slot forgotten' };
    },
  },
]);
