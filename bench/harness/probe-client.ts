// A thread that asks one probe at a fixed rate, as a kubelet would from elsewhere: the load that runs beside it in this
// process must not delay its clock.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type Connection, openConnection } from './keep-alive.js';

/** What it is told. */
export interface ProbeLoad {
  port: number;
  path: string;
  perSecond: number;
  seconds: number;
}

const { port, path, perSecond, seconds } = workerData as ProbeLoad;
const own: Connection[] = [];
const latencies: number[] = [];
const pending: Promise<void>[] = [];

/** From when it was sent: that a thread of the client came late is not the server's doing, and nothing waits its turn. */
async function ask(connection: Connection): Promise<void> {
  const sentAt = performance.now();
  const { status } = await connection.get(path, 'none');
  if (status !== 200) throw new Error(`GET ${path} answered ${status}`);
  latencies.push(performance.now() - sentAt);
}

const startedAt = performance.now();
for (let index = 0; index < perSecond * seconds; index++) {
  await sleep(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
  let connection = own.find(({ busy }) => !busy);
  if (connection === undefined) {
    connection = await openConnection(port);
    own.push(connection);
  }
  pending.push(ask(connection));
}
await Promise.all(pending);
for (const connection of own) connection.close();
parentPort?.postMessage(latencies);
