import { setTimeout as sleep } from 'node:timers/promises';
import { undelivered } from './deliveries.js';
import { type Fault, RESTART_BOUND_MS } from './fault.js';

export const apiKill: Fault = {
  name: 'api-kill',
  what: 'kill -9 of the API, which its supervisor starts again',
  boundMs: RESTART_BOUND_MS,
  async inject({ api }) {
    const ended = api.ended();
    api.signal('SIGKILL');
    await ended;
    return 1;
  },
};

export const apiTerm: Fault = {
  name: 'api-term',
  what: 'SIGTERM to the API under load; it drains, and its supervisor starts it again',
  boundMs: RESTART_BOUND_MS,
  async inject({ api }) {
    const ended = api.ended();
    api.signal('SIGTERM');
    await ended;
    return 1;
  },
};

export const apiFreeze: Fault = {
  name: 'api-freeze',
  what: 'SIGSTOP to the API for 2 to 4 s: its transactions stay open',
  boundMs: RESTART_BOUND_MS,
  async inject({ api }, random) {
    api.signal('SIGSTOP');
    await sleep(random.between(2_000, 4_000));
    api.signal('SIGCONT');
    return 1;
  },
};

export const workerKill: Fault = {
  name: 'worker-kill',
  what: 'kill -9 of the worker in the middle of its jobs, twice; each time it is started again',
  boundMs: RESTART_BOUND_MS,
  combines: true,
  async inject({ worker }, random) {
    for (let times = 0; times < 2; times++) {
      await sleep(random.between(1_000, 2_500));
      const ended = worker.ended();
      worker.signal('SIGKILL');
      await ended;
    }
    return 2;
  },
  verify: (world, round) => undelivered(world, round),
};
