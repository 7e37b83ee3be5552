import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  createFieldCipher,
  type Database,
  enqueueJob,
  newRowId,
  parseFieldKeys,
  publishEvent,
} from '@plinth/db';
import { runDueJobs, startWorker, verifyWebhook, WEBHOOK_TRIES, type WorkerOptions } from '@plinth/db/jobs';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

const fieldKeys = parseFieldKeys(randomBytes(32).toString('base64url'));
const cipher = createFieldCipher(fieldKeys);
const secret = 'whsec-canary-9b1c';
const userId = newRowId();
const actor = { type: 'user', userId } as const;

let testDatabase: TestDatabase;
let app: Database;
let admin: Database;
let server: Server;
let url: string;
let received: { headers: IncomingHttpHeaders; body: string }[] = [];
let lines: string[] = [];
let status = 200;
let hookId: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  app = await testDatabase.open('app');
  admin = await testDatabase.open('admin');
  await app.none(`insert into users (id, email, full_name) values ($1, 'hook@example.com', 'H')`, [userId]);
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?token=s3cret`;
});
afterAll(async () => {
  server.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  received = [];
  lines = [];
  status = 200;
  hookId = newRowId();
  await app.tx(
    (sql) =>
      sql.none(
        'insert into webhooks (id, user_id, url, event_types, secret_enc) values ($1, $2, $3, $4, $5)',
        [
          hookId,
          userId,
          url,
          ['business.created'],
          cipher.encryptField('webhooks', 'secretEnc', hookId, secret),
        ],
      ),
    actor,
  );
});
afterEach(() => admin.tx((sql) => sql.none('delete from webhooks'), { type: 'system', id: 'test' }));

const options = (more: Partial<WorkerOptions> = {}): WorkerOptions => ({
  config: { ...app.config, url: testDatabase.url('worker') },
  fieldKeys,
  log: (level, message) => lines.push(`${level} ${message}`),
  allowPrivateAddresses: true,
  cron: false,
  pollMs: 50,
  ...more,
});
const publish = (type = 'business.created') =>
  app.tx((sql) => publishEvent(sql, { userId, type, data: { name: 'Ada' } }), actor);
const eventOf = (id: string | undefined) =>
  admin.one<{
    status: string;
    attempts: number;
    last_status_code: number | null;
    last_error_code: string | null;
    next: boolean;
  }>(
    'select status::text, attempts, last_status_code, last_error_code, next_attempt_at > now() as next from webhook_events where id = $1',
    [id],
  );
const dueNow = () => admin.none('update graphile_worker._private_jobs set run_at = now()');

test('an event reaches the webhooks that listen to it once, signed, and the call is recorded without its query', async () => {
  expect(await publish('business.deleted')).toEqual([]);
  const [id] = await publish();
  expect(await runDueJobs(options())).toEqual({ succeeded: 1, failed: 0, dead: 0 });
  expect(received).toHaveLength(1);
  const { headers, body } = received[0] as (typeof received)[0];
  expect(JSON.parse(body)).toEqual({
    id,
    type: 'business.created',
    createdAt: expect.any(String),
    data: { name: 'Ada' },
  });
  expect(headers).toMatchObject({ 'plinth-delivery': id, 'plinth-event': 'business.created' });
  const signature = String(headers['plinth-signature']);
  const given = { secret, body, nowMs: Date.now() };
  expect(verifyWebhook(signature, given)).toBe(true);
  expect(verifyWebhook(signature, { ...given, body: `${body} ` })).toBe(false);
  expect(verifyWebhook(signature, { ...given, secret: 'other' })).toBe(false);
  expect(verifyWebhook(signature, { ...given, nowMs: Date.now() + 301_000 })).toBe(false);
  expect(verifyWebhook(signature.replace('t=', 't=1'), given)).toBe(false);
  expect(await eventOf(id)).toMatchObject({
    status: 'delivered',
    attempts: 1,
    last_status_code: 200,
    next: null,
  });
  const [call] = await app.query(
    'select service, operation, url, ok, user_id from external_service_calls order by id desc limit 1',
  );
  expect(call).toEqual({
    service: 'webhook',
    operation: 'business.created',
    url: url.replace(/\?.*/, ''),
    ok: true,
    user_id: userId,
  });
  expect(lines.join('\n')).not.toMatch(/canary|s3cret|Ada/);
});

test('a job that is queued twice for a delivered event sends nothing', async () => {
  const [eventId = ''] = await publish();
  await runDueJobs(options());
  await enqueueJob(app, 'deliver-webhook', { eventId });
  await runDueJobs(options());
  expect(received).toHaveLength(1);
});

test('a failing receiver is tried again with growing pauses, and delivered when it recovers', async () => {
  status = 500;
  const [id] = await publish();
  expect(await runDueJobs(options())).toEqual({ succeeded: 0, failed: 1, dead: 0 });
  expect(await eventOf(id)).toMatchObject({
    status: 'failed',
    attempts: 1,
    last_status_code: 500,
    last_error_code: 'status_500',
    next: true,
  });
  const [job] = await admin.query<{ waits: number }>(
    'select extract(epoch from run_at - now())::float as waits from graphile_worker._private_jobs',
  );
  expect(job?.waits).toBeGreaterThan(1.5);
  status = 200;
  await dueNow();
  await runDueJobs(options());
  expect(await eventOf(id)).toMatchObject({ status: 'delivered', attempts: 2, last_error_code: null });
  expect(received.map(({ headers }) => headers['plinth-delivery'])).toEqual([id, id]);
});

test('after the last try the event is dead and no job is left', async () => {
  status = 503;
  const [id] = await publish();
  await admin.none('update webhook_events set attempts = $2 where id = $1', [id, WEBHOOK_TRIES - 1]);
  await runDueJobs(options());
  expect(await eventOf(id)).toMatchObject({ status: 'dead', attempts: WEBHOOK_TRIES, last_status_code: 503 });
  expect(await admin.query('select id from graphile_worker._private_jobs')).toEqual([]);
  expect(lines.join('\n')).toContain(`webhook event ${id} is dead`);
});

test('a redirect is a failure and is not followed', async () => {
  status = 302;
  const [id] = await publish();
  await runDueJobs(options());
  expect(await eventOf(id)).toMatchObject({ status: 'failed', last_error_code: 'redirect_refused' });
  await admin.none('delete from graphile_worker._private_jobs');
});

test('in production an address that is not public gets nothing', async () => {
  const [id] = await publish();
  await runDueJobs(options({ allowPrivateAddresses: false }));
  expect(await eventOf(id)).toMatchObject({ status: 'failed', last_error_code: 'address_refused' });
  expect(received).toEqual([]);
  await admin.none('delete from graphile_worker._private_jobs');
});

test('nothing is sent for a webhook that was switched off or whose owner is no longer active', async () => {
  const [first] = await publish();
  await app.tx((sql) => sql.none('update webhooks set is_active = false where id = $1', [hookId]), actor);
  await runDueJobs(options());
  expect(await eventOf(first)).toMatchObject({ status: 'dead', last_error_code: 'webhook_inactive' });
  await app.tx((sql) => sql.none('update webhooks set is_active = true where id = $1', [hookId]), actor);
  const [second] = await publish();
  await app.none('update users set is_active = false where id = $1', [userId]);
  await runDueJobs(options());
  await app.none('update users set is_active = true where id = $1', [userId]);
  expect(await eventOf(second)).toMatchObject({ status: 'dead', last_error_code: 'webhook_inactive' });
  expect(received).toEqual([]);
});

test('without the key nothing is sent unsigned and no try is used up', async () => {
  const [id] = await publish();
  const wrong = parseFieldKeys(`5:${randomBytes(32).toString('base64url')}`);
  expect(await runDueJobs(options({ fieldKeys: wrong }))).toMatchObject({ failed: 1 });
  expect(await eventOf(id)).toMatchObject({ status: 'pending', attempts: 0 });
  expect(received).toEqual([]);
  await dueNow();
  await runDueJobs(options());
  expect(await eventOf(id)).toMatchObject({ status: 'delivered', attempts: 1 });
});

test('two workers at once deliver each of 60 events exactly once', async () => {
  const ids: string[] = [];
  for (let turn = 0; turn < 60; turn++) ids.push(...(await publish()));
  const workers = await Promise.all([startWorker(options()), startWorker(options())]);
  const done = async () =>
    (
      await admin.one<{ left: number }>(
        `select count(*)::int as left from webhook_events where id = any($1::uuid[]) and status <> 'delivered'`,
        [ids],
      )
    ).left === 0;
  for (let tries = 0; !(await done()) && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(received.map(({ headers }) => headers['plinth-delivery']).sort()).toEqual([...ids].sort());
  expect(workers.reduce((sum, worker) => sum + worker.counts().succeeded, 0)).toBe(60);
});
