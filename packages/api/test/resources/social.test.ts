import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, type TestApi, type TestUser } from '../support/api.js';

let api: TestApi;
let ann: TestUser;
let ben: TestUser;
let eve: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  [ann, ben, eve] = [await api.signUp('ann'), await api.signUp('ben'), await api.signUp('eve')];
});
afterAll(() => api.close());

const post = (as: TestUser, path: string, body: object = {}) => as.ask(path, { method: 'POST', body });
const start = async (...userIds: string[]) => (await post(ann, '/v1/me/conversations', { userIds })).body;
const messagesOf = (id: string) => `/v1/me/conversations/${id}/messages`;

describe('conversations', () => {
  test('begin with people who have an account, and are seen by them alone', async () => {
    const made = await start(ben.id);
    expect(made).toMatchObject({ kind: 'direct', participants: [{ role: 'owner' }, { role: 'member' }] });
    const at = `/v1/me/conversations/${made.id}`;
    expect((await ben.ask(at)).body.id).toBe(made.id);
    for (const path of [at, messagesOf(made.id)]) expect((await eve.ask(path)).status).toBe(404);
    expect((await post(eve, messagesOf(made.id), { body: 'hi' })).status).toBe(404);
    for (const userIds of [[ann.id], [crypto.randomUUID()]]) {
      expect((await post(ann, '/v1/me/conversations', { userIds })).status).toBe(422);
    }
  });

  test('tell what is unread, until it is read', async () => {
    const { id } = await start(ben.id);
    await post(ann, messagesOf(id), { body: 'hello Ben' });
    const unread = async () => {
      const { data } = (await ben.ask('/v1/me/conversations')).body;
      return data.find((one: { id: string }) => one.id === id).unread;
    };
    expect(await unread()).toBe(true);
    expect((await ben.ask(`/v1/me/conversations/${id}/read`, { method: 'PUT' })).status).toBe(204);
    expect(await unread()).toBe(false);
  });

  test('of a group take more people from who started it, and let everybody go', async () => {
    const { id } = await start(ben.id, eve.id);
    const dora = await api.signUp('dora');
    const invite = (as: TestUser) =>
      as.ask(`/v1/me/conversations/${id}/participants/${dora.id}`, { method: 'PUT' });
    expect([(await invite(ben)).status, (await invite(ann)).status]).toEqual([403, 200]);
    await post(ann, messagesOf(id), { body: 'welcome' });
    expect((await dora.ask(messagesOf(id))).body.data).toHaveLength(1);
    expect((await dora.ask(`/v1/me/conversations/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await dora.ask(messagesOf(id))).status).toBe(404);
  });

  test('messages are changed and deleted by who sent them, by version', async () => {
    const { id } = await start(ben.id);
    const sent = (await post(ann, messagesOf(id), { body: 'frist' })).body;
    const at = `${messagesOf(id)}/${sent.id}`;
    const edit = (as: TestUser) =>
      as.ask(at, { method: 'PATCH', body: { body: 'first' }, headers: { 'if-match': '"1"' } });
    expect((await edit(ben)).status).toBe(404);
    const edited = (await edit(ann)).body;
    expect([edited.body, edited.editedAt === null, edited.senderId]).toEqual(['first', false, ann.id]);
    expect((await ben.ask(at, { method: 'DELETE', headers: { 'if-match': '*' } })).status).toBe(404);
    expect((await ann.ask(at, { method: 'DELETE', headers: { 'if-match': '*' } })).status).toBe(204);
    expect((await ben.ask(messagesOf(id))).body.data).toEqual([]);
  });

  test('are searched by words and in spite of typing mistakes, by those who take part', async () => {
    const { id } = await start(ben.id);
    await post(ann, messagesOf(id), { body: 'the harvest festival in Würzburg' });
    const find = async (as: TestUser, query: string) =>
      (await as.ask(`/v1/me/messages/search?${query}`)).body.data.map((one: { body: string }) => one.body);
    for (const query of [
      'q=festival',
      'q="harvest festival"',
      'q=harvest -winter',
      'mode=similar&q=harvest festval',
    ]) {
      expect([query, await find(ben, query)]).toEqual([query, ['the harvest festival in Würzburg']]);
    }
    expect(await find(ben, 'q=harvest -festival')).toEqual([]);
    expect(await find(eve, 'q=festival')).toEqual([]);
  });
});

describe('reports', () => {
  test('are read and decided by moderators, the action and the report together', async () => {
    const moderator = await api.signUp('mo', ['moderation:read', 'moderation:write']);
    const report = { targetType: 'user', targetId: eve.id, reason: 'spam' };
    const made = (await post(ann, '/v1/me/reports', report)).body;
    expect(made).toMatchObject({ ...report, status: 'open' });
    expect((await ben.ask(`/v1/me/reports/${made.id}`)).status).toBe(404);
    const at = `/v1/moderation/reports/${made.id}`;
    expect([(await ann.ask(at)).status, (await moderator.ask(at)).status]).toEqual([403, 200]);
    const decide = (ifMatch: string) =>
      moderator.ask(`${at}/decision`, {
        method: 'POST',
        body: { action: 'suspend', reason: 'spam', expiresAt: '2030-01-01T00:00:00Z' },
        headers: { 'if-match': ifMatch },
      });
    const decided = await decide('"1"');
    expect(decided.body).toMatchObject({ reportId: made.id, moderatorId: moderator.id, targetId: eve.id });
    expect(decided.headers.get('location')).toBe(`/v1/moderation/actions/${decided.body.id}`);
    expect((await decide('"1"')).status).toBe(412);
    expect((await ann.ask(`/v1/me/reports/${made.id}`)).body.status).toBe('resolved');
    const reopen = await moderator.ask(at, {
      method: 'PATCH',
      body: { status: 'open' },
      headers: { 'if-match': '*' },
    });
    expect(reopen.status).toBe(409);
    expect((await moderator.ask(`/v1/moderation/actions?reportId=${made.id}`)).body.data).toHaveLength(1);
  });
});
