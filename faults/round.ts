import { setTimeout as sleep } from 'node:timers/promises';
import { urlFor } from '@plinth/db';
import type { Fault } from './cases/fault.js';
import { checkAttempts } from './ledger/check-attempts.js';
import { checkEvents } from './ledger/check-events.js';
import { checkRows } from './ledger/check-rows.js';
import { createLedger, type Ledger } from './ledger/ledger.js';
import { outcomeOf } from './ledger/operation.js';
import type { Violation } from './ledger/violation.js';
import type { LoadClient } from './load/client.js';
import type { HttpClient } from './load/http-client.js';
import type { RoundResult } from './report/result.js';
import type { SeededRandom } from './seeded-random.js';
import { judgeReadiness, type ReadySample, sampleReadiness } from './watch/readiness.js';
import { recoveryMs } from './watch/recovery.js';
import { readEvidence, waitUntilQuiet } from './world/read-evidence.js';
import { DATABASE } from './world/settings.js';
import type { World } from './world/world.js';

/** What a round needs. */
export interface RoundOptions {
  readonly number: number;
  readonly faults: readonly Fault[];
  readonly world: World;
  readonly clients: readonly LoadClient[];
  /** For /ready alone. */
  readonly probe: HttpClient;
  readonly random: SeededRandom;
}

/** What was left unanswered is sent again for so long. */
const SETTLE_MS = 30_000;
const QUIET_MS = 20_000;
const CALM_MS = 1_000;

/** Runs the load, breaks something in the midst of it, waits for the recovery, and checks every promise. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { number, faults, world, clients, probe, random } = options;
  const startedMs = performance.now();
  const rewinds = faults.some(({ putAside }) => putAside !== undefined);
  const boundMs = Math.max(...faults.map((fault) => fault.boundMs));
  const ledger = createLedger(number);
  const samples: ReadySample[] = [];
  const violations: Violation[] = [];
  for (const person of world.people) person.sharedRow = undefined;
  await world.waitUntilReady(world.apiPorts[0] as number, boundMs);

  let stopped = false;
  const isStopped = () => stopped;
  const load = clients.map((client) => client.run(ledger, { rewinds, stopped: isStopped }));
  const sampling = sampleReadiness(probe, world.apiPorts[0] as number, samples, isStopped);
  let struck = 0;
  let recovered: number | undefined;
  try {
    await sleep(random.between(800, 1_500));
    const strikes = await Promise.all(faults.map((fault) => strike(fault, options, violations)));
    struck = strikes.reduce((sum, one) => sum + one, 0);
    recovered = await waitForRecovery(ledger, samples, clients.length, boundMs);
  } finally {
    stopped = true;
    await Promise.all([...load, sampling]);
  }
  if (recovered === undefined)
    violations.push({
      kind: 'recovery',
      detail: `not all was well ${boundMs} ms after the end of the fault`,
    });

  const left = (await Promise.all(clients.map((client) => client.settle(SETTLE_MS)))).flat();
  if (left.length > 0)
    violations.push({
      kind: 'recovery',
      detail: `${left.length} operations got no answer in ${SETTLE_MS} ms, such as ${left[0]}`,
    });
  violations.push(...(await checkEverything(options, ledger)));
  violations.push(...judgeReadiness(samples, spansOf(ledger)));
  for (const fault of faults) violations.push(...((await fault.verify?.(world, number)) ?? []));
  for (const { crashes } of [world.api, world.worker])
    violations.push(...crashes.splice(0).map((detail) => ({ kind: 'crash', detail }) as const));

  const { operations, reads } = ledger;
  const count = (outcome: string) => operations.filter((one) => outcomeOf(one) === outcome).length;
  return {
    round: number,
    faults: faults.map(({ name }) => name),
    struck,
    operations: operations.length,
    reads,
    acknowledged: count('acknowledged'),
    failed: count('failed'),
    unknown: count('unknown'),
    ambiguous: operations.filter(({ attempts }) => attempts.some((one) => one.outcome === 'unknown')).length,
    recoveryMs: recovered,
    boundMs,
    violations,
    durationMs: performance.now() - startedMs,
  };
}

/** Injects a fault. One that could not be is a finding, and the round goes on: the system has to recover from that, too. */
async function strike(
  fault: Fault,
  { world, random }: RoundOptions,
  violations: Violation[],
): Promise<number> {
  try {
    return await fault.inject(world, random.fork(), violations);
  } catch (error) {
    violations.push({ kind: 'command', detail: `${fault.name} ended early: ${(error as Error).message}` });
    return 0;
  }
}

/** Waits until all has been well for a moment; answers how long that took, undefined after the bound. */
async function waitForRecovery(
  ledger: Ledger,
  samples: readonly ReadySample[],
  clients: number,
  boundMs: number,
): Promise<number | undefined> {
  const healedMs = performance.now();
  for (;;) {
    await sleep(100);
    const acknowledged = ledger.operations.flatMap(({ client, attempts }) =>
      attempts.filter(({ outcome }) => outcome === 'acknowledged').map((one) => ({ ...one, client })),
    );
    const took = recoveryMs({ healedMs, acknowledged, troubles: ledger.troubles, samples, clients });
    const since = performance.now() - healedMs;
    if (took !== undefined && since - took >= CALM_MS && took <= boundMs) return took;
    if (since > boundMs + CALM_MS) return undefined;
  }
}

/** Ledger, rows, audit log and events of this round, in every database that was live during it. */
async function checkEverything(
  { number, faults, world }: RoundOptions,
  ledger: Ledger,
): Promise<Violation[]> {
  const { adminUrl, people } = world;
  if (!(await waitUntilQuiet(adminUrl, DATABASE, QUIET_MS)))
    return [
      { kind: 'recovery', detail: `sessions of the api are still in transactions after ${QUIET_MS} ms` },
    ];
  const userIds = people.map(({ id }) => id);
  const before = (await Promise.all(faults.map((fault) => fault.putAside?.(world) ?? []))).flat();
  const urls = [...before.map((name) => urlFor(adminUrl, name)), adminUrl];
  const evidence = await Promise.all(urls.map((url) => readEvidence(url, number)));
  const whole = before.length === 0;
  return [
    ...ledger.violations(),
    ...checkAttempts(
      ledger.operations,
      evidence.map(({ audit }) => audit),
    ),
    ...evidence.flatMap((one) => checkRows(ledger.operations, one, userIds, { acknowledged: whole })),
    ...evidence.flatMap((one) => checkEvents(one, userIds[0] ?? '')),
  ];
}

/** The writes of a round with their times; those that met trouble too. */
function spansOf({ operations, troubles }: Ledger) {
  return [
    ...operations.flatMap(({ attempts }) =>
      attempts
        .filter(({ outcome }) => outcome === 'acknowledged')
        .map(({ sentMs, endedMs }) => ({ sentMs, endedMs, acknowledged: true })),
    ),
    ...troubles.map(({ sentMs, endedMs }) => ({ sentMs, endedMs, acknowledged: false })),
  ];
}
