import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { errorsIn, mixedEndpoints } from '../cases/api-mixed.js';
import { pace } from '../harness/at-rate.js';
import { openConnection } from '../harness/keep-alive.js';
import { type LoadLook, leftBehind } from '../harness/load-watch.js';
import { createRandom, scheduleOf } from '../harness/schedule.js';
import { createTally } from '../harness/tally.js';

describe('the schedule of mixed work', () => {
  test('has 70 reads, 20 writes and 10 searches in each hundred', () => {
    const schedule = scheduleOf(mixedEndpoints, 500, createRandom(1));
    for (let from = 0; from < 500; from += 100) {
      const kinds = schedule.slice(from, from + 100).map(({ kind }) => kind);
      const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
      expect([count('read'), count('write'), count('search')]).toEqual([70, 20, 10]);
    }
  });

  test('is the same for the same seed, another for another, and no hundred is like the one before', () => {
    const order = (seed: number) =>
      scheduleOf(mixedEndpoints, 300, createRandom(seed)).map(({ name }) => name);
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect(order(1).slice(0, 100)).not.toEqual(order(1).slice(100, 200));
  });

  test('never asks to delete more than four blocks more than it made: so many are made before it begins', () => {
    const schedule = scheduleOf(mixedEndpoints, 10_000, createRandom(20_261_121));
    let blocks = 4;
    for (const { name } of schedule) {
      if (name === 'POST /v1/me/blocks') blocks++;
      if (name === 'DELETE /v1/me/blocks/:id') blocks--;
      expect(blocks).toBeGreaterThanOrEqual(0);
    }
  });

  test('is refused when its shares are no hundred', () => {
    expect(() => scheduleOf([{ share: 70 }, { share: 20 }], 10, createRandom(1))).toThrow('make 90, not 100');
  });

  test('draws every number of a range about as often as the others', () => {
    const random = createRandom(7);
    const counts = Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const drawn = random(10);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});

describe('the tally', () => {
  test('gives count, percentiles and largest of each endpoint, and errors by status apart from them', () => {
    const tally = createTally(['GET /a', 'GET /b']);
    for (let ms = 1; ms <= 101; ms++) tally.record('GET /a', ms);
    tally.record('GET /a', 9_999, '500');
    tally.record('GET /a', 9_999, '500');
    expect(tally.endpoints()).toEqual([
      { endpoint: 'GET /a', requests: 103, p50: 51, p99: 100, max: 101, errors: { 500: 2 } },
      { endpoint: 'GET /b', requests: 0, p50: null, p99: null, max: null, errors: {} },
    ]);
    expect(errorsIn('under load', tally.endpoints())).toEqual(['GET /a failed 2 times under load: 500']);
  });

  test('knows no endpoint that was not announced', () => {
    expect(() => createTally([]).record('GET /a', 1)).toThrow('no endpoint GET /a');
  });
});

describe('what a load leaves behind', () => {
  const mb = 1_048_576;
  const calm: LoadLook = {
    seconds: 0,
    memoryBytes: 200 * mb,
    connections: 22,
    idleInTransaction: 0,
    deadlocks: 3,
    pool: { size: 20, inUse: 0, waiting: 0 },
  };

  test('is nothing where all is as before, deadlocks of earlier days included', () => {
    expect(leftBehind([calm, { ...calm, seconds: 60, connections: 25 }, calm])).toEqual([]);
  });

  test.each([
    ['deadlocks', { deadlocks: 4 }, '1 deadlocks'],
    ['connections', { connections: 23 }, '23 connections to the database after the load, 22 before it'],
    ['transactions', { idleInTransaction: 1 }, '1 transactions left open'],
    ['the pool', { pool: { size: 20, inUse: 1, waiting: 0 } }, '1 connections of the pool never given back'],
    ['readiness', { pool: 'db_slow' }, 'the server was not ready after the load: db_slow'],
  ])('names %s', (_what, change, message) => {
    expect(leftBehind([calm, { ...calm, seconds: 600, ...change }])).toEqual([
      expect.stringContaining(message),
    ]);
  });

  const remembering = (...megabytes: number[]) =>
    leftBehind(megabytes.map((size) => ({ ...calm, memoryBytes: size * mb })));

  test('is memory where the last third holds 64 MB more than the first', () => {
    expect(remembering(200, 200, 200, 230, 240, 250, 264, 264, 264)).toEqual([]);
    expect(remembering(200, 200, 200, 230, 240, 250, 265, 265, 265)).toEqual([
      'the server held 265 MB in the last third of the load, more than 64 MB over the 200 MB of its first third',
    ]);
  });

  test('is no memory that a collection gave back', () => {
    expect(remembering(200, 210, 330, 340, 200, 350, 210, 320, 230)).toEqual([]);
  });
});

describe('pacing', () => {
  test('starts everything in its turn without waiting for answers, and is done when all are', async () => {
    const begun: number[] = [];
    const answers: (() => void)[] = [];
    let done = false;
    const paced = pace({ operations: 5, perSecond: 1_000 }, (index) => {
      begun.push(index);
      return new Promise((resolve) => answers.push(resolve));
    }).then(() => {
      done = true;
    });
    while (begun.length < 5) await new Promise((resolve) => setTimeout(resolve, 1));
    expect([begun, done]).toEqual([[0, 1, 2, 3, 4], false]);
    for (const answer of answers) answer();
    await paced;
  });

  test('counts from when a request was due, so that a blocked client shortens no latency', async () => {
    const late: number[] = [];
    await pace({ operations: 3, perSecond: 1_000 }, async (index, dueAt) => {
      late.push(performance.now() - dueAt);
      const blockedUntil = performance.now() + 50;
      while (index === 0 && performance.now() < blockedUntil);
    });
    expect(late[1]).toBeGreaterThanOrEqual(48);
    expect(late[2]).toBeGreaterThanOrEqual(47);
  });

  test('ends at the first failure', async () => {
    const begun: number[] = [];
    const failing = pace({ operations: 1_000, perSecond: 1_000 }, async (index) => {
      begun.push(index);
      if (index === 2) throw new Error('answered 500');
    });
    await expect(failing).rejects.toThrow('answered 500');
    expect(begun.length).toBeLessThan(1_000);
  });
});

test('a connection sends bodies and headers, and stays usable after an answer without a body', async () => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'DELETE') return response.writeHead(204).end();
      const { 'if-match': ifMatch, authorization } = request.headers;
      response.end(
        JSON.stringify({
          method: request.method,
          ifMatch,
          authorization,
          body: String(Buffer.concat(chunks)),
        }),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = await openConnection((server.address() as AddressInfo).port);
  try {
    const authorization = 'Bearer x';
    expect(await connection.send({ method: 'DELETE', path: '/one', authorization })).toEqual({
      status: 204,
      body: '',
    });
    const body = { city: 'Zürich' };
    const { body: echoed } = await connection.send({
      method: 'PATCH',
      path: '/one',
      authorization,
      headers: { 'If-Match': '"3"' },
      body,
    });
    expect(JSON.parse(echoed)).toEqual({
      method: 'PATCH',
      ifMatch: '"3"',
      authorization,
      body: JSON.stringify(body),
    });
    expect((await connection.get('/one', authorization)).status).toBe(200);
  } finally {
    connection.close();
    server.close();
  }
});
