import { setTimeout as sleep } from 'node:timers/promises';
import { BOUND_MS, type Fault } from './fault.js';

export const blackHole: Fault = {
  name: 'black-hole',
  what: 'for 2 to 6 s nothing passes between API and database, and nothing says so',
  boundMs: BOUND_MS,
  async inject({ proxy }, random) {
    proxy.drop();
    await sleep(random.between(2_000, 6_000));
    proxy.restore();
    return 1;
  },
};

export const longOutage: Fault = {
  name: 'long-outage',
  what: 'the same for 12 s: long enough that /ready has to say so',
  boundMs: BOUND_MS,
  async inject({ proxy }) {
    proxy.drop();
    await sleep(12_000);
    proxy.restore();
    return 1;
  },
};

export const reset: Fault = {
  name: 'reset',
  what: 'every connection to the database is reset, several times in 2 s',
  boundMs: BOUND_MS,
  combines: true,
  async inject({ proxy }, random) {
    let struck = 0;
    for (const until = performance.now() + 2_000; performance.now() < until; struck++) {
      proxy.reset();
      await sleep(random.between(100, 600));
    }
    return struck;
  },
};

export const latency: Fault = {
  name: 'latency',
  what: 'every answer of the database comes 50 to 250 ms later, for 4 s',
  boundMs: BOUND_MS,
  combines: true,
  async inject({ proxy }, random) {
    proxy.delay(Math.round(random.between(50, 250)));
    await sleep(4_000);
    proxy.delay(0);
    return 1;
  },
};

export const commitCut: Fault = {
  name: 'commit-cut',
  what: 'COMMIT arrives and its answer does not, again and again for 4 s',
  boundMs: BOUND_MS,
  combines: true,
  async inject({ proxy }, random) {
    const before = proxy.cuts;
    for (const until = performance.now() + 4_000; performance.now() < until; ) {
      proxy.cutCommit();
      await sleep(random.between(100, 250));
    }
    return proxy.cuts - before;
  },
};
