import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import pg from 'pg';
import { createWebhook } from '../../src/monitor/webhook.js';
import { type Monitor, type MonitorEvent, parseMonitorConfig } from '../../src/monitor.js';
import { openTestMonitor } from './monitor-fixture.js';

describe('alerts reach log, webhook and table', () => {
  let database: TestDatabase;
  let admin: Database;
  let server: Server;
  let received: Record<string, unknown>[];
  let events: MonitorEvent[];
  let answer: number;
  const monitors: Monitor[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    admin = await database.open('admin');
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (answer === 200) received.push(JSON.parse(body));
        response.writeHead(answer).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    [received, events, answer] = [[], [], 200];
  });
  afterEach(async () => {
    for (const monitor of monitors.splice(0)) await monitor.close();
    await admin.none('delete from alerts');
    await admin.none('delete from metric_snapshots');
  });
  afterAll(async () => {
    server.close();
    await database.drop();
  });

  function open(): Monitor {
    const config = parseMonitorConfig({
      ALERT_WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
      ALERT_TRANSACTION_WARNING: '1ms',
      ALERT_FOR: '0ms',
      ALERT_RECOVERY: '0ms',
    });
    const monitor = openTestMonitor(database, {
      ...config,
      workerUrl: database.url('worker'),
      onEvent: (event) => events.push(event),
    });
    monitors.push(monitor);
    return monitor;
  }
  const withTransaction = async (work: () => Promise<void>) => {
    const client = new pg.Client({ connectionString: database.url('app') });
    await client.connect();
    await client.query('begin; select 1');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await work();
    await client.end();
  };
  const stored = () =>
    admin.query<{ rule: string; state: string; resolved_at: Date | null }>(
      'select rule, state, resolved_at from alerts order by created_at',
    );
  const told = () => events.flatMap((event) => (event.type === 'alert' ? [event.alert.state] : []));

  test('from the beginning to the end of the condition, each once', async () => {
    const monitor = open();
    await withTransaction(async () => {
      await monitor.collect([1]);
      await monitor.collect([1]);
      expect(await stored()).toEqual([{ rule: 'long-transactions', state: 'firing', resolved_at: null }]);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await monitor.collect([1]);
    expect(await stored()).toMatchObject([
      { rule: 'long-transactions', state: 'resolved', resolved_at: expect.any(Date) },
    ]);
    expect(told()).toEqual(['firing', 'resolved']);
    expect(received).toMatchObject([
      {
        version: '1.0',
        rule: 'long-transactions',
        state: 'firing',
        severity: 'warning',
        object: expect.stringMatching(/^session \d+$/),
      },
      { rule: 'long-transactions', state: 'resolved', resolvedAt: expect.any(String) },
    ]);
  });

  test('a receiver that fails gets them later, in order', async () => {
    const monitor = open();
    answer = 500;
    await withTransaction(() => monitor.collect([1]));
    expect(events).toContainEqual({ type: 'webhook_failed', reason: 'the webhook answered 500' });
    answer = 200;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await monitor.collect([1]);
    expect(received.map(({ state }) => state)).toEqual(['firing', 'resolved']);
  });

  test('of two processes one tells; when it ends the other takes over without repeating', async () => {
    const [first, second] = [open(), open()];
    await withTransaction(async () => {
      await first.collect([1]);
      await second.collect([1]);
      expect(told()).toEqual(['firing']);
      await first.close();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await second.collect([1]);
      expect(told()).toEqual(['firing']);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await second.collect([1]);
    expect(told()).toEqual(['firing', 'resolved']);
    expect(await stored()).toHaveLength(1);
  });

  test('what an earlier process left firing ends, also where it could not be read at first', async () => {
    await admin.none(
      "insert into alerts (rule, severity, object, message) values ('long-transactions', 'warning', 'session 1', 'left behind')",
    );
    const monitor = open();
    const client = new pg.Client({ connectionString: database.url('admin') });
    await client.connect();
    await client.query('begin; lock table alerts in access exclusive mode');
    await monitor.collect([1]);
    await client.end();
    expect(events).toContainEqual({ type: 'store_failed', code: 'lock_timeout' });
    await monitor.collect([1]);
    expect(await stored()).toMatchObject([{ rule: 'long-transactions', state: 'resolved' }]);
  });

  test('points of the history are stored once a minute', async () => {
    const monitor = open();
    await monitor.collect([1]);
    await monitor.collect([1]);
    const rows = await admin.query<{ tier: number; data: object }>('select tier, data from metric_snapshots');
    expect(rows).toMatchObject([
      { tier: 2, data: { connections: expect.any(Number), at: expect.any(String) } },
    ]);
  });
});

test('a webhook that says nothing is given up after the deadline', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const webhook = createWebhook(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`, fetch, 100);
  webhook.add({
    rule: 'r',
    object: '',
    severity: 'warning',
    message: '',
    evidence: {},
    state: 'firing',
    startedAt: new Date(),
    resolvedAt: null,
  });
  expect(await webhook.flush()).toBe('the webhook did not answer within 100 ms');
  expect(webhook.waiting()).toBe(1);
  silent.closeAllConnections();
  silent.close();
  expect(await webhook.flush()).toBe('the webhook cannot be reached');
});
