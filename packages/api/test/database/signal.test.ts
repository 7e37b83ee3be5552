import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestApi, type TestApi, type TestUser } from '../support/api.js';
import { ask } from '../support/http.js';
import { SETTINGS } from '../support/settings.js';
import { until } from '../support/until.js';

let api: TestApi;
let person: TestUser;
let reader: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  person = await api.signUp('on-call', ['database:read', 'database:signal']);
  reader = await api.signUp('reader', ['database:read']);
});
afterAll(() => api.close());

interface Target {
  pid: number;
  backendStart: string;
  /** Whether its session is still there. */
  alive(): Promise<boolean>;
  query(text: string): Promise<unknown>;
}

/** A session of the worker's role, or another's, in this database or another. */
async function withTarget(
  work: (target: Target) => Promise<void>,
  url = api.testDatabase.url('worker'),
): Promise<void> {
  const ended = withClient(url, async (client) => {
    const { rows } = await client.query(
      'select pid, backend_start as start from pg_stat_activity where pid = pg_backend_pid()',
    );
    const [{ pid, start }] = rows;
    await work({
      pid,
      backendStart: start.toISOString(),
      alive: async () =>
        (await api.admin.query('select from pg_stat_activity where pid = $1', [pid])).length > 0,
      query: (text) => client.query(text),
    });
  });
  await ended;
}

const signal = (
  user: TestUser,
  action: 'cancel' | 'terminate',
  { pid, backendStart }: Pick<Target, 'pid' | 'backendStart'>,
  more: object = {},
) =>
  user.ask(`/v1/database/sessions/${pid}/${action}`, {
    method: 'POST',
    body: { backendStart, confirm: pid, reason: 'it blocks the release', ...more },
  });
const lastEvent = () =>
  api.admin.one<{
    type: string;
    severity: string;
    user_id: string;
    details: Record<string, unknown>;
    ip: string;
  }>(
    "select type, severity, user_id::text, details, host(ip_address) as ip from audit.security_events where type like 'database.%' order by id desc limit 1",
  );

describe('terminate', () => {
  test('ends the session, and leaves who did it, to whom, and why', async () => {
    await withTarget(async (target) => {
      const { status, body } = await signal(person, 'terminate', target);
      expect([status, body]).toEqual([200, { pid: target.pid, action: 'terminate' }]);
      await until(async () => !(await target.alive()), 10_000);
      expect(await lastEvent()).toEqual({
        type: 'database.session_terminated',
        severity: 'warning',
        user_id: person.id,
        ip: '127.0.0.1',
        details: {
          pid: target.pid,
          backendStart: expect.any(String),
          action: 'terminate',
          reason: 'it blocks the release',
          outcome: 'signalled',
          role: 'plinth_worker',
          application: expect.any(String),
        },
      });
      const again = await signal(person, 'terminate', target);
      expect([again.status, again.body.code]).toEqual([404, 'not_found']);
    });
  });

  test('spares the session that has the pid now when another was meant', async () => {
    await withTarget(async (target) => {
      const meant = { ...target, backendStart: new Date(Date.parse(target.backendStart) - 1).toISOString() };
      const { status, body } = await signal(person, 'terminate', meant);
      expect([status, body.code]).toEqual([409, 'conflict']);
      expect(await target.alive()).toBe(true);
      expect(await lastEvent()).toMatchObject({
        type: 'database.signal_refused',
        details: { outcome: 'other_session' },
      });
    });
  });

  test.each([
    [
      'another database',
      () => api.testDatabase.url('worker').replace(/\/[^/?]+(\?|$)/, '/plinth_template$1'),
      'other_database',
    ],
    ['a superuser', () => api.testDatabase.url('admin'), 'superuser'],
  ])('spares a session of %s', async (_what, url, outcome) => {
    await withTarget(async (target) => {
      const { status, body } = await signal(person, 'terminate', target);
      expect([status, body.code]).toEqual([422, 'unprocessable']);
      expect(await target.alive()).toBe(true);
      expect((await lastEvent()).details).toMatchObject({ outcome });
    }, url());
  });

  test('spares processes of the server', async () => {
    const { pid, start } = await api.admin.one<{ pid: number; start: Date }>(
      "select pid, backend_start as start from pg_stat_activity where backend_type = 'checkpointer'",
    );
    const { status } = await signal(person, 'terminate', { pid, backendStart: start.toISOString() });
    expect([status, (await lastEvent()).details.outcome]).toEqual([422, 'other_database']);
  });
});

