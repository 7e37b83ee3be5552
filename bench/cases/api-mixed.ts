import { startApiServers } from '../harness/api-servers.js';
import { pace } from '../harness/at-rate.js';
import type { BenchCase, PreparedCase, Side } from '../harness/bench-case.js';
import { businessId } from '../harness/business-rows.js';
import { type LoadLook, leftBehind, memoryOf, type Watched, watchLoad } from '../harness/load-watch.js';
import { createAcknowledged, missingWrites, removeMade, sizesOf } from '../harness/mixed/acknowledged.js';
import { ask, openClients, permitBusinesses, versionsOf } from '../harness/mixed/clients.js';
import type { Client, MixedEndpoint, MixedWork } from '../harness/mixed/endpoint.js';
import { reads, searches } from '../harness/mixed/reads.js';
import { blockAnArtist, writes } from '../harness/mixed/writes.js';
import { createRandom, scheduleOf } from '../harness/schedule.js';
import { MAX_GROWTH_BYTES, type ServerProcess } from '../harness/server-process.js';
import { createTally, type EndpointTally } from '../harness/tally.js';

const perSecond = 300;
const connections = 1_000;
const blocksPerUser = 10;
const seed = 20_261_121;
/** A prime: steps of this size through the businesses meet none twice, unless their number is a multiple of it. */
const STRIDE = 7_919;

/** Of each hundred requests 70 read, 20 write and 10 search. */
export const mixedEndpoints: readonly MixedEndpoint[] = [...reads, ...writes, ...searches];
const names = mixedEndpoints.map(({ name }) => name);

/** The server's caches and heap take their working size while it warms up, which is not counted. */
const secondsOf = (quick: boolean) =>
  quick ? { warmUp: 15, steady: 20, everyMs: 5_000 } : { warmUp: 60, steady: 600, everyMs: 60_000 };

export const apiMixedCase: BenchCase = {
  name: 'api-mixed',
  question: `with ${connections.toLocaleString('en')} users, each on a connection of their own, and ${perSecond} requests/s of mixed work, how long does one in a hundred wait at each endpoint (p99)?`,
  sample: 'latency',
  sizes: (quick) => [
    {
      name: '1,000 users',
      callers: connections,
      operations: perSecond * secondsOf(quick).steady,
      warmups: 0,
      rounds: 1,
    },
  ],
  async prepare(context): Promise<PreparedCase> {
    const { quick, rows: businesses = quick ? 100_000 : 1_000_000, log } = context;
    if (businesses < 10 * connections)
      throw new Error(
        `--rows ${businesses} has too few users: every tenth business has one, and ${connections} act`,
      );
    const rows = { businesses, users: Math.floor(businesses / 10), blocksPerUser };
    const api = await startApiServers(context, ['plinth'], { users: rows.users, perUser: blocksPerUser });
    const server = api.servers.get('plinth') as ServerProcess;
    const apart = Math.max(1, Math.floor(rows.users / connections));
    const users = Array.from({ length: connections }, (_, index) => (index * apart) % rows.users);
    await permitBusinesses(api.loaderUrl, users);
    const clients = await openClients(api, server.port, users);
    const times = secondsOf(quick);
    const facts: Record<string, unknown> = {
      ...api.facts,
      connections,
      perSecond,
      warmUpSeconds: times.warmUp,
      steadySeconds: times.steady,
      seed,
      mix: Object.fromEntries(mixedEndpoints.map(({ name, share }) => [name, share])),
      timed: 'from when a request was due, not from when it was sent',
      limits:
        'none is switched off: the API limits signing in and sending mail only, and the users of this case have their tokens already',
    };

    const load = async () => {
      const outcome = await runMixed(await planWork(api.loaderUrl, rows, times), clients, {
        server,
        url: api.loaderUrl,
        ...times,
      });
      Object.assign(facts, outcome.facts);
      for (const line of outcome.lines) log(`api-mixed: ${line}`);
      if (outcome.failures.length > 0) throw new Error(`api-mixed failed:\n${outcome.failures.join('\n')}`);
      return outcome.endpoints;
    };
    let running: Promise<EndpointTally[]> | undefined;
    return {
      sides: names.map(
        (name): Side => ({
          name: `${name} p99`,
          answer: async () => (await clients[0]?.connection.get('/v1/me', clients[0].authorization))?.status,
          // All endpoints are asked in one load; whoever is first starts it.
          async run() {
            running ??= load();
            return (await running).find(({ endpoint }) => endpoint === name)?.p99 as number;
          },
        }),
      ),
      facts,
      async close() {
        for (const { connection } of clients) connection.close();
        await removeMade(api.loaderUrl);
        await api.close();
      },
    };
  },
};

