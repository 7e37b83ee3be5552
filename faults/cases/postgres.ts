import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '@plinth/db';
import { DATABASE } from '../world/settings.js';
import { BOUND_MS, type Fault, RESTART_BOUND_MS } from './fault.js';

/** Sessions of the application and the worker, in no order. */
const SESSIONS = `
  select pid from pg_stat_activity
   where datname = $1 and usename in ('plinth_app', 'plinth_worker') order by random()`;

export const postgresKill: Fault = {
  name: 'postgres-kill',
  what: 'kill -9 of PostgreSQL, started again after up to 1.5 s',
  boundMs: RESTART_BOUND_MS,
  async inject({ postgres }, random) {
    await postgres.kill();
    await sleep(random.between(100, 1_500));
    await postgres.start();
    return 1;
  },
};

export const postgresRestart: Fault = {
  name: 'postgres-restart',
  what: 'fast shutdown of PostgreSQL, started again after 0.5 to 3 s',
  boundMs: RESTART_BOUND_MS,
  async inject({ postgres }, random) {
    await postgres.stop();
    await sleep(random.between(500, 3_000));
    await postgres.start();
    return 1;
  },
};

export const postgresFreeze: Fault = {
  name: 'postgres-freeze',
  what: 'SIGSTOP to every process of PostgreSQL for 2 to 6 s',
  boundMs: BOUND_MS,
  async inject({ postgres }, random) {
    await postgres.freeze();
    await sleep(random.between(2_000, 6_000));
    await postgres.thaw();
    return 1;
  },
};

export const backendKill: Fault = {
  name: 'backend-kill',
  what: 'kill -9 of the process of one session: PostgreSQL ends all of them and replays its log',
  boundMs: RESTART_BOUND_MS,
  async inject({ adminUrl, postgres }) {
    await withClient(adminUrl, async (client) => {
      const { rows } = await client.query<{ pid: number }>(SESSIONS, [DATABASE]);
      if (rows[0] === undefined) throw new Error('the application has no session to kill');
      postgres.killBackend(rows[0].pid);
    });
    // It restarts by itself; where it may not, this starts it.
    await sleep(200);
    await postgres.start();
    return 1;
  },
};

export const backendsTerminated: Fault = {
  name: 'backends-terminated',
  what: 'pg_terminate_backend for one or two sessions at a time, for 3 s',
  boundMs: BOUND_MS,
  combines: true,
  async inject({ adminUrl }, random) {
    return await withClient(adminUrl, async (client) => {
      let struck = 0;
      for (const until = performance.now() + 3_000; performance.now() < until; ) {
        const { rowCount } = await client.query(
          `select pg_terminate_backend(pid) from (${SESSIONS} limit $2) chosen`,
          [DATABASE, random.chance(0.5) ? 1 : 2],
        );
        struck += rowCount ?? 0;
        await sleep(random.between(40, 200));
      }
      return struck;
    });
  },
};
