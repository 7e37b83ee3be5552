import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { findingsSchema } from '@plinth/db/monitor';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createTestApi, type TestApi, type TestUser } from '../support/api.js';
import { ask } from '../support/http.js';
import { SETTINGS } from '../support/settings.js';
import { until } from '../support/until.js';

const operator = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };
let api: TestApi;
let reader: TestUser;
let nobody: TestUser;
beforeAll(async () => {
  api = await createTestApi({ statements: true });
  reader = await api.signUp('reader', ['database:read']);
  nobody = await api.signUp('nobody');
  await api.monitoring.monitor.collect([1, 2, 3]);
  await api.monitoring.monitor.collect([1, 2, 3]);
});
afterAll(() => api.close());

const get = (path: string) => ask(`${api.url}/v1/database/${path}`, { headers: operator });

describe('who may look', () => {
  const paths = ['metrics', 'findings', 'sessions', 'statements', 'tables', 'events'];

  test.each(paths)("%s: a permission or the operators' token, nobody else", async (path) => {
    expect((await reader.ask(`/v1/database/${path}`)).status).toBe(200);
    expect((await get(path)).status).toBe(200);
    expect((await nobody.ask(`/v1/database/${path}`)).status).toBe(403);
    expect((await api.ask(`/v1/database/${path}`)).status).toBe(401);
  });
});

describe('GET /v1/database/metrics', () => {
  test('has the server, the history, the pool, HTTP and the data layer with percentiles and error rates', async () => {
    await api.ask('/v1/nothing');
    const { body } = await get('metrics');
    expect(body).toMatchObject({
      state: 'up',
      error: null,
      ageMs: expect.any(Number),
      server: { version: expect.stringMatching(/^15/), connections: { maximum: 300 } },
      migrations: { failed: 0, successRate: 1 },
      backups: { succeeded: 0, successRate: null },
      jobs: { waiting: expect.any(Number), failed: 0 },
      pool: { max: 20, waiting: 0, size: expect.any(Number) },
      horizon: { holders: expect.any(Array), transactionIdsUsed: expect.any(Number) },
      files: { wal: { bytes: expect.any(Number), segments: expect.any(Number) }, slots: [] },
      ready: null,
    });
    expect(body.history).toHaveLength(2);
    expect(body.summary).toMatchObject({ points: 2, connections: { max: expect.any(Number) } });
    const signIn = body.http.routes.find(({ route }: { route: string }) => route === '/v1/auth/sign-in');
    expect(signIn).toMatchObject({ method: 'POST', count: 2, errors: 0, errorRate: 0 });
    for (const part of [signIn, body.dataLayer, body.dataLayer.operations[0]]) {
      expect(part.p50Ms).toBeGreaterThan(0);
      expect(part.p99Ms).toBeGreaterThanOrEqual(part.p95Ms);
      expect(part.p95Ms).toBeGreaterThanOrEqual(part.p50Ms);
    }
    expect(body.http.routes.map(({ route }: { route: string }) => route)).not.toContain('/v1/nothing');
  });

  test('?since leaves out what is older', async () => {
    const { body: all } = await get('metrics');
    const { body } = await get(`metrics?since=${all.history[0].at}`);
    expect(body.history).toEqual(all.history.slice(1));
    expect(body.summary.points).toBe(1);
    expect((await get('metrics?since=yesterday')).status).toBe(400);
  });
});

describe('GET /v1/database/findings', () => {
  test('is the report of `plinth monitor`, by its versioned schema, with the alerts', async () => {
    await api.admin.none('create table public.thing (name text)');
    await api.admin.none('create index thing_a on public.thing (name)');
    await api.admin.none('create index thing_b on public.thing (name)');
    await api.monitoring.monitor.collect([3]);
    const { body } = await get('findings');
    const ajv = new Ajv2020({ strict: false });
    expect([ajv.validate(findingsSchema, body.report), ajv.errors]).toEqual([true, null]);
    expect(body.report.findings).toContainEqual(
      expect.objectContaining({ check: 'duplicate-indexes', object: 'public.thing_b' }),
    );
    expect(body.alerts).toEqual([]);
    const { body: tables } = await get('tables');
    expect(
      tables.indexes.indexes.find(({ index }: { index: string }) => index === 'public.thing_b'),
    ).toMatchObject({ duplicateOf: 'public.thing_a', unused: false, columns: ['name'], valid: true });
    const { body: metrics } = await get('metrics');
    expect(metrics.health).toMatchObject({
      issues: expect.arrayContaining([expect.objectContaining({ check: 'duplicate-indexes' })]),
    });
  });
});

