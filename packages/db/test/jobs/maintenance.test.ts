import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, parseFieldKeys } from '@plinth/db';
import { CRONTAB, runDueJobs } from '@plinth/db/jobs';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { PURGES } from '../../src/jobs/tasks/purge-expired.js';

describe.each([15, 18] as const)('maintenance jobs on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let admin: Database;
  const lines: string[] = [];
  const runTask = async (task: string) => {
    await admin.query('select graphile_worker.add_job($1)', [task]);
    const counts = await runDueJobs({
      config: { ...admin.config, url: testDatabase.url('worker') },
      fieldKeys: parseFieldKeys(randomBytes(32).toString('base64url')),
      log: (level, message) => lines.push(`${level} ${message}`),
    });
    expect({ task, ...counts, lines }).toMatchObject({ succeeded: 1, failed: 0 });
  };

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    admin = await testDatabase.open('admin');
  });
  afterAll(() => testDatabase.drop());

  test('what has expired is deleted in batches, the rest stays', async () => {
    await admin.query(`
      with u as (insert into users (email, full_name) values ('p@example.com', 'P') returning id),
      w as (insert into webhooks (user_id, url) select id, 'https://x.example' from u returning id),
      t(at, expired) as (values (now() - interval '200 days', now() - interval '1 second'), (now() - interval '1 hour', now() + interval '1 day')),
      s as (insert into sessions (user_id, token_hash, family_id, expires_at, created_at) select u.id, sha256(expired::text::bytea), u.id, expired, at from u, t),
      e as (insert into email_verification_tokens (user_id, email, token_hash, expires_at) select u.id, 'p@example.com', sha256(expired::text::bytea), expired from u, t),
      r as (insert into password_reset_tokens (user_id, token_hash, expires_at) select u.id, sha256(expired::text::bytea), expired from u, t),
      b as (insert into token_blacklist (jti, expires_at) select gen_random_uuid(), expired from t),
      i as (insert into idempotency_keys (principal, key, fingerprint, expires_at) select 'user:x', expired::text, sha256(''), expired from t),
      l as (insert into plinth.rate_limits (key, points, expire) select expired::text, 1, extract(epoch from expired)::bigint * 1000 from t),
      c as (insert into external_service_calls (service, operation, method, url, duration_ms, ok, created_at) select 's', 'o', 'GET', 'https://x.example', 1, true, at from t, generate_series(1, 1500)),
      m as (insert into metric_snapshots (tier, data, captured_at) select 1, '{}', at from t),
      v as (insert into webhook_events (webhook_id, event_type, payload, status, updated_at) select w.id, 'x', '{}', 'dead', at from w, t)
      insert into webhook_events (webhook_id, event_type, payload, updated_at) select w.id, 'x', '{}', at from w, t`);
    await admin.query(
      `select graphile_worker.add_job('deliver-webhook', '{}', run_at => now() + interval '1 day')`,
    );
    await admin.query(`with dead as (select id from graphile_worker.add_job('deliver-webhook', '{}', max_attempts => 1))
      select graphile_worker.permanently_fail_jobs(array_agg(id)) from dead`);
    await admin.query(
      `update graphile_worker._private_jobs set updated_at = now() - interval '31 days' where attempts >= max_attempts`,
    );
    await runTask('purge-expired');
    const left: Record<string, number> = {};
    for (const what of Object.keys(PURGES)) {
      const table =
        { 'failed jobs': 'graphile_worker._private_jobs', rate_limits: 'plinth.rate_limits' }[what] ?? what;
      left[what] = (await admin.one<{ n: number }>(`select count(*)::int as n from ${table}`)).n;
    }
    expect(left).toEqual({
      sessions: 1,
      email_verification_tokens: 1,
      password_reset_tokens: 1,
      token_blacklist: 1,
      idempotency_keys: 1,
      rate_limits: 1,
      external_service_calls: 1500,
      metric_snapshots: 1,
      webhook_events: 3,
      'failed jobs': 1,
    });
    expect(lines.join('\n')).toContain('purged 1500 rows of external_service_calls');
  });

  test('missing partitions of the audit log are made, and what is final is sealed', async () => {
    const month = new Date();
    month.setUTCMonth(month.getUTCMonth() + 3, 1);
    const partition = `audit.audit_log_${month.toISOString().slice(0, 7).replace('-', '_')}`;
    await admin.query(`drop table ${partition}`);
    await runTask('ensure-audit-partitions');
    expect(await admin.one('select to_regclass($1) is not null as made', [partition])).toEqual({
      made: true,
    });
    await admin.none(`insert into users (email, full_name) values ('seal@example.com', 'S')`);
    // Transactions of other databases of the test server hold the horizon back for as long as they run.
    let open = 1;
    for (let tries = 0; open > 0 && tries < 300; tries++) {
      await runTask('seal-audit');
      ({ open } = await admin.one<{ open: number }>(
        `select count(*)::int as open from audit.audit_log l where not exists
          (select from audit.audit_seals s where l.txid >= s.from_xid and l.txid < s.to_xid)`,
      ));
    }
    expect(open).toBe(0);
  });

  test('a metric snapshot holds what the server says', async () => {
    await runTask('collect-metrics');
    const { data } = await admin.one<{ data: Record<string, unknown> }>(
      'select data from metric_snapshots order by captured_at desc limit 1',
    );
    const { size } = await admin.one<{ size: number }>(
      'select pg_database_size(current_database())::float8 as size',
    );
    expect(Math.abs(Number(data.databaseBytes) - size)).toBeLessThan(size / 2);
    expect(data).toMatchObject({
      maxConnections: expect.any(Number),
      transactions: { committed: expect.any(Number), rolledBack: expect.any(Number) },
      jobs: { running: 1, failed: 0, waiting: expect.any(Number) },
      webhooks: { dead: 1, undelivered: 2 },
    });
  });

  test('every entry of the crontab runs', async () => {
    for (const { task } of CRONTAB) await runTask(task);
  });

  test('months that the audit log keeps no longer are archived once they are sealed', async () => {
    const { month, table } = await admin.one<{ month: string; table: string }>(
      `select to_char(now() - interval '30 months', 'YYYY-MM-01') as month, to_char(now() - interval '30 months', '"audit_log_"YYYY_MM') as table`,
    );
    await admin.query('select audit.ensure_partitions($1, 1)', [`${month}T00:00:00Z`]);
    await admin.none(
      `insert into audit.audit_log (occurred_at, action, entity, actor_type, actor_id) values ($1::timestamptz + interval '3 days', 'event', 'old', 'system', 'test')`,
      [`${month}T00:00:00Z`],
    );
    const archived = async () =>
      (
        await admin.one<{ name: string | null }>("select to_regclass('archive.' || $1)::text as name", [
          table,
        ])
      ).name;
    await runTask('retire-audit-months');
    expect(await archived()).toBeNull();
    expect(lines.join('\n')).toContain(`${month} of the audit log is not wholly sealed yet`);
    await runTask('seal-audit');
    await runTask('retire-audit-months');
    expect(await archived()).toBe(`archive.${table}`);
    expect(CRONTAB.map(({ task }) => task)).toContain('retire-audit-months');
  });
});
