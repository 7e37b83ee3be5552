import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signUpAs } from '../support/admin.js';
import { createTestApi, type TestApi, type TestUser } from '../support/api.js';

let api: TestApi;
let owner: TestUser;
let giver: TestUser;
let clerk: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  owner = await api.signUp('olga');
  giver = await api.signUp('gina');
  clerk = await signUpAs(api, 'admin');
});
afterAll(() => api.close());

const post = (as: TestUser, path: string, body: object = {}) => as.ask(path, { method: 'POST', body });
const create = async (more: object = {}) =>
  (await post(owner, '/v1/me/campaigns', { title: 'Roof', goalMinor: 10_000, ...more })).body;

describe('campaigns', () => {
  test('are created with members and first contributions, together or not at all', async () => {
    const made = await post(owner, '/v1/me/campaigns', {
      title: 'Roof',
      goalMinor: 10_000,
      currency: 'CHF',
      members: [{ userId: giver.id }, { email: 'New@Example.com' }],
      contributions: [{ amountMinor: 500 }],
    });
    expect([made.status, made.body.memberCount, made.body.contributionCount]).toEqual([201, 3, 1]);
    const { data } = (await owner.ask(`/v1/me/campaigns/${made.body.id}/members`)).body;
    expect(data.map(({ email, role }: { email: string; role: string }) => [email, role])).toEqual([
      [null, 'organizer'],
      [null, 'member'],
      ['new@example.com', 'member'],
    ]);
    const count = async () =>
      (await api.admin.one<{ n: number }>('select count(*)::int as n from campaigns')).n;
    const before = await count();
    const failed = await post(owner, '/v1/me/campaigns', {
      title: 'Ghosts',
      goalMinor: 1,
      members: [{ userId: crypto.randomUUID() }],
    });
    expect([failed.status, failed.body.errors[0].pointer, await count()]).toEqual([422, '/members', before]);
  });

  test('are seen by others once they are active, and given to then alone', async () => {
    const { id } = await create();
    const give = () => post(giver, `/v1/campaigns/${id}/contributions`, { amountMinor: 700 });
    expect((await giver.ask(`/v1/campaigns/${id}`)).status).toBe(404);
    expect((await give()).status).toBe(404);
    const patch = (body: object) =>
      owner.ask(`/v1/me/campaigns/${id}`, { method: 'PATCH', body, headers: { 'if-match': '*' } });
    expect((await patch({ status: 'active' })).status).toBe(200);
    expect((await giver.ask('/v1/campaigns')).body.data.map((one: { id: string }) => one.id)).toContain(id);
    expect((await give()).status).toBe(201);
    expect((await patch({ status: 'completed' })).status).toBe(200);
    expect((await give()).status).toBe(409);
  });

  test('count what was paid, and hear of a payment twice without harm', async () => {
    const { id } = await create({ status: 'active' });
    const gift = (await post(giver, `/v1/campaigns/${id}/contributions`, { amountMinor: 700 })).body;
    const at = `/v1/campaigns/${id}/contributions/${gift.id}/payment`;
    const pay = (as: TestUser, externalReference: string) =>
      as.ask(at, { method: 'PUT', body: { externalReference } });
    expect((await pay(giver, 'ref-1')).status).toBe(403);
    const paid = await pay(clerk, 'ref-1');
    expect([paid.status, paid.body.status]).toEqual([200, 'paid']);
    expect((await pay(clerk, 'ref-1')).body).toEqual(paid.body);
    expect((await pay(clerk, 'ref-2')).status).toBe(409);
    expect((await giver.ask(`/v1/campaigns/${id}/progress`)).body).toEqual({
      goalMinor: 10_000,
      paidMinor: 700,
      pledgedMinor: 0,
      contributors: 1,
    });
    expect((await giver.ask('/v1/me/contributions')).body.data[0]).toMatchObject({
      id: gift.id,
      status: 'paid',
    });
    const received = await owner.ask(`/v1/me/campaigns/${id}/contributions`);
    expect(received.body.data).toHaveLength(1);
    expect((await giver.ask(`/v1/me/campaigns/${id}/contributions`)).status).toBe(404);
  });

  test('end after they begin', async () => {
    const refused = await post(owner, '/v1/me/campaigns', {
      title: 'Backwards',
      goalMinor: 1,
      startsAt: '2027-01-02T00:00:00Z',
      endsAt: '2027-01-01T00:00:00Z',
    });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/endsAt']);
  });
});
