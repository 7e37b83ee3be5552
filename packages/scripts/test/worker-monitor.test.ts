import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { startEmbedded, stopEmbedded } from '@plinth/db/embedded';
import { type CheckedServer, startCheckedServer } from './checks/server.js';
import { outcomeOf, startPlinth } from './plinth.js';

/** What somebody who is told alerts has been told. */
interface Told {
  rule: string;
  object: string;
  state: 'firing' | 'resolved';
  severity: string;
}

describe('plinth worker watches the database', () => {
  let server: CheckedServer;
  let receiver: Server;
  const told: Told[] = [];
  beforeAll(async () => {
    server = await startCheckedServer(15, { fsync: 'on' });
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        told.push(JSON.parse(body));
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
  });
  afterAll(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await server.remove();
  });

  const env = () => ({
    ...server.env(),
    READONLY_DATABASE_URL: server.url('readonly'),
    FIELD_KEYS: Buffer.alloc(32, 'f').toString('base64url'),
    MONITORING_INTERVAL: '1s',
    ALERT_FOR: '0s',
    ALERT_RECOVERY: '1s',
    ALERT_BLOCKED_WARNING: '500ms',
    ALERT_BLOCKED_CRITICAL: '1h',
    ALERT_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`,
  });
  /** A worker as a process of its own; `said` is what it said so far. */
  async function startWorker() {
    const child = startPlinth(['worker'], env());
    const outcome = outcomeOf(child);
    const lines = { text: '' };
    child.stderr?.on('data', (chunk) => {
      lines.text += chunk;
    });
    await until(
      () => lines.text.includes('worker runs'),
      () => lines.text,
    );
    async function end() {
      child.kill('SIGTERM');
      return (await outcome).code;
    }
    return { lines, end };
  }
  const toldOf = (rule: string, state: string) =>
    told.filter((one) => one.rule === rule && one.state === state);
  const alertRows = () =>
    withClient(server.url('admin'), async (client) => {
      const { rows } = await client.query(
        'select rule, state, severity, resolved_at is not null as over from alerts order by created_at',
      );
      return rows;
    });

  test('and tells of a blocked session and of its end: in its output, by webhook, in the table, once by two workers', async () => {
    const workers = [await startWorker(), await startWorker()];
    await withClient(server.url('admin'), (holder) =>
      withClient(server.url('admin'), async (waiter) => {
        await holder.query('begin; lock table artists in access exclusive mode');
        const waiting = waiter.query('select count(*) from artists');
        await until(
          () => toldOf('blocked-sessions', 'firing').length > 0,
          () => workers.map(({ lines }) => lines.text),
        );
        expect(toldOf('blocked-sessions', 'firing')[0]).toMatchObject({
          severity: 'warning',
          object: expect.stringMatching(/^session \d+$/),
          evidence: { blocked: 1, rootState: 'idle in transaction' },
        });
        await until(async () => (await alertRows()).some(({ state }) => state === 'firing'), alertRows);
        await holder.query('rollback');
        await waiting;
      }),
    );
    await until(
      () => toldOf('blocked-sessions', 'resolved').length > 0,
      () => told,
    );
    await until(async () => (await alertRows()).some(({ over }) => over), alertRows);
    expect(await alertRows()).toEqual([
      { rule: 'blocked-sessions', state: 'resolved', severity: 'warning', over: true },
    ]);
    expect(toldOf('blocked-sessions', 'firing')).toHaveLength(1);
    const said = workers.map(
      ({ lines }) => lines.text.match(/alert firing: warning blocked-sessions/g)?.length ?? 0,
    );
    expect(said.sort()).toEqual([0, 1]);
    for (const worker of workers) expect(await worker.end()).toBe(143);
    await withClient(server.url('admin'), async (client) => {
      const { rows } = await client.query(
        "select from pg_stat_activity where application_name like 'plinth:monitor%'",
      );
      expect(rows).toEqual([]);
      const { rows: points } = await client.query('select from metric_snapshots where tier = 2');
      expect(points.length).toBeGreaterThan(0);
    });
  }, 600_000);

  test('and tells that the database is down, and that it is back', async () => {
    const worker = await startWorker();
    await until(
      async () => {
        const { rows } = await withClient(server.url('admin'), (client) =>
          client.query("select from pg_stat_activity where application_name = 'plinth:monitor-store'"),
        );
        return rows.length > 0;
      },
      () => worker.lines.text,
    );
    await stopEmbedded({ home: server.home });
    await until(
      () => toldOf('database-down', 'firing').length > 0,
      () => worker.lines.text,
    );
    expect(worker.lines.text).toContain('alert firing: critical database-down');
    await startEmbedded({ home: server.home, settings: { fsync: 'on' } });
    await until(
      () => toldOf('database-down', 'resolved').length > 0,
      () => worker.lines.text,
    );
    await until(
      async () => (await alertRows()).some(({ rule, over }) => rule === 'database-down' && over),
      alertRows,
    );
    await worker.end();
  }, 600_000);
});

/**
 * Waits for as long as a busy machine may need (where a look takes long, the monitor's budget puts the next one off);
 * then says what there was instead.
 */
async function until(check: () => boolean | Promise<boolean>, instead: () => unknown): Promise<void> {
  const deadline = Date.now() + 150_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${JSON.stringify(await instead())}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
