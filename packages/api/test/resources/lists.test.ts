import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, insertArtist, type TestApi, type TestUser } from '../support/api.js';

let api: TestApi;
let curator: TestUser;
let reader: TestUser;
let editor: TestUser;
let artist: string;
let other: string;
beforeAll(async () => {
  api = await createTestApi();
  curator = await api.signUp('cora');
  reader = await api.signUp('rob');
  editor = await api.signUp('edna', ['artists:write']);
  artist = await insertArtist(api.admin, 'Drake', { spotify: 'abc' });
  other = await insertArtist(api.admin, '=SUM(1), "quoted"', { spotify: 'd:e' });
});
afterAll(() => api.close());

const post = (as: TestUser, path: string, body: object = {}) => as.ask(path, { method: 'POST', body });
const newList = async (visibility: string) =>
  (await post(curator, '/v1/me/community-lists', { name: `A ${visibility} list`, visibility })).body.id;

describe('community lists', () => {
  test('are seen by others as far as they are public or unlisted, and changed by their owner alone', async () => {
    const [open, unlisted, secret] = [
      await newList('public'),
      await newList('unlisted'),
      await newList('private'),
    ];
    const listed = (await reader.ask('/v1/community-lists')).body.data.map((one: { id: string }) => one.id);
    expect(listed).toEqual([open]);
    const statuses = (prefix: string, as: TestUser) =>
      Promise.all([open, unlisted, secret].map(async (id) => (await as.ask(`${prefix}/${id}`)).status));
    expect(await statuses('/v1/community-lists', reader)).toEqual([200, 200, 404]);
    expect(await statuses('/v1/community-lists', curator)).toEqual([200, 200, 200]);
    expect(await statuses('/v1/me/community-lists', reader)).toEqual([404, 404, 404]);
    const headers = { 'if-match': '*' };
    const rename = (as: TestUser) =>
      as.ask(`/v1/me/community-lists/${open}`, { method: 'PATCH', body: { name: 'X' }, headers });
    expect([(await rename(reader)).status, (await rename(curator)).status]).toEqual([404, 200]);
  });

  test('hold an artist once, with a reason', async () => {
    const list = await newList('public');
    const at = `/v1/me/community-lists/${list}/items`;
    expect((await post(curator, at, { artistId: artist, reason: 'loud' })).status).toBe(201);
    expect((await post(curator, at, { artistId: artist })).status).toBe(409);
    expect((await post(curator, at, { artistId: crypto.randomUUID() })).status).toBe(422);
    expect((await post(reader, at, { artistId: other })).status).toBe(404);
    const items = (await reader.ask(`/v1/community-lists/${list}/items`)).body.data;
    expect(items).toMatchObject([{ artistId: artist, reason: 'loud' }]);
  });

  test('are followed and blocked as a whole', async () => {
    const list = await newList('public');
    for (const id of [artist, other])
      await post(curator, `/v1/me/community-lists/${list}/items`, { artistId: id });
    const follow = (notify: boolean) =>
      reader.ask(`/v1/community-lists/${list}/subscription`, { method: 'PUT', body: { notify } });
    const first = (await follow(true)).body;
    expect((await follow(false)).body).toMatchObject({ id: first.id, listId: list, notify: false });
    expect((await reader.ask('/v1/me/subscriptions')).body.data).toHaveLength(1);
    expect((await curator.ask('/v1/me/subscriptions')).body.data).toHaveLength(0);
    expect((await post(reader, `/v1/community-lists/${list}/block-all`)).body).toEqual({ blocked: 2 });
    expect((await post(reader, `/v1/community-lists/${list}/block-all`)).body).toEqual({ blocked: 0 });
  });
});

