import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from '@plinth/db/embedded';
import { freePort } from '@plinth/db/testing';
import type { Violation } from '../ledger/violation.js';
import { undelivered } from './deliveries.js';
import { type Fault, RESTART_BOUND_MS } from './fault.js';
import { badEnd } from './migration.js';

interface Answer {
  readonly started: boolean;
  readonly api: { readonly pid: number };
  readonly worker: { readonly pid: number } | null;
}

/** Started twice, there is one more API and one more worker, and both commands name them; ended twice, both are gone. */
export const twoUps: Fault = {
  name: 'two-ups',
  what: 'two `plinth up` of one home at the same moment, on a database that others serve already; clients use both APIs; then two `plinth down`',
  boundMs: RESTART_BOUND_MS,
  async inject(world, random, found) {
    const port = await freePort();
    // Not the server's home: `down` would stop the server too.
    const env = { PLINTH_HOME: join(world.folder, 'home-of-up'), PORT: String(port) };
    const twice = async (command: string) => {
      const one = () => world.plinth([command, '--json'], env);
      const outcomes = await Promise.all([one(), one()]);
      found.push(...outcomes.flatMap((outcome) => badEnd(`plinth ${command}`, outcome)));
      return outcomes.flatMap(({ code, stdout }) => (code === 0 ? [JSON.parse(stdout) as Answer] : []));
    };
    const ups = await twice('up');
    found.push(...judgeUps(ups));
    if (ups.length > 0) {
      world.apiPorts.push(port);
      await sleep(random.between(1_500, 2_500));
      world.apiPorts.splice(1);
    }
    await twice('down');
    found.push(...(await leftRunning(ups)));
    return 2;
  },
  verify: (world, round) => undelivered(world, round),
};

function judgeUps(ups: readonly Answer[]): Violation[] {
  const started = ups.filter((one) => one.started).length;
  const places = new Set(ups.map(({ api, worker }) => `api ${api.pid}, worker ${worker?.pid}`));
  if (started === 1 && places.size === 1 && ups.every(({ worker }) => worker !== null)) return [];
  const detail = `two plinth up: ${started} said that they started it: ${[...places].join(' and ')}`;
  return [{ kind: 'command', detail }];
}

async function leftRunning(ups: readonly Answer[]): Promise<Violation[]> {
  const pids = new Set(ups.flatMap(({ api, worker }) => [api.pid, ...(worker === null ? [] : [worker.pid])]));
  const left: number[] = [];
  for (const pid of pids) if ((await startTimeOf(pid)) !== undefined) left.push(pid);
  if (left.length === 0) return [];
  return [{ kind: 'command', detail: `two plinth down have left the processes ${left.join(', ')}` }];
}
