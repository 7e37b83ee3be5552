import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, insertArtist, type TestApi, type TestUser } from './support/api.js';

let api: TestApi;
let user: TestUser;
let drake: string;
let kanye: string;
beforeAll(async () => {
  api = await createTestApi();
  user = await api.signUp('ari');
  drake = await insertArtist(api.admin, 'Drake', { spotify: '3TVXtAsR1Inumwj472S9r4' });
  kanye = await insertArtist(api.admin, 'Kanye West', { spotify: '5K4W6rqBFWDnAN6FQUkS6x' });
  await insertArtist(api.admin, 'Nick Drake');
  // One moment for all: pages must still hold each of them once.
  await api.admin.none(
    "insert into artists (name, created_at) select 'Twin ' || (n / 3), now() from generate_series(1, 30) n",
  );
});
afterAll(() => api.close());

const names = async (query: string): Promise<string[]> =>
  (await user.ask(`/v1/artists?${query}`)).body.data.map((artist: { name: string }) => artist.name);

/** Follows nextCursor to the end. */
async function allIds(query: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  do {
    const { body, status } = await user.ask(`/v1/artists?${query}${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    ids.push(...body.data.map((artist: { id: string }) => artist.id));
    cursor = body.nextCursor ?? '';
  } while (cursor);
  return ids;
}

describe('artists', () => {
  test('need a sign-in', async () => {
    for (const path of ['/v1/artists', `/v1/artists/${drake}`])
      expect((await api.ask(path)).status).toBe(401);
  });

  test('are found by id, with an ETag; an unknown id is 404, no id is 400', async () => {
    const { status, body, headers } = await user.ask(`/v1/artists/${drake}`);
    expect([status, body.name, headers.get('etag')]).toEqual([200, 'Drake', '"1"']);
    expect((await user.ask(`/v1/artists/${crypto.randomUUID()}`)).body.code).toBe('not_found');
    expect((await user.ask('/v1/artists/1')).body.errors).toMatchObject([{ in: 'path', pointer: '/id' }]);
  });

  test('are found by beginning, by a word inside, and in spite of typing errors, the best match first', async () => {
    expect((await names('q=dra')).slice(0, 2)).toEqual(['Drake', 'Nick Drake']);
    expect(await names('q=west')).toEqual(['Kanye West']);
    expect(await names('q=kayne%20west')).toEqual(['Kanye West']);
    expect(await names('q=zzzz')).toEqual([]);
  });

  test('are found by an id at another service, exactly', async () => {
    const { body } = await user.ask('/v1/artists?externalId=spotify:5K4W6rqBFWDnAN6FQUkS6x');
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([kanye]);
    expect(await names('externalId=apple:5K4W6rqBFWDnAN6FQUkS6x')).toEqual([]);
    expect((await user.ask('/v1/artists?externalId=spotify')).status).toBe(400);
  });

  test.each(['sort=name', 'sort=-name', 'sort=createdAt', 'sort=-createdAt', 'q=twin', 'q=twin&sort=-name'])(
    'come page by page, each exactly once, with %s',
    async (query) => {
      const whole = await allIds(`${query}&limit=100`);
      expect(whole.length).toBeGreaterThanOrEqual(30);
      expect(await allIds(`${query}&limit=7`)).toEqual(whole);
      expect(new Set(whole).size).toBe(whole.length);
    },
  );

  test('take a cursor with its own filters and order only, as it was given', async () => {
    const { body } = await user.ask('/v1/artists?limit=5&sort=name');
    const cursor: string = body.nextCursor;
    const [payload = '', mac = ''] = cursor.split('.');
    const moved = Buffer.from(JSON.stringify(['A', crypto.randomUUID()])).toString('base64url');
    const bad = [
      `sort=-name&cursor=${cursor}`,
      `sort=name&q=twin&cursor=${cursor}`,
      `sort=name&cursor=${moved}.${mac}`,
    ];
    bad.push(
      `sort=name&cursor=${payload}`,
      `sort=name&cursor=${cursor}.x`,
      'sort=name&cursor=.',
      'cursor=%00',
    );
    for (const query of bad) {
      const answer = await user.ask(`/v1/artists?${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
    }
    // A page of another size goes on from the same place.
    expect((await user.ask(`/v1/artists?limit=2&sort=name&cursor=${cursor}`)).body.data).toHaveLength(2);
  });

  test('refuse limits outside 1 to 100, unknown parameters and repeated ones', async () => {
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=1e9',
      'limit=x',
      'limit=',
      'offset=3',
      'q=ab&q=cd',
      'q[not]=x',
      'q=a',
      'sort=id',
    ]) {
      expect([query, (await user.ask(`/v1/artists?${query}`)).status]).toEqual([query, 400]);
    }
  });
});
