import { withClient } from '@plinth/db';
import { freePort } from '@plinth/db/testing';
import type { Violation } from '../ledger/violation.js';
import type { World } from '../world/world.js';
import { undelivered } from './deliveries.js';
import { BOUND_MS, type Fault } from './fault.js';
import { appliedOnce, badEnd, migrateDown, writeMoreMigrations } from './migration.js';
import { missingClientTools } from './restore.js';

const API_LIMIT_MS = 30_000;

/** Both APIs serve while two workers work, two migrations race and two backups are made. */
export const twoAtOnce: Fault = {
  name: 'two-at-once',
  what: 'two APIs and two workers at work while two `migrate up` and two `backup create` start at the same moment',
  boundMs: BOUND_MS,
  async inject(world, _random, found) {
    const port = await freePort();
    const [api, worker] = [world.startApi(port), world.startWorker()];
    try {
      await world.waitUntilReady(port, API_LIMIT_MS);
      world.apiPorts.push(port);
      const dir = await writeMoreMigrations(world);
      const migrate = ['migrate', 'up', '--dir', dir];
      const canBackUp = (await missingClientTools(world)) === undefined;
      const backups = canBackUp
        ? [
            ['backup', 'create'],
            ['backup', 'create'],
          ]
        : [];
      const commands = [migrate, migrate, ...backups];
      const outcomes = await Promise.all(commands.map((args) => world.plinth(args)));
      for (const [index, outcome] of outcomes.entries())
        found.push(...badEnd(`plinth ${commands[index]?.join(' ')}`, outcome));
      found.push(...(await appliedOnce(world, 'two plinth migrate up')));
      found.push(...(await migrateDown(world, dir)));
      found.push(
        ...[...api.crashes, ...worker.crashes].map((detail) => ({ kind: 'crash', detail }) as const),
      );
    } finally {
      world.apiPorts.splice(1);
      await Promise.all([api.stop(), worker.stop()]);
    }
    return 1;
  },
  verify: async (world, round) => [
    ...(await undelivered(world, round)),
    ...(await arrivedTwice(world, round)),
  ],
};

/** Two workers that both live deliver an event once. */
async function arrivedTwice({ adminUrl, receiver }: World, round: number): Promise<Violation[]> {
  return await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `select id from webhook_events where payload ->> 'note' like $1`,
      [`r${round}.u%`],
    );
    return rows
      .filter(({ id }) => (receiver.arrived.get(id) ?? 0) > 1)
      .map(({ id }) => ({ kind: 'event', detail: `event ${id} was sent ${receiver.arrived.get(id)} times` }));
  });
}
