import type { Fault } from './cases/fault.js';
import { checkRows } from './ledger/check-rows.js';
import type { Violation } from './ledger/violation.js';
import { createLoadClient, type LoadClient } from './load/client.js';
import { createHttpClient } from './load/http-client.js';
import type { RoundResult } from './report/result.js';
import { runRound } from './round.js';
import type { SeededRandom } from './seeded-random.js';
import { readEvidence } from './world/read-evidence.js';
import { CLIENTS_PER_PERSON } from './world/settings.js';
import { openWorld, type World } from './world/world.js';

/** A running system of its own and its clients, on which one round comes after the other. */
export interface Lane {
  readonly world: World;
  readonly clients: number;
  round(number: number, faults: readonly Fault[], random: SeededRandom): Promise<RoundResult>;
  /** What is wrong at the end, over all of its rounds. */
  finish(): Promise<Violation[]>;
  close(): Promise<void>;
}

const SIGN_IN_EVERY_MS = 5 * 60_000;

/** Starts the system; `env` is what its processes inherit. */
export async function openLane(
  { root, env, log }: { root: string; env: Record<string, string>; log: (line: string) => void },
  random: SeededRandom,
): Promise<Lane> {
  const world = await openWorld(root, env, log);
  const clients = createClients(world, random);
  const probe = createHttpClient(2_000);
  let signedInMs = performance.now();
  return {
    world,
    clients: clients.length,
    async round(number, faults, itsRandom) {
      if (performance.now() - signedInMs > SIGN_IN_EVERY_MS) {
        await world.signIn();
        signedInMs = performance.now();
      }
      return await runRound({ number, faults, world, clients, probe, random: itsRandom });
    },
    async finish() {
      const whole = await readEvidence(world.adminUrl, undefined);
      const userIds = world.people.map(({ id }) => id);
      return checkRows([], whole, userIds, { acknowledged: false });
    },
    async close() {
      probe.close();
      for (const client of clients) client.close();
      await world.close();
    },
  };
}

function createClients(world: World, random: SeededRandom): LoadClient[] {
  const { people, artistIds, campaignId, apiPorts } = world;
  return people.flatMap((person) =>
    Array.from({ length: CLIENTS_PER_PERSON }, (_, turn) =>
      createLoadClient({
        number: person.index * CLIENTS_PER_PERSON + turn,
        person,
        everybody: people,
        random: random.fork(),
        artistIds: artistIds.filter((_id, index) => index % CLIENTS_PER_PERSON === turn),
        campaignId,
        ports: () => apiPorts,
      }),
    ),
  );
}