test('cancel ends the running statement and leaves the session', async () => {
  await withTarget(async (target) => {
    const running = target.query('select pg_sleep(60)').catch((error: { code: string }) => error.code);
    await until(
      async () =>
        (
          await api.admin.query("select from pg_stat_activity where pid = $1 and state = 'active'", [
            target.pid,
          ])
        ).length > 0,
      10_000,
    );
    expect((await signal(person, 'cancel', target)).status).toBe(200);
    expect(await running).toBe('57014');
    expect(await target.alive()).toBe(true);
    expect((await lastEvent()).type).toBe('database.session_cancelled');
  });
});

describe('only a person who may', () => {
  test('not with the right to look alone, not as an operator, not without signing in', async () => {
    await withTarget(async (target) => {
      const path = `${api.url}/v1/database/sessions/${target.pid}/terminate`;
      const { status, body } = await signal(reader, 'terminate', target);
      expect([status, body.detail]).toEqual([403, 'needs database:signal']);
      const request = {
        method: 'POST',
        body: { backendStart: target.backendStart, confirm: target.pid, reason: 'x' },
      };
      const headers = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };
      expect((await ask(path, { ...request, headers })).status).toBe(401);
      expect((await ask(path, request)).status).toBe(401);
      expect(await target.alive()).toBe(true);
    });
  });

  test('with an API key if the key has the scope', async () => {
    const keyFor = async (scopes: string[]) =>
      (await person.ask('/v1/me/api-keys', { method: 'POST', body: { name: 'k', scopes } })).body
        .key as string;
    const as = (key: string): TestUser => ({
      ...person,
      ask: (path, request) => ask(api.url + path, { ...request, headers: { 'x-api-key': key } }),
    });
    await withTarget(async (target) => {
      expect((await signal(as(await keyFor(['database:read'])), 'terminate', target)).status).toBe(403);
      expect(await target.alive()).toBe(true);
      expect((await signal(as(await keyFor(['database:signal'])), 'terminate', target)).status).toBe(200);
      await until(async () => !(await target.alive()), 10_000);
      expect((await lastEvent()).user_id).toBe(person.id);
    });
  });

  test('and the database checks it for itself', async () => {
    await withTarget(async ({ pid, backendStart, alive }) => {
      const SQL = "select plinth.signal_session($1, $2, 'terminate', 'x', null, null) as outcome";
      const forged = { type: 'user', userId: reader.id, requestId: 'r' } as const;
      for (const actor of [forged, undefined])
        expect(await api.database.tx((sql) => sql.one(SQL, [pid, backendStart]), actor)).toEqual({
          outcome: 'not_permitted',
        });
      expect(await alive()).toBe(true);
      const readonly = await api.testDatabase.open('readonly');
      await expect(readonly.query(SQL, [pid, backendStart])).rejects.toMatchObject({ code: 'permission' });
    });
  });
});

test('a request does not end its own connection', async () => {
  const actor = { type: 'user', userId: person.id, requestId: 'r' } as const;
  const SQL =
    "select plinth.signal_session(pid, backend_start, 'terminate', 'x', null, null) as outcome from pg_stat_activity where pid = pg_backend_pid()";
  expect(await api.database.tx((sql) => sql.one(SQL), actor)).toEqual({ outcome: 'own' });
});

test('nothing happens without the pid said twice and a reason', async () => {
  await withTarget(async (target) => {
    const other = await signal(person, 'terminate', target, { confirm: target.pid + 1 });
    expect([other.status, other.body.errors]).toEqual([
      400,
      [expect.objectContaining({ pointer: '/confirm' })],
    ]);
    for (const more of [
      { reason: ' ' },
      { reason: undefined },
      { backendStart: undefined },
      { confirm: undefined },
    ])
      expect((await signal(person, 'terminate', target, more)).status).toBe(400);
    expect(await target.alive()).toBe(true);
  });
});
