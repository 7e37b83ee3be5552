import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hashPassword, withClient } from '@plinth/db';
import { COMPILED, SOURCE_FLAGS } from '@plinth/db/testing';
import { parseExposition } from '../support/exposition.js';
import { ask } from '../support/http.js';
import { type OwnServer, startOwnServer } from '../support/own-server.js';
import { type ApiProcess, endAll, startApi } from '../support/process.js';
import { PASSWORD, PEPPER, SETTINGS } from '../support/settings.js';
import { until } from '../support/until.js';

// Each condition is caused on a live server, and the same is read in the API's routes, in /metrics and from `plinth monitor`.

const CLI = fileURLToPath(new URL('../../../scripts/src/cli.ts', import.meta.url));
const operator = { authorization: `Bearer ${SETTINGS.OPS_TOKEN}` };
/** Patience for a busy machine: where a look takes long, the next one comes the later (the monitor's budget). */
const PATIENCE_MS = 150_000;
const POOL = 3;

interface Finding {
  check: string;
  severity: string;
  object: string;
  evidence: Record<string, unknown>;
}

let postgres: OwnServer;
let api: ApiProcess;
let env: Record<string, string>;
let admin: string;
beforeAll(async () => {
  // As in production: that commits reach the disk is one of the checks.
  postgres = await startOwnServer({ fsync: 'on' });
  admin = postgres.url('admin');
  env = {
    DATABASE_URL: postgres.url('app'),
    READONLY_DATABASE_URL: postgres.url('readonly'),
    MONITORING_INTERVAL: '1s',
    ALERT_BLOCKED_WARNING: '500ms',
    ALERT_BLOCKED_CRITICAL: '1h',
    ALERT_FOR: '0s',
  };
  api = await startApi({ ...env, DB_POOL_MAX: String(POOL), DB_POOL_MIN: '0' });
  await until(async () => (await get('metrics')).state === 'up', PATIENCE_MS);
}, 180_000);
afterAll(async () => {
  await endAll();
  await postgres.remove();
});

const get = async (path: string) => (await ask(`${api.url}/v1/database/${path}`, { headers: operator })).body;
const findings = async (check: string): Promise<Finding[]> =>
  (await get('findings')).report.findings.filter((finding: Finding) => finding.check === check);
/** The value of a series of /metrics. */
async function metric(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const { text } = await ask(`${api.url}/metrics`, { headers: operator });
  return parseExposition(text)
    .get(name)
    ?.samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    ?.value;
}
/** `plinth monitor --once --json`: its exit code and its document. */
async function monitorOnce(): Promise<{
  code: number;
  document: { findings?: Finding[]; error?: { code: string } };
}> {
  return await new Promise((resolve) => {
    const args = [...SOURCE_FLAGS, CLI, 'monitor', '--once', '--json'];
    const options = {
      env: { PATH: process.env.PATH, ...COMPILED, ...env, PLINTH_HOME: join(postgres.home, 'unused') },
      cwd: tmpdir(),
    };
    execFile(process.execPath, args, options, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, document: JSON.parse(stdout) });
    });
  });
}
/** Makes a person who may signal sessions. Answers the access token. */
async function signInOnCall(): Promise<string> {
  const email = 'on-call@example.com';
  const hash = await hashPassword(PASSWORD, PEPPER);
  await withClient(admin, (client) =>
    client.query(
      `with person as (insert into users (email, full_name, password_hash) values ($1, 'On Call', $2) returning id),
            role as (insert into roles (name, permissions) values ('on-call', '{database:signal}') returning id)
       insert into role_assignments (user_id, role_id) select person.id, role.id from person, role`,
      [email, hash],
    ),
  );
  const { body } = await ask(`${api.url}/v1/auth/sign-in`, {
    method: 'POST',
    body: { email, password: PASSWORD },
  });
  return body.accessToken;
}
const same = (from: Finding[] | undefined, check: string) =>
  (from ?? []).filter((finding) => finding.check === check).map(({ severity, object }) => [severity, object]);

