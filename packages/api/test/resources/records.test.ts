import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signUpAs } from '../support/admin.js';
import { createTestApi, type TestApi, type TestUser } from '../support/api.js';

let api: TestApi;
let admin: TestUser;
let user: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  admin = await signUpAs(api, 'admin');
  user = await api.signUp('ulla');
});
afterAll(() => api.close());

const post = (as: TestUser, path: string, body: object = {}, headers = {}) =>
  as.ask(path, { method: 'POST', body, headers });

describe('the audit log', () => {
  test('tells who changed what in which request, by filters, page by page', async () => {
    const made = await post(user, '/v1/me/community-lists', { name: 'L' }, { 'x-request-id': 'audit-me' });
    await user.ask(`/v1/me/community-lists/${made.body.id}`, {
      method: 'PATCH',
      body: { visibility: 'private' },
      headers: { 'if-match': '*' },
    });
    const byEntity = `/v1/audit-log?entity=community_lists&entityId=${made.body.id}`;
    const entries = (await admin.ask(byEntity)).body.data;
    expect(entries.map((one: { action: string }) => one.action)).toEqual(['update', 'insert']);
    expect(entries[0]).toMatchObject({
      actorType: 'user',
      actorId: user.id,
      after: { visibility: 'private' },
      before: { visibility: 'public' },
    });
    expect((await admin.ask('/v1/audit-log?requestId=audit-me')).body.data).toHaveLength(1);
    const first = (await admin.ask(`${byEntity}&limit=1`)).body;
    const second = (await admin.ask(`${byEntity}&limit=1&cursor=${first.nextCursor}`)).body;
    expect([first.data[0].id, second.data[0].id]).toEqual(entries.map((one: { id: string }) => one.id));
    expect((await admin.ask(`/v1/audit-log?until=2020-01-01T00:00:00Z`)).body.data).toEqual([]);
    expect((await user.ask('/v1/audit-log')).status).toBe(403);
  });

  test('streams as NDJSON, oldest first, beyond one page', async () => {
    await api.admin.none(
      "insert into audit.audit_log (action, entity, actor_type, actor_id) select 'event', 'bulk', 'system', 'test' from generate_series(1, 2500)",
    );
    const { text, headers } = await admin.ask('/v1/audit-log/export?entity=bulk');
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const ids = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect([ids.length, new Set(ids).size]).toEqual([2_500, 2_500]);
  });

  test('shows people with audit:read, but no role that policies name, what they did themselves', async () => {
    const half = await api.signUp('half', ['audit:read']);
    await post(half, '/v1/me/community-lists', { name: 'mine' });
    const actors = (await half.ask('/v1/audit-log')).body.data.map((one: { userId: string }) => one.userId);
    expect(new Set(actors)).toEqual(new Set([half.id]));
  });
});

