import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { type CheckedServer, startCheckedServer } from './checks/server.js';
import { outcomeOf, plinth, startPlinth } from './plinth.js';

describe('plinth monitor', () => {
  let server: CheckedServer;
  let folder: string;
  beforeAll(async () => {
    // Safe settings: the servers of tests are otherwise a finding themselves.
    server = await startCheckedServer(15, { fsync: 'on' });
    folder = await mkdtemp(join(tmpdir(), 'plinth-monitor-'));
  });
  beforeEach(() => server.admin('drop table if exists public.thing; delete from backup_runs'));
  afterAll(async () => {
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  });
  const env = (more: Record<string, string> = {}) => ({
    ...server.env(),
    READONLY_DATABASE_URL: server.url('readonly'),
    ...more,
  });
  const DUPLICATE =
    'create table public.thing (name text); create index thing_a on public.thing (name); create index thing_b on public.thing (name)';
  const OLD_BACKUP =
    "insert into backup_runs (backup_id, status, started_at, finished_at) values ('a', 'succeeded', now() - interval '5 d', now() - interval '4 d')";

  test('--once --json: 0 when all is well, with every check looked at and nothing written', async () => {
    const { code, stdout } = await plinth(['monitor', '--once', '--json'], env());
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ version: '1.0', worst: null, findings: [], ignored: [] });
    expect(report.checks.filter(({ status }: { status: string }) => status !== 'ok')).toEqual([]);
    expect(code).toBe(0);
    await withClient(server.url('admin'), async (client) => {
      const { rows } = await client.query('select from metric_snapshots union all select from alerts');
      expect(rows).toEqual([]);
    });
  });

  test('--once: 30 for a warning, with the repair; 31 for something critical', async () => {
    await server.admin(DUPLICATE);
    const warned = await plinth(['monitor', '--once'], env());
    expect(warned.code).toBe(30);
    expect(warned.stdout).toContain(
      'warning   duplicate-indexes: public.thing_b: index public.thing_b of public.thing is the same as',
    );
    expect(warned.stdout).toContain(
      '-> drop index concurrently public.thing_b  (locks SHARE UPDATE EXCLUSIVE)',
    );
    await server.admin(OLD_BACKUP);
    const critical = await plinth(['monitor', '--once', '--json'], env());
    expect(critical.code).toBe(31);
    expect(JSON.parse(critical.stdout)).toMatchObject({
      worst: 'critical',
      findings: [{ check: 'backups-stale' }, { check: 'duplicate-indexes' }],
    });
  });

  test('--ignores takes findings out, with their reason, and refuses entries without one', async () => {
    await server.admin(DUPLICATE);
    const file = join(folder, 'ignores.json');
    await writeFile(
      file,
      '[{"check":"duplicate-indexes","object":"public.thing_*","reason":"dropped next week","until":"2100-01-01"}]',
    );
    const { code, stdout } = await plinth(['monitor', '--once', '--json', '--ignores', file], env());
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [],
      ignored: [{ reason: 'dropped next week', finding: { object: 'public.thing_b' } }],
    });
    await writeFile(file, '[{"check":"duplicate-indexes","until":"2100-01-01"}]');
    expect((await plinth(['monitor', '--once', '--ignores', file], env())).code).toBe(2);
  });

  test('continuous: a block per interval, alerts and history written, ended by Ctrl-C with 130', async () => {
    await server.admin(OLD_BACKUP);
    const child = startPlinth(['monitor'], env({ MONITORING_INTERVAL: '1s', ALERT_FOR: '0s' }));
    const outcome = outcomeOf(child);
    let seen = '';
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk) => {
        seen += chunk;
        if ((seen.match(/ up {2}PostgreSQL/g) ?? []).length >= 2) resolve();
      });
      child.on('close', () => resolve());
    });
    process.kill(-(child.pid as number), 'SIGINT');
    const { code, stdout, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stdout).toMatch(/\d+\/197 connections {2}\d+ active {2}0 blocked/);
    expect(stdout).toContain('-> pnpm plinth backup create');
    expect(stderr.match(/alert firing: critical backups-stale/g)).toHaveLength(1);
    await withClient(server.url('admin'), async (client) => {
      const { rows } = await client.query(
        'select rule, severity, state, (select count(*)::int from metric_snapshots) as points from alerts',
      );
      expect(rows).toEqual([{ rule: 'backups-stale', severity: 'critical', state: 'firing', points: 1 }]);
      const { rows: left } = await client.query(
        "select from pg_stat_activity where application_name like 'plinth:monitor%' and datname = current_database()",
      );
      expect(left).toEqual([]);
    });
  });

  test('10 when the server cannot be reached, 2 for --json without --once', async () => {
    const gone = { DATABASE_URL: 'postgresql://app:x@127.0.0.1:1/plinth' };
    expect((await plinth(['monitor', '--once'], gone)).code).toBe(10);
    expect((await plinth(['monitor', '--json'], gone)).code).toBe(2);
  });

  test('--schema prints the schema of the report', async () => {
    const { code, stdout } = await plinth(['monitor', '--schema'], {});
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      title: 'Findings of Plinth',
      properties: { version: { const: '1.0' } },
    });
  });

  test('--rules prints Prometheus rules with the thresholds of the environment, and needs no database', async () => {
    const moved = await plinth(['monitor', '--rules'], { ALERT_BLOCKED_WARNING: '11s' });
    expect(moved.code).toBe(0);
    expect(moved.stdout).toContain('(plinth_oldest_blocked_seconds) >= 11');
    const wrong = await plinth(['monitor', '--rules'], { ALERT_BLOCKED_WARNING: 'soon' });
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  });
});