describe('what is wrong is the same wherever it is read', () => {
  test('nothing, at first', async () => {
    const { status, issues } = (await get('metrics')).health;
    expect([status, issues]).toEqual(['healthy', []]);
    expect((await monitorOnce()).code).toBe(0);
    expect(await metric('pg_up')).toBe(1);
  });

  test('a blocked session', async () => {
    await withClient(admin, (holder) =>
      withClient(admin, async (waiter) => {
        const { rows } = await holder.query('select pg_backend_pid() as pid');
        const object = `session ${rows[0].pid}`;
        await holder.query('begin; lock table artists in access exclusive mode');
        const waiting = waiter.query('select count(*) from artists');
        await until(async () => (await findings('blocked-sessions')).length > 0, PATIENCE_MS);
        const [finding] = await findings('blocked-sessions');
        expect(finding).toMatchObject({ object, severity: 'warning', evidence: { blocked: 1 } });
        expect((await get('sessions')).locks).toMatchObject({
          blocked: 1,
          trees: [{ nodes: [{ pid: rows[0].pid }, { wants: { relation: 'artists' } }] }],
        });
        await until(async () => (await metric('plinth_blocked_sessions')) === 1, PATIENCE_MS);
        expect(await metric('plinth_check_status', { check: 'blocked-sessions' })).toBe(1);
        expect(await metric('plinth_oldest_blocked_seconds')).toBeGreaterThan(0.5);
        expect(await metric('pg_locks_count', { mode: 'accessexclusivelock' })).toBe(1);
        await until(
          async () => (await metric('plinth_alerts_firing', { severity: 'warning' })) === 1,
          PATIENCE_MS,
        );
        expect((await get('findings')).alerts).toMatchObject([{ rule: 'blocked-sessions', object }]);
        const once = await monitorOnce();
        expect([
          once.code >= 30,
          same(once.document.findings, 'blocked-sessions').map(([, who]) => who),
        ]).toEqual([true, [object]]);
        await holder.query('rollback');
        await waiting;
      }),
    );
    await until(async () => (await metric('plinth_blocked_sessions')) === 0, PATIENCE_MS);
  }, 600_000);

  test('a stale backup', async () => {
    await withClient(admin, (client) =>
      client.query(
        "insert into backup_runs (backup_id, status, started_at, finished_at) values ('old', 'succeeded', now() - interval '5 d', now() - interval '4 d'), ('bad', 'failed', now(), now())",
      ),
    );
    // The second tier looks once a minute; a process that has just begun looks at once.
    api.child.kill('SIGTERM');
    await api.ended;
    api = await startApi({ ...env, DB_POOL_MAX: String(POOL), DB_POOL_MIN: '0' });
    await until(async () => (await findings('backups-stale')).length > 0, PATIENCE_MS);
    const once = await monitorOnce();
    expect([once.code, same(once.document.findings, 'backups-stale')]).toEqual([
      31,
      [['critical', 'backups']],
    ]);
    expect(same(await findings('backups-stale'), 'backups-stale')).toEqual([['critical', 'backups']]);
    expect(await metric('plinth_check_status', { check: 'backups-stale' })).toBe(2);
    expect(await metric('plinth_findings', { check: 'backups-stale', severity: 'critical' })).toBe(1);
    const { backups, health } = await get('metrics');
    expect([backups.succeeded, backups.failed, backups.successRate, health.status]).toEqual([
      1,
      1,
      0.5,
      'critical',
    ]);
    expect(await metric('plinth_backups_total', { result: 'failed' })).toBe(1);
    expect(await metric('plinth_backup_last_success_timestamp_seconds')).toBeCloseTo(
      Date.parse(backups.lastSucceededAt) / 1_000,
      0,
    );
    await withClient(admin, (client) => client.query('delete from backup_runs'));
  });

  test('a full pool', async () => {
    await until(async () => (await ask(`${api.url}/ready`)).status === 200, PATIENCE_MS);
    await withClient(admin, async (holder) => {
      // Every sign-in reads the user's row; the table is locked, so that each holds a connection.
      await holder.query('begin; lock table users in access exclusive mode');
      const waiting = Array.from({ length: POOL + 2 }, () =>
        ask(`${api.url}/v1/auth/sign-in`, {
          method: 'POST',
          body: { email: 'a@example.com', password: 'x' },
        }),
      );
      await until(async () => (await get('metrics')).pool?.used === POOL, PATIENCE_MS);
      await until(
        async () => ((await metric('db_client_connection_pending_requests')) ?? 0) > 0,
        PATIENCE_MS,
      );
      const { pool, http } = await get('metrics');
      expect(pool).toMatchObject({ max: POOL, used: POOL });
      expect(pool.waiting).toBeGreaterThan(0);
      expect(http.active).toBeGreaterThan(POOL);
      expect(await metric('db_client_connection_count', { state: 'used' })).toBe(POOL);
      expect(await metric('db_client_connection_max')).toBe(POOL);
      await holder.query('rollback');
      await Promise.all(waiting);
    });
    await until(
      async () => (await metric('db_client_connection_count', { state: 'used' })) === 0,
      PATIENCE_MS,
    );
  });

  test('no right to signal sessions: 503 with what is missing, on record, and the session lives', async () => {
    const token = await signInOnCall();
    const given = (verb: 'grant' | 'revoke', right: string) =>
      withClient(admin, (client) =>
        client.query(`${verb} ${right} ${verb === 'grant' ? 'to' : 'from'} plinth_owner`),
      );
    await withClient(env.READONLY_DATABASE_URL as string, async (client) => {
      const { rows } = await client.query(
        'select pid, backend_start as start from pg_stat_activity where pid = pg_backend_pid()',
      );
      const { pid, start } = rows[0] as { pid: number; start: Date };
      const cancel = () =>
        ask(`${api.url}/v1/database/sessions/${pid}/cancel`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}` },
          body: { backendStart: start.toISOString(), confirm: pid, reason: 'it blocks the release' },
        });
      for (const right of ['pg_signal_backend', 'pg_read_all_stats']) {
        await given('revoke', right);
        const { status, body } = await cancel();
        await given('grant', right);
        expect([status, body.code, body.detail]).toEqual([
          503,
          'unavailable',
          expect.stringContaining('plinth_owner lacks pg_signal_backend or pg_read_all_stats'),
        ]);
      }
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      expect((await cancel()).status).toBe(200);
    });
    const outcomes = await withClient(admin, (client) =>
      client.query(
        "select details ->> 'outcome' as outcome from audit.security_events where type like 'database.%' order by id",
      ),
    );
    expect(outcomes.rows.map(({ outcome }) => outcome)).toEqual(['not_granted', 'not_granted', 'signalled']);
  });

  test('a stopped server: known within moments, and everything is answered from memory', async () => {
    const before = await get('metrics');
    await postgres.stop();
    await until(async () => (await metric('pg_up')) === 0, PATIENCE_MS);
    const { state, error, server, health, ageMs, ready } = await get('metrics');
    expect([state, health.status, ready]).toEqual(['down', 'down', false]);
    expect(error).toEqual(expect.any(String));
    expect(server.startedAt).toBe(before.server.startedAt);
    expect(ageMs).toBeGreaterThan(0);
    expect(await metric('plinth_health_state', { probe: 'monitor' })).toBe(0);
    expect(await metric('plinth_health_state', { probe: 'ready' })).toBe(0);
    expect(await metric('plinth_snapshot_age_seconds')).toBeGreaterThan(0);
    expect(await metric('pg_settings_max_connections')).toBe(server.connections.maximum);
    expect((await get('findings')).alerts).toContainEqual(
      expect.objectContaining({ rule: 'database-down', severity: 'critical' }),
    );
    for (const path of ['sessions', 'statements', 'tables'])
      expect(await get(path)).toMatchObject({ state: 'down', error: expect.any(String) });
    const plan = await ask(`${api.url}/v1/database/statements/1/plan`, { headers: operator });
    expect([404, 503]).toContain(plan.status);
    const [{ queryid }] = (await get('statements')).statements.filter(
      ({ query }: { query: string | null }) => query !== null,
    );
    expect(
      (await ask(`${api.url}/v1/database/statements/${queryid}/plan`, { headers: operator })).status,
    ).toBe(503);
    const once = await monitorOnce();
    expect([once.code, once.document.error?.code]).toEqual([10, 'unavailable']);
    await postgres.start();
    await until(async () => (await metric('pg_up')) === 1, PATIENCE_MS);
    expect((await get('metrics')).state).toBe('up');
  });
});
