import { withClient } from '@plinth/db';
import { DATABASE } from '../world/settings.js';
import type { World } from '../world/world.js';
import { type Fault, RESTART_BOUND_MS } from './fault.js';
import { badEnd } from './migration.js';

const asked = new WeakMap<World, Promise<string | undefined>>();

/** Why nothing can be backed up here; undefined where it can. Asked once. */
export function missingClientTools(world: World): Promise<string | undefined> {
  const answer = asked.get(world) ?? askDoctor(world);
  asked.set(world, answer);
  return answer;
}

async function askDoctor(world: World): Promise<string | undefined> {
  const { stdout } = await world.plinth(['backup', 'doctor', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; detail: string }[] };
  const tools = checks.find(({ name }) => name === 'tools');
  return tools?.ok ? undefined : (tools?.detail ?? 'plinth backup doctor does not tell');
}

export const restoreSwap: Fault = {
  name: 'restore-swap',
  what: 'plinth backup create, then backup restore --swap in the place of the live database, under load',
  boundMs: RESTART_BOUND_MS,
  missing: missingClientTools,
  async inject(world, _random, found) {
    const made = await world.plinth(['backup', 'create', '--json']);
    found.push(...badEnd('plinth backup create', made));
    if (made.code !== 0) return 0;
    const { id } = JSON.parse(made.stdout) as { id: string };
    const swap = ['backup', 'restore', id, '--swap', '--confirm', DATABASE];
    found.push(...badEnd(`plinth ${swap.join(' ')}`, await world.plinth(swap)));
    return 1;
  },
  putAside: ({ adminUrl }) =>
    withClient(adminUrl, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "select datname as name from pg_database where datname like $1 || '\\_\\_old\\_%' order by 1",
        [DATABASE],
      );
      return rows.map(({ name }) => name);
    }),
};
