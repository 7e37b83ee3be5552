import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '@plinth/db';
import { BOUND_MS, type Fault, RESTART_BOUND_MS } from './fault.js';

export const poolExhausted: Fault = {
  name: 'pool-exhausted',
  what: 'a session locks the table that everybody writes for 3 s: every connection waits, and callers queue',
  boundMs: BOUND_MS,
  async inject({ adminUrl }) {
    await withClient(adminUrl, async (client) => {
      await client.query('begin; lock table user_artist_blocks in access exclusive mode');
      await sleep(3_000);
      await client.query('rollback');
    });
    return 1;
  },
};

const SLOW = `
  create function public.fault_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(random() * 3); return new; end $$;
  grant execute on function public.fault_slow() to public;
  create trigger fault_slow before insert or update on user_artist_blocks for each row execute function public.fault_slow()`;
const QUICK = `
  drop trigger fault_slow on user_artist_blocks;
  drop function public.fault_slow()`;

export const slowQueries: Fault = {
  name: 'slow-queries',
  what: 'every write of a table takes up to 3 s, longer than its limit of 2 s, for 4 s',
  boundMs: BOUND_MS,
  combines: true,
  async inject({ adminUrl }) {
    await withClient(adminUrl, async (client) => {
      await client.query(SLOW);
      await sleep(4_000);
      await client.query(QUICK);
    });
    return 1;
  },
};

export const diskFull: Fault = {
  name: 'disk-full',
  what: 'the disk of the database is filled to the last block for 4 s',
  boundMs: RESTART_BOUND_MS,
  missing: ({ disk }) =>
    disk === undefined ? 'a small disk cannot be mounted (not Linux, or forbidden)' : undefined,
  async inject({ disk, postgres }) {
    disk?.fill();
    await sleep(4_000);
    disk?.free();
    // A server that could not write its log has ended itself; whoever freed the disk starts it again.
    await postgres.start();
    return 1;
  },
};
