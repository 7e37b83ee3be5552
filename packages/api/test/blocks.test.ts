import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, insertArtist, type TestApi, type TestUser } from './support/api.js';

let api: TestApi;
let user: TestUser;
let other: TestUser;
beforeAll(async () => {
  api = await createTestApi();
  user = await api.signUp('bea');
  other = await api.signUp('otto');
});
afterAll(() => api.close());

let made = 0;
const newArtist = () => insertArtist(api.admin, `Artist ${++made}`, { spotify: `s${made}` });
const post = (body: object, headers: Record<string, string> = {}, as = user) =>
  as.ask('/v1/me/blocks', { method: 'POST', body, headers });
const rows = (artistId: string) =>
  api.admin.query<{ tags: string[]; note: string; created_by: string }>(
    'select * from user_artist_blocks where artist_id = $1',
    [artistId],
  );

describe('my blocks', () => {
  test('keep tags and note, and are found again by id, in the list, by tag and by artist', async () => {
    const artistId = await newArtist();
    const created = await post({ artistId, tags: ['too loud', ' mornings '], note: 'never before ten' });
    expect(created.status).toBe(201);
    const { id } = created.body;
    expect(created.headers.get('location')).toBe(`/v1/me/blocks/${id}`);
    expect(created.body).toMatchObject({
      artist: { id: artistId, externalIds: { spotify: `s${made}` } },
      tags: ['too loud', 'mornings'],
      note: 'never before ten',
      version: 1,
    });
    expect((await user.ask(`/v1/me/blocks/${id}`)).body).toEqual(created.body);
    for (const query of ['', '?tag=mornings', `?artistId=${artistId}`, '?sort=createdAt&limit=100']) {
      expect((await user.ask(`/v1/me/blocks${query}`)).body.data).toContainEqual(created.body);
    }
    expect((await user.ask('/v1/me/blocks?tag=evenings')).body).toEqual({ data: [], nextCursor: null });
    expect(await rows(artistId)).toMatchObject([{ created_by: user.id }]);
  });

  test('hold an artist once, and only one that exists', async () => {
    const artistId = await newArtist();
    expect((await post({ artistId })).status).toBe(201);
    const again = await post({ artistId });
    expect([again.status, again.body.errors[0].pointer]).toEqual([409, '/artistId']);
    const unknown = await post({ artistId: crypto.randomUUID() });
    expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([422, '/artistId']);
  });

  test('change and go by version only', async () => {
    const { body: block } = await post({ artistId: await newArtist(), tags: ['a'], note: 'n' });
    const at = `/v1/me/blocks/${block.id}`;
    const patch = (body: object, ifMatch?: string) =>
      user.ask(at, { method: 'PATCH', body, headers: ifMatch ? { 'if-match': ifMatch } : {} });
    expect((await patch({ tags: [] })).status).toBe(428);
    const changed = await patch({ note: null }, '"1"');
    expect([changed.status, changed.body.note, changed.body.tags, changed.body.version]).toEqual([
      200,
      null,
      ['a'],
      2,
    ]);
    expect((await patch({ tags: ['b'] }, '"1"')).status).toBe(412);
    expect((await patch({}, '"2"')).status).toBe(400);
    const remove = (ifMatch: string) => user.ask(at, { method: 'DELETE', headers: { 'if-match': ifMatch } });
    expect((await user.ask(at, { method: 'DELETE' })).status).toBe(428);
    expect((await remove('"1"')).status).toBe(412);
    expect((await remove('"2"')).status).toBe(204);
    expect((await remove('"2"')).status).toBe(404);
    expect((await user.ask(at)).status).toBe(404);
  });

  test('have one ETag however they are read, which tells when the artist in them changed', async () => {
    const artistId = await newArtist();
    const created = await post({ artistId, tags: ['a'] });
    const at = `/v1/me/blocks/${created.body.id}`;
    const etag = created.headers.get('etag') ?? '';
    expect((await user.ask(at)).headers.get('etag')).toBe(etag);
    const known = (tag: string) => user.ask(at, { headers: { 'if-none-match': tag } });
    expect((await known(etag)).status).toBe(304);
    await api.admin.none("update artists set name = 'Renamed' where id = $1", [artistId]);
    const renamed = await known(etag);
    expect([renamed.status, renamed.body.artist.name, renamed.body.version]).toEqual([200, 'Renamed', 1]);
    // What is changed is the block: the artist's new name is no collision.
    const patch = { method: 'PATCH', body: { note: 'n' }, headers: { 'if-match': etag } };
    const changed = await user.ask(at, patch);
    expect(changed.status).toBe(200);
    expect((await known(changed.headers.get('etag') ?? '')).status).toBe(304);
    expect((await user.ask(at, patch)).status).toBe(412);
  });

  test('are found by their ids in capital letters too', async () => {
    const artistId = await newArtist();
    const { body } = await post({ artistId: artistId.toUpperCase() });
    expect(body.artist.id).toBe(artistId);
    expect((await user.ask(`/v1/me/blocks/${body.id.toUpperCase()}`)).body.id).toBe(body.id);
    const bulk = { artistIds: [artistId, artistId.toUpperCase()] };
    expect((await user.ask('/v1/me/blocks/bulk', { method: 'POST', body: bulk })).status).toBe(400);
  });

  test('do not exist for anybody else, and stay as they are', async () => {
    const artistId = await newArtist();
    const { body: block } = await post({ artistId, note: 'mine' });
    const at = `/v1/me/blocks/${block.id}`;
    const headers = { 'if-match': '*' };
    expect((await other.ask(at)).status).toBe(404);
    expect((await other.ask(at, { method: 'PATCH', body: { note: 'yours' }, headers })).status).toBe(404);
    expect((await other.ask(at, { method: 'DELETE', headers })).status).toBe(404);
    expect((await other.ask(`/v1/me/blocks?artistId=${artistId}`)).body.data).toEqual([]);
    expect((await post({ artistId, userId: user.id }, {}, other)).status).toBe(400);
    expect((await user.ask(at)).body).toEqual(block);
  });

  test('refuse tags that are too many, twice the same, empty or too long', async () => {
    const artistId = await newArtist();
    for (const tags of [
      Array.from({ length: 33 }, (_, n) => `t${n}`),
      ['a', ' a'],
      ['  '],
      ['x'.repeat(51)],
      'a',
      [1],
      null,
    ]) {
      expect((await post({ artistId, tags })).status).toBe(400);
    }
    expect(await rows(artistId)).toEqual([]);
  });
});

