import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DatabaseError } from '@plinth/db';
import { anyone, defineRoute } from '../src/route.js';
import { routes } from '../src/routes.js';
import { signUpAs } from './support/admin.js';
import { createTestApi, type TestApi, type TestUser } from './support/api.js';
import { until } from './support/until.js';

const PIECES = 2_000;
const PIECE = `${'x'.repeat(32_767)}\n`;
/** What became of the stream of each path. */
const read = { pieces: 0, ended: false };

const streaming = (path: string, pieces: () => AsyncGenerator<string>) =>
  defineRoute({
    method: 'GET',
    path,
    summary: path,
    access: anyone,
    media: 'application/x-ndjson',
    handler: async () => pieces(),
  });
const lost = () => new DatabaseError('connection_lost', { sqlstate: '57P01' });
const made = [
  // biome-ignore lint/correctness/useYield: it fails before it could
  streaming('/streams/fails-at-once', async function* () {
    throw lost();
  }),
  streaming('/streams/fails-later', async function* () {
    yield '{"line":1}\n';
    throw lost();
  }),
  streaming('/streams/long', async function* () {
    try {
      for (; read.pieces < PIECES; read.pieces++) yield PIECE;
    } finally {
      read.ended = true;
    }
  }),
];

let api: TestApi;
let admin: TestUser;
beforeAll(async () => {
  api = await createTestApi({ routes: [...routes, ...made] });
  admin = await signUpAs(api, 'admin');
});
afterAll(() => api.close());

const authorized = () => ({ headers: { authorization: `Bearer ${admin.accessToken}` } });
const failures = () => api.logs.filter(({ msg }) => msg === 'request failed').length;

/** A client that asks and then reads nothing. */
async function askAndWait(path: string): Promise<Socket> {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
  return socket;
}

describe('an answer that is streamed', () => {
  test('is a problem when the first piece cannot be read', async () => {
    const { status, body, headers } = await api.ask('/streams/fails-at-once');
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
  });

  test('is broken off when a later one cannot: nobody takes half of it for the whole', async () => {
    const before = failures();
    const response = await fetch(`${api.url}/streams/fails-later`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await until(() => failures() === before + 1, 2_000);
  });

  test('is made no faster than the client reads, and no further once it went away, which is no failure', async () => {
    const before = failures();
    const socket = await askAndWait('/streams/long');
    let seen = -1;
    await until(async () => {
      const still = read.pieces > 0 && read.pieces === seen;
      seen = read.pieces;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return still && read.pieces === seen;
    }, 20_000);
    // What the sockets of both sides hold, of 64 MB.
    expect(seen).toBeLessThan(PIECES / 2);
    socket.destroy();
    await until(() => read.ended, 5_000);
    expect(read.pieces).toBeLessThan(PIECES);
    await until(
      () => api.logs.some(({ path, msg }) => path === '/streams/long' && String(msg).startsWith('broken')),
      2_000,
    );
    expect(failures()).toBe(before);
  });
});

describe('the audit log as NDJSON', () => {
  const EXPORT = '/v1/audit-log/export?entity=fat';
  const traces = async () =>
    (
      await api.admin.one<{ n: number }>(
        "select count(*)::int as n from audit.data_access_log where purpose = 'export of the audit log' and user_id = $1",
        [admin.id],
      )
    ).n;
  beforeAll(async () => {
    await api.admin.none(
      `insert into audit.audit_log (action, entity, actor_type, actor_id, after)
       select 'event', 'fat', 'system', 'test', jsonb_build_object('text', repeat('x', 4000)) from generate_series(1, 6000)`,
    );
  });

  test('leaves a trace of who took it, and none where only the head was asked for', async () => {
    const before = await traces();
    const head = await admin.ask(EXPORT, { method: 'HEAD' });
    expect([head.status, head.text, head.headers.get('content-type')]).toEqual([
      200,
      '',
      'application/x-ndjson; charset=utf-8',
    ]);
    expect(await traces()).toBe(before);
    expect((await admin.ask(EXPORT)).text.split('\n')).toHaveLength(6_001);
    expect(await traces()).toBe(before + 1);
  });

  test('ends as broken when the database ends it in the middle', async () => {
    const response = await fetch(api.url + EXPORT, authorized());
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await api.admin.none('revoke select on audit_entries from plinth_app');
    try {
      let received = 0;
      const rest = async () => {
        for (let part = await reader.read(); !part.done; part = await reader.read())
          received += part.value.length;
      };
      await expect(rest()).rejects.toThrow();
      expect(received).toBeLessThan(6_000 * 4_000);
      const refused = await admin.ask(EXPORT);
      expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    } finally {
      await api.admin.none('grant select on audit_entries to plinth_app');
    }
  });

  test('holds no connection while a client waits, and none after it went away', async () => {
    const before = await traces();
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.pause();
    socket.write(
      `GET ${EXPORT} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${admin.accessToken}\r\n\r\n`,
    );
    const { pool } = api.database;
    const idle = () => pool.totalCount === pool.idleCount;
    // Its trace is written before the first line is read: from then on a transaction that stays open would be seen.
    await until(async () => (await traces()) === before + 1, 10_000);
    let looks = 0;
    await until(() => {
      looks = idle() ? looks + 1 : 0;
      return looks === 20;
    }, 10_000);
    socket.destroy();
    await until(idle, 5_000);
    // Others' transactions come and go; one that the client left behind would stay.
    await until(async () => {
      const open = await api.admin.query(
        "select 1 from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()",
      );
      return open.length === 0;
    }, 5_000);
  });
});
