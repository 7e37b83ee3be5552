import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { startApiServers } from '../harness/api-servers.js';
import { atRate } from '../harness/at-rate.js';
import type { BenchCase } from '../harness/bench-case.js';
import { businessId, scatteredIndexes } from '../harness/business-rows.js';
import { type Connection, openConnection } from '../harness/keep-alive.js';
import type { ProbeLoad } from '../harness/probe-client.js';

const perSecond = 500;
const connections = 1_000;
const probesPerSecond = 100;
const paths = ['/health', '/ready', '/startup'] as const;

export const probesCase: BenchCase = {
  name: 'probes',
  question: `with 1,000 open connections and ${perSecond} requests/s, how long does one in a hundred probes take (p99)?`,
  sample: 'latency',
  sizes: (quick) => [
    {
      name: '1,000 connections',
      callers: connections,
      operations: perSecond * (quick ? 3 : 20),
      warmups: 1,
      rounds: quick ? 2 : 5,
    },
  ],
  async prepare(context) {
    const api = await startApiServers(context, ['plinth']);
    const [server] = api.servers.values();
    if (server === undefined) throw new Error('no server');
    const own: Connection[] = [];
    while (own.length < connections) own.push(await openConnection(server.port));
    const ids = scatteredIndexes(api.facts.rows as number, 5_000).map(businessId);
    return {
      sides: paths.map((path) => ({
        name: `GET ${path} p99`,
        async answer() {
          return (await (own[0] as Connection).get(path, 'none')).status;
        },
        async run({ operations }) {
          const authorization = await api.authorization();
          const seconds = operations / perSecond;
          const probes = askProbe({ port: server.port, path, perSecond: probesPerSecond, seconds });
          const load = atRate({ own, operations, perSecond }, (connection, index) =>
            connection.get(`/v1/businesses/${ids[index % ids.length]}`, authorization),
          );
          const [latencies] = await Promise.all([probes, load]);
          latencies.sort((a, b) => a - b);
          return latencies[Math.floor(latencies.length * 0.99)] as number;
        },
      })),
      facts: {
        ...api.facts,
        connections,
        perSecond,
        probesPerSecond,
        timed: 'each probe from when it was sent, by a thread of its own; the load is GET /v1/businesses/:id',
      },
      async close() {
        for (const connection of own) connection.close();
        await api.close();
      },
    };
  },
};

/** Latencies in milliseconds. Throws when an answer is not 200. */
async function askProbe(load: ProbeLoad): Promise<number[]> {
  const worker = new Worker(new URL('../harness/probe-client.ts', import.meta.url), { workerData: load });
  // A failure of the thread rejects this.
  const [latencies] = await once(worker, 'message');
  return latencies as number[];
}