type Times = ReturnType<typeof secondsOf>;

/** What the run asks, in the order in which it does. */
async function planWork(url: string, rows: MixedWork['rows'], { warmUp, steady }: Times) {
  const random = createRandom(seed);
  const schedule = scheduleOf(mixedEndpoints, perSecond * (warmUp + steady), random);
  const changes = schedule.filter(({ name }) => name === 'PATCH /v1/businesses/:id').length;
  const from = random(rows.businesses);
  const ids = Array.from({ length: changes }, (_, step) =>
    businessId((from + step * STRIDE) % rows.businesses),
  );
  const versions = await versionsOf(url, 'businesses', ids);
  const toChange = ids.map((id) => ({ id, version: versions.get(id) as number }));
  const work: MixedWork = { random, rows, toChange, toDelete: [], acknowledged: createAcknowledged() };
  return { schedule, work };
}

/** Warms up, loads, waits for rest, and compares with the database. */
async function runMixed(
  { schedule, work }: Awaited<ReturnType<typeof planWork>>,
  clients: readonly Client[],
  { server, url, warmUp, everyMs }: Times & { server: ServerProcess; url: string },
) {
  const [before, counted] = [createTally(names), createTally(names)];
  const clientAt = (index: number) => clients[index % clients.length] as Client;
  const drive = (part: readonly MixedEndpoint[], tally: typeof counted, offset: number) =>
    pace({ operations: part.length, perSecond }, (index, dueAt) =>
      ask(part[index] as MixedEndpoint, work, clientAt(offset + index), { tally, dueAt }),
    );
  // As many as one hundred requests delete, so that those find something whatever their order.
  for (let index = 0; index < 4; index++)
    await ask(blockAnArtist, work, clientAt(index), { tally: before, dueAt: performance.now() });
  const split = warmUp * perSecond;
  await drive(schedule.slice(0, split), before, 0);
  const watched = await watchLoad(server, { databaseUrl: url, everyMs }, () =>
    drive(schedule.slice(split), counted, split),
  );
  const endpoints = counted.endpoints();
  const missing = await missingWrites(url, work.acknowledged);
  return {
    endpoints,
    failures: [
      ...errorsIn('while warming up', before.endpoints()),
      ...errorsIn('under load', endpoints),
      ...Object.entries(watched.unready).map(([reason, times]) => `/ready said no ${times} times: ${reason}`),
      ...leftBehind(watched.looks),
      ...missing,
    ],
    ...describe(endpoints, watched, sizesOf(work.acknowledged)),
  };
}

/** One sentence for each endpoint that failed. */
export function errorsIn(when: string, endpoints: readonly EndpointTally[]): string[] {
  return endpoints.flatMap(({ endpoint, errors }) =>
    Object.entries(errors).map(([error, times]) => `${endpoint} failed ${times} times ${when}: ${error}`),
  );
}

/** The outcome for the result's facts and for the terminal. */
function describe(
  endpoints: readonly EndpointTally[],
  { looks, mostWaiting, unready }: Watched,
  acknowledged: Record<string, number>,
) {
  const [first, last] = [looks[0] as LoadLook, looks.at(-1) as LoadLook];
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const errors = sum(endpoints.map((each) => sum(Object.values(each.errors))));
  const requests = sum(endpoints.map((each) => each.requests));
  const mb = (bytes: number) => Math.round(bytes / 1_048_576);
  const deadlocks = last.deadlocks - first.deadlocks;
  const summary = [
    `${requests.toLocaleString('en')} requests, ${errors} errors, ${deadlocks} deadlocks.`,
    `${sum(Object.values(acknowledged)).toLocaleString('en')} rows made, changed or deleted, each compared with the database afterwards.`,
    `Memory of the server: ${looks.map(({ memoryBytes }) => mb(memoryBytes)).join(', ')} MB; ${mb(memoryOf(looks, 'first'))} MB in the middle of the first third, ${mb(memoryOf(looks, 'last'))} MB of the last (at most ${mb(MAX_GROWTH_BYTES)} MB more).`,
    `Connections to the database: ${first.connections} before, ${last.connections} after; at most ${mostWaiting} callers were seen waiting for one of the pool's ${typeof last.pool === 'string' ? '' : last.pool.size}.`,
  ];
  return {
    facts: { endpoints, errors, deadlocks, acknowledged, looks, mostWaiting, unready, summary },
    lines: [
      ...endpoints.map(
        ({ endpoint, requests, p50, p99, max }) =>
          `${endpoint}: ${requests} requests, p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`,
      ),
      ...summary,
    ],
  };
}
