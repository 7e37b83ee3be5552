import type { Connection } from './keep-alive.js';

/**
 * Starts `start(0)`, `start(1)` and so on at a fixed rate, whether or not the earlier ones have ended; ends when all have.
 * `dueAt` is on the clock of performance.now(): latencies are counted from it, so that a server which keeps everybody
 * waiting is charged for everybody (no coordinated omission). The first failure stops it and is thrown.
 */
export async function pace(
  { operations, perSecond }: { operations: number; perSecond: number },
  start: (index: number, dueAt: number) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const pending: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (let index = 0; index < operations && failures.length === 0; index++) {
    const dueAt = startedAt + (index * 1_000) / perSecond;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0.5) await new Promise((resolve) => setTimeout(resolve, waitMs));
    pending.push(start(index, dueAt).catch((error: unknown) => void failures.push(error)));
  }
  await Promise.all(pending);
  if (failures.length > 0) throw failures[0];
}

/** Sends at a fixed rate over connections in turn; answers every latency from the moment the request was due. Throws on any failure. */
export async function atRate(
  load: { own: readonly Connection[]; operations: number; perSecond: number },
  send: (connection: Connection, index: number) => Promise<{ status: number }>,
): Promise<number[]> {
  const { own } = load;
  const latencies: number[] = [];
  let at = 0;
  await pace(load, async (index, dueAt) => {
    while (own[at % own.length]?.busy) at++;
    const { status } = await send(own[at++ % own.length] as Connection, index);
    if (status !== 200) throw new Error(`answered ${status}`);
    latencies.push(performance.now() - dueAt);
  });
  return latencies;
}