describe('Idempotency-Key', () => {
  test('answers a repeated write with the same answer and one row', async () => {
    const artistId = await newArtist();
    const headers = { 'idempotency-key': 'key-1' };
    const first = await post({ artistId, tags: ['x'] }, headers);
    const second = await post({ tags: ['x'], artistId }, headers);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(await rows(artistId)).toHaveLength(1);
  });

  test('refuses another payload under the same key, and is each user’s own', async () => {
    const artistId = await newArtist();
    const headers = { 'idempotency-key': 'key-2' };
    expect((await post({ artistId }, headers)).status).toBe(201);
    const reused = await post({ artistId, note: 'else' }, headers);
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency_key_reused']);
    const theirs = await post({ artistId }, headers, other);
    expect([theirs.status, theirs.headers.get('idempotent-replayed')]).toEqual([201, null]);
  });

  test('makes one row of ten requests at once: one 201, the rest replayed or told to wait', async () => {
    const artistId = await newArtist();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post({ artistId }, { 'idempotency-key': 'key-3' })),
    );
    for (const { status, body } of answers) {
      if (status !== 201) expect([status, body.code]).toEqual([409, 'idempotency_in_progress']);
    }
    expect(
      answers.filter(({ status, headers }) => status === 201 && !headers.get('idempotent-replayed')),
    ).toHaveLength(1);
    expect(await rows(artistId)).toHaveLength(1);
  });

  test('is not spent by a request that failed, and is free again after its day', async () => {
    const headers = { 'idempotency-key': 'key-4' };
    expect((await post({ artistId: crypto.randomUUID() }, headers)).status).toBe(422);
    expect((await post({ artistId: await newArtist() }, headers)).status).toBe(201);
    await api.admin.none(
      "update idempotency_keys set expires_at = now() - interval '1 second' where key = 'key-4'",
    );
    const next = await post({ artistId: await newArtist() }, headers);
    expect([next.status, next.headers.get('idempotent-replayed')]).toEqual([201, null]);
  });

  test('must be 1 to 255 printable characters', async () => {
    const artistId = await newArtist();
    for (const key of ['x'.repeat(256), 'with space', 'ä']) {
      const { status, body } = await post({ artistId }, { 'idempotency-key': key });
      expect([status, body.errors[0].in]).toEqual([400, 'header']);
    }
  });
});
