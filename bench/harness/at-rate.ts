import type { Connection } from './keep-alive.js';

/** Sends at a fixed rate over connections in turn; answers every latency from the moment the request was due. Throws on any failure. */
export async function atRate(
  load: { own: readonly Connection[]; operations: number; perSecond: number },
  send: (connection: Connection, index: number) => Promise<{ status: number }>,
): Promise<number[]> {
  const { own, operations, perSecond } = load;
  const startedAt = performance.now();
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  let at = 0;
  for (let index = 0; index < operations; index++) {
    const dueAt = startedAt + (index * 1_000) / perSecond;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0.5) await new Promise((resolve) => setTimeout(resolve, waitMs));
    while (own[at % own.length]?.busy) at++;
    const connection = own[at++ % own.length] as Connection;
    pending.push(
      send(connection, index).then(({ status }) => {
        if (status !== 200) throw new Error(`answered ${status}`);
        latencies.push(performance.now() - dueAt);
      }),
    );
  }
  await Promise.all(pending);
  return latencies;
}
