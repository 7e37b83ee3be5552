import { cpus, loadavg, release, type } from 'node:os';
import type { Fault } from './cases/fault.js';
import { checkRows } from './ledger/check-rows.js';
import { createLoadClient, type LoadClient } from './load/client.js';
import { createHttpClient } from './load/http-client.js';
import type { RoundResult, SuiteResult } from './report/result.js';
import { runRound } from './round.js';
import { createSeededRandom, type SeededRandom } from './seeded-random.js';
import { readEvidence } from './world/read-evidence.js';
import { CLIENTS_PER_PERSON } from './world/settings.js';
import { openWorld, type World } from './world/world.js';

/** What to run, and where. */
export interface SuiteRun {
  readonly root: string;
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly minutes: number;
  /** What started processes inherit. */
  readonly env: Record<string, string>;
  readonly log: (line: string) => void;
  /** Told of every round when it is over. */
  readonly onRound: (result: RoundResult) => void;
  /** Ends the run after the round that is going on. */
  readonly signal?: AbortSignal;
}

const SIGN_IN_EVERY_MS = 5 * 60_000;
/** Of random rounds, those in which two faults come together. */
const TOGETHER = 0.4;

/** Runs every fault once, in an order drawn from the seed, then random ones until the time is over. */
export async function runSuite(run: SuiteRun): Promise<SuiteResult> {
  const { root, faults, seed, minutes, env, log, onRound, signal } = run;
  const random = createSeededRandom(seed);
  const startedAt = new Date();
  const startedMs = performance.now();
  const [load = 0] = loadavg();
  const world = await openWorld(root, env, log);
  const clients = createClients(world, random);
  const probe = createHttpClient(2_000);
  const rounds: RoundResult[] = [];
  const skipped: { fault: string; reason: string }[] = [];
  let signedInMs = performance.now();
  const round = async (chosen: readonly Fault[]) => {
    if (performance.now() - signedInMs > SIGN_IN_EVERY_MS) {
      await world.signIn();
      signedInMs = performance.now();
    }
    const number = rounds.length + 1;
    const result = await runRound({ number, faults: chosen, world, clients, probe, random: random.fork() });
    rounds.push(result);
    onRound(result);
  };
  try {
    const possible: Fault[] = [];
    for (const fault of faults) {
      const reason = await fault.missing?.(world);
      if (reason === undefined) possible.push(fault);
      else skipped.push({ fault: fault.name, reason });
    }
    for (const fault of random.shuffled(possible)) if (!signal?.aborted) await round([fault]);
    const combining = possible.filter(({ combines }) => combines);
    while (performance.now() - startedMs < minutes * 60_000 && possible.length > 0 && !signal?.aborted) {
      const together = combining.length > 1 && random.chance(TOGETHER);
      await round(together ? random.shuffled(combining).slice(0, 2) : [random.pick(possible)]);
    }
    const whole = await readEvidence(world.adminUrl, undefined);
    const violations = checkRows(
      [],
      whole,
      world.people.map(({ id }) => id),
      { acknowledged: false },
    );
    const [cpu] = cpus();
    return {
      seed,
      startedAt: startedAt.toISOString(),
      durationMs: performance.now() - startedMs,
      machine: {
        node: process.version,
        cores: cpus().length,
        cpu: cpu?.model ?? 'unknown',
        system: `${type()} ${release()}`,
        load,
      },
      clients: clients.length,
      rounds,
      skipped,
      violations,
    };
  } finally {
    probe.close();
    for (const client of clients) client.close();
    await world.close();
  }
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