describe('blocks in bulk', () => {
  test('are made and removed together', async () => {
    const user = await api.signUp('bulk');
    const both = { artistIds: [artist, other] };
    expect((await post(user, '/v1/me/blocks/bulk', { artistIds: [artist], tags: ['x'] })).body).toEqual({
      blocked: 1,
      already: 0,
    });
    expect((await post(user, '/v1/me/blocks/bulk', both)).body).toEqual({ blocked: 1, already: 1 });
    expect((await post(user, '/v1/me/blocks/bulk', { artistIds: [crypto.randomUUID()] })).status).toBe(422);
    expect((await post(user, '/v1/me/blocks/bulk-delete', both)).body).toEqual({ unblocked: 2 });
  });

  test.each(['json', 'csv'])('come back from an export as %s exactly as they were', async (format) => {
    const [from, to] = [await api.signUp(`from-${format}`), await api.signUp(`to-${format}`)];
    const note = '=1+1, "said"\nand more; ünï';
    await post(from, '/v1/me/blocks', { artistId: artist, tags: ['a;b', 'c,"d"'], note });
    await post(from, '/v1/me/blocks', { artistId: other });
    const path = format === 'csv' ? '/v1/me/blocks/export.csv' : '/v1/me/blocks/export';
    const exported = await from.ask(path);
    expect(exported.headers.get('content-disposition')).toBe(`attachment; filename="blocks.${format}"`);
    if (format === 'csv') expect(exported.text).toContain(`"'=SUM(1), ""quoted"""`);
    const imported = await to.ask('/v1/me/blocks/import', {
      method: 'POST',
      raw: exported.text,
      headers: { 'content-type': format === 'csv' ? 'text/csv' : 'application/json' },
    });
    expect([imported.status, imported.body]).toEqual([200, { created: 2, already: 0, unknown: [] }]);
    expect((await to.ask(path)).text).toBe(exported.text);
  });

  test('come back in one piece however many they are', async () => {
    const [from, to] = [await api.signUp('many'), await api.signUp('heir')];
    for (let n = 0; n < 3; n++)
      await api.admin.none(
        `with made as (insert into artists (name) select 'Many ' || n from generate_series(1, 1000) n returning id)
         insert into user_artist_blocks (user_id, artist_id, note) select $1, id, repeat('n', 400) from made`,
        [from.id],
      );
    for (const [path, type, created] of [
      ['/v1/me/blocks/export.csv', 'text/csv', 3_000],
      ['/v1/me/blocks/export', 'application/json', 0],
    ] as const) {
      const { text } = await from.ask(path);
      expect(text.length).toBeGreaterThan(1_000_000);
      const headers = { 'content-type': type };
      const imported = await to.ask('/v1/me/blocks/import', { method: 'POST', raw: text, headers });
      expect(imported.body).toEqual({ created, already: 3_000 - created, unknown: [] });
    }
    const raw = `artistId,note\r\n${artist},${'x'.repeat(5_000_000)}`;
    const headers = { 'content-type': 'text/csv' };
    const huge = await to.ask('/v1/me/blocks/import', { method: 'POST', raw, headers });
    expect([huge.status, huge.body.code]).toEqual([413, 'body_too_large']);
    // Only here: what elsewhere was too large still is.
    const elsewhere = await to.ask('/v1/me/blocks/bulk', {
      method: 'POST',
      raw: `["${'x'.repeat(300_000)}"]`,
    });
    expect(elsewhere.status).toBe(413);
  });

  test('are imported by ids of other services, and tell which are not known', async () => {
    const user = await api.signUp('imp');
    const blocks = [
      { externalId: 'spotify:d:e' },
      { externalId: 'spotify:zzz' },
      { artistId: artist },
      { artistId: crypto.randomUUID() },
    ];
    const { body } = await post(user, '/v1/me/blocks/import', { blocks });
    expect(body).toEqual({ created: 2, already: 0, unknown: [1, 3] });
    for (const raw of ['artistId\r\n"unclosed', 'artistId,tags\r\na,b,c', '', 'name\r\nDrake']) {
      const headers = { 'content-type': 'text/csv' };
      expect([
        raw,
        (await user.ask('/v1/me/blocks/import', { method: 'POST', raw, headers })).status,
      ]).toEqual([raw, 400]);
    }
  });
});

test('tags of a CSV are a JSON list or, written by hand, one tag, whatever it looks like', async () => {
  const user = await api.signUp('by-hand');
  const raw = `artistId,tags\r\n${artist},2024\r\n${other},"[""a"",""b""]"`;
  const headers = { 'content-type': 'text/csv' };
  const { body } = await user.ask('/v1/me/blocks/import', { method: 'POST', raw, headers });
  expect(body).toEqual({ created: 2, already: 0, unknown: [] });
  const { data } = (await user.ask('/v1/me/blocks')).body;
  expect(data.map(({ tags }: { tags: string[] }) => tags)).toEqual(
    expect.arrayContaining([['2024'], ['a', 'b']]),
  );
});

describe('artists', () => {
  test('are kept by those who may, and stay while somebody refers to them', async () => {
    const body = { name: 'New', externalIds: { spotify: 'n1' }, genres: ['rap'] };
    expect((await post(reader, '/v1/artists', body)).status).toBe(403);
    const made = await post(editor, '/v1/artists', body);
    expect(made.body).toMatchObject(body);
    const at = `/v1/artists/${made.body.id}`;
    const headers = { 'if-match': '*' };
    await post(reader, '/v1/me/blocks', { artistId: made.body.id });
    const refused = await editor.ask(at, { method: 'DELETE', headers });
    expect([refused.status, refused.body.detail]).toEqual([409, 'somebody blocks this artist']);
    await post(reader, '/v1/me/blocks/bulk-delete', { artistIds: [made.body.id] });
    expect((await editor.ask(at, { method: 'DELETE', headers })).status).toBe(204);
  });
});
