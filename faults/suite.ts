import { cpus, loadavg, release, type } from 'node:os';
import { allOf } from '@plinth/db/testing';
import type { Fault } from './cases/fault.js';
import { type Lane, openLane } from './lane.js';
import type { RoundResult, SuiteResult } from './report/result.js';
import { createSeededRandom, type SeededRandom } from './seeded-random.js';

/** What to run, and where. */
export interface SuiteRun {
  readonly root: string;
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly minutes: number;
  /** So many systems at once, each with its own server and clients: whichever has ended a round takes the next fault. */
  readonly worlds: number;
  /** What started processes inherit. */
  readonly env: Record<string, string>;
  readonly log: (line: string) => void;
  /** Told of every round when it is over. */
  readonly onRound: (result: RoundResult) => void;
  /** Ends the run after the rounds that are going on. */
  readonly signal?: AbortSignal;
}

/** Of random rounds, those in which two faults come together. */
const TOGETHER = 0.4;

/** Runs every fault once, in an order drawn from the seed, then random ones until the time is over. */
export async function runSuite(run: SuiteRun): Promise<SuiteResult> {
  const { faults, seed, minutes, onRound, signal } = run;
  const random = createSeededRandom(seed);
  const startedAt = new Date();
  const startedMs = performance.now();
  const [load = 0] = loadavg();
  const lanes = await openLanes(run, random);
  try {
    const { possible, skipped } = await sortOut(faults, lanes[0] as Lane);
    const rounds: RoundResult[] = [];
    const draw = drawRounds(possible, random, () => performance.now() - startedMs < minutes * 60_000);
    let number = 0;
    let failed = false;
    const work = async (lane: Lane) => {
      while (!signal?.aborted && !failed) {
        const { value: chosen, done } = draw.next();
        if (done) return;
        const result = await lane.round(++number, chosen, random.fork());
        rounds.push(result);
        onRound(result);
      }
    };
    await allOf(
      lanes.map((lane) =>
        work(lane).catch((error) => {
          failed = true;
          throw error;
        }),
      ),
    );
    const violations = (await Promise.all(lanes.map((lane) => lane.finish()))).flat();
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
      clients: lanes.reduce((sum, { clients }) => sum + clients, 0),
      rounds,
      skipped,
      violations,
    };
  } finally {
    await allOf(lanes.map((lane) => lane.close()));
  }
}

/** Opens all worlds, or none. */
async function openLanes(run: SuiteRun, random: SeededRandom): Promise<Lane[]> {
  const opening = Array.from({ length: run.worlds }, () => openLane(run, random.fork()));
  try {
    return await allOf(opening);
  } catch (error) {
    for (const one of await Promise.allSettled(opening))
      if (one.status === 'fulfilled') await one.value.close();
    throw error;
  }
}

/** The faults that this machine can have, the same in every world, and why it cannot have the others. */
async function sortOut(faults: readonly Fault[], { world }: Lane) {
  const possible: Fault[] = [];
  const skipped: { fault: string; reason: string }[] = [];
  for (const fault of faults) {
    const reason = await fault.missing?.(world);
    if (reason === undefined) possible.push(fault);
    else skipped.push({ fault: fault.name, reason });
  }
  return { possible, skipped };
}

/** What each round breaks: every fault once, then random ones for as long as there is time. */
function* drawRounds(
  possible: readonly Fault[],
  random: SeededRandom,
  hasTime: () => boolean,
): Generator<readonly Fault[], void> {
  for (const fault of random.shuffled(possible)) yield [fault];
  const combining = possible.filter(({ combines }) => combines);
  while (possible.length > 0 && hasTime()) {
    const together = combining.length > 1 && random.chance(TOGETHER);
    yield together ? random.shuffled(combining).slice(0, 2) : [random.pick(possible)];
  }
}
