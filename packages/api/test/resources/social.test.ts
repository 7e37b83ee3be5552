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

  test('come page by page, the latest first, those without a message by when they began; each exactly once', async () => {
    const busy = await api.signUp('busy');
    const begun: string[] = [];
    for (let n = 0; n < 7; n++) {
      const { id } = (await post(busy, '/v1/me/conversations', { userIds: [ben.id] })).body;
      begun.unshift(id);
    }
    // The oldest but one is talked in last.
    const talked = begun[5] ?? '';
    await post(busy, messagesOf(talked), { body: 'hello' });
    const expected = [talked, ...begun.filter((id) => id !== talked)];
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await busy.ask(`/v1/me/conversations?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      if (body.nextCursor === null) break;
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(expected);
    expect((await busy.ask('/v1/me/conversations?cursor=x')).body.code).toBe('invalid_cursor');
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

  test.each(['words', 'similar'])('are found page by page by %s, each exactly once', async (mode) => {
    const { id } = await start(ben.id);
    for (let n = 0; n < 7; n++)
      await post(ann, messagesOf(id), { body: `${mode} pumpkin ${'and more '.repeat(n % 3)}${n}` });
    const q = mode === 'words' ? `pumpkin ${mode}` : `pumkin ${mode}`;
    const page = (query: string) => ben.ask(`/v1/me/messages/search?mode=${mode}&q=${q}&${query}`);
    const whole = (await page('limit=100')).body;
    expect([whole.data.length, whole.nextCursor]).toEqual([7, null]);
    const seen: object[] = [];
    let cursor = '';
    do {
      const { body } = await page(`limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data);
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual(whole.data);
    const { nextCursor } = (await page('limit=3')).body;
    const other = await ben.ask(`/v1/me/messages/search?mode=${mode}&q=other&limit=3&cursor=${nextCursor}`);
    expect(other.body.code).toBe('invalid_cursor');
    // A cursor shows nothing of others': whose messages they are is asked anew.
    expect(
      (await eve.ask(`/v1/me/messages/search?mode=${mode}&q=${q}&cursor=${nextCursor}`)).body.data,
    ).toEqual([]);
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
