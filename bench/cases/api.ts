import { startApiServers } from '../harness/api-servers.js';
import { atRate } from '../harness/at-rate.js';
import type { BenchCase, CaseContext, PreparedCase, Side, Size } from '../harness/bench-case.js';
import { businessId, scatteredIndexes } from '../harness/business-rows.js';
import { type Connection, openConnection } from '../harness/keep-alive.js';
import { withCallers } from '../harness/measure.js';
import { MAX_GROWTH_BYTES } from '../harness/server-process.js';

const routeSizes = (quick: boolean): Size[] => [
  { name: '1 caller', callers: 1, operations: quick ? 300 : 1_500, warmups: 2, rounds: quick ? 5 : 11 },
  { name: '64 callers', callers: 64, operations: quick ? 1_500 : 6_000, warmups: 2, rounds: quick ? 5 : 11 },
];

/** One route, ours against the bare handlers: `paths` are asked in turn. With `memory` the servers' memory after it counts, not the time. */
function routeCase(
  name: string,
  question: string,
  paths: (rows: number) => string[],
  { sizes, sample }: Pick<BenchCase, 'sizes' | 'sample'> = { sizes: routeSizes },
): BenchCase {
  return {
    name,
    question,
    grows: true,
    subject: 'plinth',
    ...(sample === undefined ? {} : { sample }),
    sizes,
    async prepare(context: CaseContext): Promise<PreparedCase> {
      const api = await startApiServers(context, ['plinth', 'bare express', 'fastify']);
      const asked = paths(api.facts.rows as number);
      const closing: (() => unknown)[] = [];
      const sides = await Promise.all(
        [...api.servers].map(async ([side, server]): Promise<Side> => {
          const own: Connection[] = [];
          /** As many open ones as are needed: a server may have ended those that the rounds of one caller left idle. */
          const connected = async (count: number) => {
            const open = own.filter(({ closed }) => !closed);
            while (open.length < count) open.push(await openConnection(server.port));
            own.splice(0, own.length, ...open);
            return open.slice(0, count);
          };
          closing.push(() => own.map((connection) => connection.close()));
          const get = async (index: number, connection: Connection) => {
            const { status, body } = await connection.get(
              asked[index % asked.length] as string,
              await api.authorization(),
            );
            if (status !== 200) throw new Error(`${side} answered ${status}: ${body}`);
            return body;
          };
          return {
            name: side,
            async answer() {
              await each(await connected(64), { callers: 64, operations: 640 }, get);
              return Promise.all((await connected(20)).map((connection, index) => get(index, connection)));
            },
            async run(size) {
              await each(await connected(size.callers), size, get);
              return sample === 'memory' ? (await server.memory()) / 1e6 : undefined;
            },
          };
        }),
      );
      return {
        sides,
        facts: {
          ...api.facts,
          paths: asked.slice(0, 2),
          client: 'keep-alive sockets in the process of the bench',
        },
        async close() {
          for (const close of closing) close();
          await api.close();
        },
      };
    },
  };
}

/** Every caller has a connection of its own. */
function each(
  connections: readonly Connection[],
  size: Pick<Size, 'callers' | 'operations'>,
  get: (index: number, connection: Connection) => Promise<unknown>,
): Promise<undefined> {
  const free = [...connections];
  return withCallers(size, async (index) => {
    const connection = free.pop() as Connection;
    await get(index, connection);
    free.push(connection);
  });
}

const businessPaths = (rows: number) =>
  scatteredIndexes(rows, 5_000).map((index) => `/v1/businesses/${businessId(index)}`);

export const apiByIdCase = routeCase(
  'api-by-id',
  'what does GET /v1/businesses/:id cost against a bare handler with the same token check, statement and bytes?',
  businessPaths,
);

export const memoryCase = routeCase(
  'memory',
  'how much memory does the API hold after so many reads of businesses by their ids, against bare handlers?',
  businessPaths,
  {
    sample: 'memory',
    sizes: (quick) => [
      {
        name: '64 callers',
        callers: 64,
        operations: quick ? 2_000 : 20_000,
        warmups: 1,
        rounds: quick ? 1 : 5,
      },
    ],
  },
);

export const apiPageCase = routeCase(
  'api-page',
  'what does a page of GET /v1/businesses cost against a bare handler with the same token check, statement and bytes?',
  () => ['/v1/businesses'],
);

export const apiBlocksCase = routeCase(
  'api-blocks',
  'what does a page of GET /v1/me/blocks under row security cost against a bare handler that also does BEGIN, set_config, COMMIT?',
  () => ['/v1/me/blocks'],
);

const perSecond = 500;

export const apiLoadCase: BenchCase = {
  name: 'api-load',
  question: `with 1,000 open connections and ${perSecond} requests/s, how long does one in a hundred wait (p99)?`,
  sample: 'latency',
  sizes: (quick) => [
    {
      name: '1,000 connections',
      callers: 1_000,
      operations: perSecond * (quick ? 5 : 60),
      warmups: 1,
      rounds: 1,
    },
  ],
  async prepare(context) {
    const api = await startApiServers(context, ['plinth']);
    const [server] = api.servers.values();
    if (server === undefined) throw new Error('no server');
    const own: Connection[] = [];
    let loadedBefore = false;
    while (own.length < 1_000) own.push(await openConnection(server.port));
    const ids = scatteredIndexes(api.facts.rows as number, 5_000).map(businessId);
    return {
      sides: [
        {
          name: 'plinth p99',
          async answer() {
            const { status, body } = await (own[0] as Connection).get(
              `/v1/businesses/${ids[0]}`,
              await api.authorization(),
            );
            return { status, body };
          },
          async run({ operations }) {
            const authorization = await api.authorization();
            const before = await server.memory();
            const latencies = await atRate({ own, operations, perSecond }, (connection, index) =>
              connection.get(`/v1/businesses/${ids[index % ids.length]}`, authorization),
            );
            const growth = (await server.memory()) - before;
            context.log(
              `api-load: memory ${Math.round(before / 1e6)} MB, ${Math.round(growth / 1e6)} MB more after it`,
            );
            // A heap takes its working size under the first load; only what comes on top of that is a leak.
            if (loadedBefore && growth > MAX_GROWTH_BYTES)
              throw new Error(`the server grew by ${growth} bytes`);
            loadedBefore = true;
            latencies.sort((a, b) => a - b);
            return latencies[Math.floor(latencies.length * 0.99)] as number;
          },
        },
      ],
      facts: { ...api.facts, perSecond, timed: 'from when a request was due, not from when it was sent' },
      async close() {
        for (const connection of own) connection.close();
        await api.close();
      },
    };
  },
};