describe('GET /v1/database/sessions', () => {
  test('shows who waits for whom, and what would end it', async () => {
    const url = api.testDatabase.url('worker');
    const body = await withClient(url, (holder) =>
      withClient(url, async (waiter) => {
        await holder.query("set application_name = 's1'; begin; select pg_advisory_xact_lock(42)");
        await waiter.query("set application_name = 's2'; set lock_timeout = 0");
        const waiting = waiter.query('select pg_advisory_xact_lock(42)');
        await new Promise((resolve) => setTimeout(resolve, 200));
        await api.monitoring.monitor.collect([1]);
        const answer = await get('sessions');
        await holder.query('rollback');
        await waiting;
        return answer.body;
      }),
    );
    expect(body.locks).toMatchObject({ blocked: 1, oldestWaitMs: expect.any(Number) });
    const [{ release, nodes }] = body.locks.trees;
    expect(nodes).toMatchObject([
      {
        depth: 0,
        application: 's1',
        state: 'idle in transaction',
        backendStart: expect.stringMatching(/Z$/),
      },
      { depth: 1, application: 's2', wants: { type: 'advisory' }, blockedBy: [nodes[0].pid] },
    ]);
    expect(release).toBe(`select pg_terminate_backend(${nodes[0].pid})`);
    const session = body.sessions.find(({ pid }: { pid: number }) => pid === nodes[0].pid);
    expect(session).toMatchObject({ backendStart: nodes[0].backendStart, role: 'plinth_worker' });
  });
});

describe('GET /v1/database/statements', () => {
  test('has the most expensive ones, the slow ones, and a generic plan', async () => {
    for (let call = 0; call < 2; call++)
      // With parameters of its own: of one that is pushed out of the full view while it runs, the view keeps the text as it was sent.
      await api.admin.query('select id, pg_sleep($1) from users where id = $2 or true limit $3', [
        0.55,
        '00000000-0000-7000-8000-000000000000',
        1,
      ]);
    await api.monitoring.monitor.collect([2]);
    const { body } = await get('statements?slow=true&limit=1');
    expect(body).toMatchObject({ state: 'up', slow: true, from: expect.any(String) });
    expect(body.statements).toHaveLength(1);
    expect(body.statements[0]).toMatchObject({ calls: 2, query: expect.stringContaining('pg_sleep($') });
    const { queryid } = body.statements[0];
    const plan = await get(`statements/${queryid}/plan`);
    expect([plan.status, plan.body]).toMatchObject([200, { queryid, plan: { Plan: expect.anything() } }]);
    expect((await get('statements?limit=500')).status).toBe(400);
    expect((await get('statements')).body.statements.length).toBeGreaterThan(5);
  });

  test('of what was not seen there is no plan (404), of what has none neither (422)', async () => {
    expect((await get('statements/42/plan')).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await get('statements/x/plan')).status).toBe(400);
    await api.admin.query('create table public.without_a_plan (id int)');
    await api.monitoring.monitor.collect([2]);
    const command = api.monitoring.monitor
      .statements(10_000)
      .statements.find(({ query }) => query?.startsWith('create table public.without_a_plan'));
    expect((await get(`statements/${command?.queryid}/plan`)).body).toMatchObject({
      status: 422,
      code: 'unprocessable',
    });
  });
});

describe('GET /v1/database/tables', () => {
  test('has sizes, what vacuum owes, empty space and growth', async () => {
    await api.admin.query('create table public.wide (id int, name text) with (autovacuum_enabled = off)');
    await api.admin.query(
      "insert into public.wide select n, repeat('x', 200) from generate_series(1, 20000) n",
    );
    await api.admin.query('vacuum analyze public.wide');
    await api.monitoring.monitor.collect([2, 3]);
    await api.admin.query('delete from public.wide where id % 10 > 0');
    await api.admin.query('grant select on public.wide to plinth_readonly');
    await api.admin.query('analyze public.wide');
    // A session reports what it did within a second.
    const wide = async () => {
      await api.monitoring.monitor.collect([2, 3]);
      const { body } = await get('tables');
      return body.tables.find(({ table }: { table: string }) => table === 'public.wide');
    };
    await until(async () => (await wide()).deadRows > 0, 10_000);
    const table = await wide();
    expect(table).toMatchObject({ autovacuumEnabled: false, deadRows: 18_000, growth: { bytes: 0 } });
    expect(table.vacuumDue).toBeGreaterThan(10);
    expect(table.bloat.ratio).toBeGreaterThan(0.7);
  });
});
