import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createEventStreams, type EventStreams, formatEvent } from '../../src/monitoring/event-streams.js';
import { overviewFields } from '../../src/routes/database/overview-schema.js';
import { createTestApi, type TestApi } from '../support/api.js';
import { endAll, startApi } from '../support/process.js';
import { SETTINGS } from '../support/settings.js';
import { until } from '../support/until.js';

const headers = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };
const overview = z.strictObject(overviewFields);

/** Reads a stream of events as text, piece by piece. */
async function openStream(url: string) {
  const response = await fetch(`${url}/v1/database/events`, { headers });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  return {
    response,
    /** Everything so far, once `done` says it is enough. */
    async readUntil(done: (text: string) => boolean): Promise<string> {
      while (!done(text)) {
        const { value, done: over } = await reader.read();
        if (over) throw new Error(`the stream ended after: ${text.slice(-200)}`);
        text += new TextDecoder().decode(value);
      }
      return text;
    },
    /** Resolves when the server ends it in good order. */
    async readToEnd(): Promise<void> {
      while (!(await reader.read()).done);
    },
    leave: () => reader.cancel(),
  };
}
const eventsIn = (text: string) =>
  [...text.matchAll(/event: monitor\ndata: (.*)\n\n/g)].map(([, data]) =>
    overview.parse(JSON.parse(data as string)),
  );

describe('GET /v1/database/events', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await createTestApi();
  });
  afterAll(() => api.close());

  test('begins with what is known, and has one event per look', async () => {
    const stream = await openStream(api.url);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    const first = eventsIn(await stream.readUntil((text) => eventsIn(text).length === 1));
    expect(first[0]).toMatchObject({ state: 'down', error: 'not_connected', server: null });
    await api.monitoring.monitor.collect([1, 2]);
    await api.monitoring.monitor.collect([1]);
    const all = eventsIn(await stream.readUntil((text) => eventsIn(text).length === 3));
    expect(all[2]).toMatchObject({ state: 'up', server: { inRecovery: false }, pool: { waiting: 0 } });
    await stream.leave();
    await until(() => api.monitoring.streams.count() === 0, 5_000);
  });

  test('is neither an error in the log nor a slow request in the numbers when its reader leaves', async () => {
    const stream = await openStream(api.url);
    await stream.leave();
    await until(() => api.monitoring.streams.count() === 0, 5_000);
    expect(api.logs.filter(({ level }) => (level as number) >= 50)).toEqual([]);
    expect(api.monitoring.http.series().map(({ route }) => route)).not.toContain('/v1/database/events');
  });

  test('answers HEAD without opening anything', async () => {
    const { status } = await fetch(`${api.url}/v1/database/events`, { method: 'HEAD', headers });
    expect([status, api.monitoring.streams.count()]).toEqual([200, 0]);
  });

  test('has a bound: one more is told to come later', async () => {
    const opened = await Promise.all(Array.from({ length: 50 }, () => openStream(api.url)));
    const { status, body } = await api.ask('/v1/database/events', { headers });
    expect([status, body.code]).toEqual([503, 'unavailable']);
    await Promise.all(opened.map((stream) => stream.leave()));
    await until(() => api.monitoring.streams.count() === 0, 5_000);
  });
});

describe('a stream', () => {
  let server: Server;
  let streams: EventStreams;
  async function serve(limits: Parameters<typeof createEventStreams>[0]): Promise<string> {
    streams = createEventStreams(limits);
    server = createServer((_request, response) => {
      pipeline(streams.open(formatEvent('monitor', '{}')), response).catch(() => {});
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test('says that it is there while nothing happens', async () => {
    const stream = await openStream(await serve({ heartbeatMs: 20 }));
    await stream.readUntil((text) => (text.match(/^: still here$/gm) ?? []).length >= 3);
    await stream.leave();
  });

  test('ends after its lifetime, so that a right that was taken away ends', async () => {
    const stream = await openStream(await serve({ lifetimeMs: 50 }));
    await stream.readToEnd();
    expect(streams.count()).toBe(0);
  });

  test('is cut when its reader does not read, and others go on', async () => {
    const url = new URL(await serve({ maxUnreadBytes: 100_000 }));
    const lazy = connect(Number(url.port), '127.0.0.1');
    lazy.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    lazy.pause();
    const eager = await openStream(url.origin);
    await until(() => streams.count() === 2, 5_000);
    const event = formatEvent('monitor', JSON.stringify('x'.repeat(50_000)));
    const reading = eager.readUntil((text) => text.includes('the end')).then((text) => text.length);
    for (let sent = 0; sent < 2_000 && streams.count() === 2; sent++) {
      streams.send(event);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(streams.count()).toBe(1);
    streams.send(formatEvent('monitor', '"the end"'));
    expect(await reading).toBeGreaterThan(100_000);
    lazy.destroy();
    await eager.leave();
  });
});

describe('a process that is told to end', () => {
  afterEach(() => endAll());

  test('ends its streams at once, in good order, and does not wait for their readers', async () => {
    const api = await startApi({ DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/nothing' });
    const stream = await openStream(api.url);
    await stream.readUntil((text) => eventsIn(text).length === 1);
    api.child.kill('SIGTERM');
    // Cut off with what is in flight after 15 s, it would throw.
    await stream.readToEnd();
    expect(await api.ended).toEqual({ code: 0, signal: null });
  });
});