describe('webhooks', () => {
  test('tell their secret once, keep it encrypted, and belong to one user', async () => {
    const made = await post(user, '/v1/me/webhooks', {
      url: 'https://receiver.example/hook',
      eventTypes: ['business.created'],
    });
    expect(made.body.secret).toMatch(/^whsec_[\w-]{43}$/);
    const at = `/v1/me/webhooks/${made.body.id}`;
    expect((await user.ask(at)).body).not.toHaveProperty('secret');
    const { sealed } = await api.admin.one<{ sealed: Buffer }>(
      'select secret_enc as sealed from webhooks where id = $1',
      [made.body.id],
    );
    expect(sealed.includes(Buffer.from(made.body.secret))).toBe(false);
    const again = await user.ask(`${at}/rotate-secret`, {
      method: 'POST',
      headers: { 'idempotency-key': 'rotate-once' },
    });
    expect(again.body.secret).not.toBe(made.body.secret);
    // Answers that are kept to be given again hold no secret.
    const kept = await api.admin.query<{ response: string }>('select response::text from idempotency_keys');
    expect(kept.filter(({ response }) => response.includes('whsec_'))).toEqual([]);
    expect((await post(admin, `${at}/rotate-secret`)).status).toBe(404);
    expect((await admin.ask(at)).status).toBe(404);
    for (const url of [
      'ftp://x.example/',
      'https://user:pw@x.example/',
      'https:///user:pw@x.example/',
      'https:\\\\user@x.example/',
      'javascript:alert(1)',
    ]) {
      expect([url, (await post(user, '/v1/me/webhooks', { url })).status]).toEqual([url, 400]);
    }
  });

  test('are a hundred at most, also when several are made at once', async () => {
    const many = await api.signUp('many');
    await api.admin.none(
      "insert into webhooks (user_id, url, secret_enc) select $1, 'https://receiver.example/' || n, decode(repeat('01', 40), 'hex') from generate_series(1, 99) n",
      [many.id],
    );
    const make = () => post(many, '/v1/me/webhooks', { url: 'https://receiver.example/' });
    const statuses = (await Promise.all([make(), make(), make()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 409, 409]);
  });

  test('are tried out and delivered to again: an event and its job together', async () => {
    const { id } = (await post(user, '/v1/me/webhooks', { url: 'https://receiver.example/' })).body;
    const at = `/v1/me/webhooks/${id}/deliveries`;
    const ping = (await post(user, at)).body;
    expect(ping).toMatchObject({ webhookId: id, eventType: 'webhook.ping', status: 'pending' });
    const jobs = async () =>
      (
        await api.admin.one<{ n: number }>(
          "select count(*)::int as n from graphile_worker.jobs where task_identifier = 'deliver-webhook'",
        )
      ).n;
    expect(await jobs()).toBe(1);
    await api.admin.none("update webhook_events set status = 'dead', attempts = 12 where id = $1", [ping.id]);
    const again = await post(user, `${at}/${ping.id}/redelivery`);
    expect(again.body).toMatchObject({ id: ping.id, status: 'pending', attempts: 0 });
    expect((await post(admin, `${at}/${ping.id}/redelivery`)).status).toBe(404);
    expect((await admin.ask(at)).status).toBe(404);
  });

  test('hear of what their owner does, each of its types once, and not of what others do or what failed', async () => {
    const owner = await api.signUp('olga', ['businesses:read', 'businesses:write', 'businesses:delete']);
    const hook = (eventTypes: string[]) =>
      post(owner, '/v1/me/webhooks', { url: 'https://receiver.example/', eventTypes });
    const [some, all] = [(await hook(['business.created'])).body.id, (await hook([])).body.id];
    const heard = async (id: string) =>
      (await owner.ask(`/v1/me/webhooks/${id}/deliveries?sort=createdAt`)).body.data.map(
        (one: { eventType: string }) => one.eventType,
      );
    const body = { legalName: 'Heard Ltd', registrationNumber: 'H-1', country: 'GB' };
    const headers = { 'idempotency-key': 'heard-once' };
    const create = () => owner.ask('/v1/businesses', { method: 'POST', body, headers });
    const made = (await create()).body;
    // The same answer again is no second event, and neither is a refusal.
    expect((await create()).headers.get('idempotent-replayed')).toBe('true');
    expect((await post(owner, '/v1/businesses', body)).status).toBe(409);
    await post(admin, '/v1/businesses', { ...body, registrationNumber: 'H-2' });
    const at = `/v1/businesses/${made.id}`;
    const match = (version: number) => ({ 'if-match': `"${version}"` });
    await owner.ask(at, { method: 'PATCH', body: { legalName: 'Heard plc' }, headers: match(1) });
    expect((await owner.ask(at, { method: 'DELETE', headers: match(2) })).status).toBe(204);
    expect(await heard(some)).toEqual(['business.created']);
    expect(await heard(all)).toEqual(['business.created', 'business.changed', 'business.deleted']);
    const [first] = (await owner.ask(`/v1/me/webhooks/${some}/deliveries`)).body.data;
    expect(first).toMatchObject({ status: 'pending', payload: made });
  });
});
