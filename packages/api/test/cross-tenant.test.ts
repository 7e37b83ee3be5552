import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openApiPath } from '../src/openapi.js';
import type { Route } from '../src/route.js';
import { routes } from '../src/routes.js';
import { signUpAs } from './support/admin.js';
import { createTestApi, insertArtist, type TestApi, type TestUser } from './support/api.js';
import { openApi } from './support/contract.js';
import { sampleOf } from './support/sample.js';
import { fingerprint } from './support/unchanged.js';

let api: TestApi;
let owner: TestUser;
let intruder: TestUser;
let admin: TestUser;
/** By the path up to and with the parameter: what of the owner's it names. */
let things: Record<string, string>;

const create = async (path: string, body: object = {}, method = 'POST'): Promise<string> => {
  const answer = await owner.ask(path, { method, body });
  if (answer.status > 201) throw new Error(`${method} ${path}: ${answer.text}`);
  return answer.body.id;
};

beforeAll(async () => {
  api = await createTestApi();
  owner = await api.signUp('owner');
  intruder = await api.signUp('intruder');
  admin = await signUpAs(api, 'admin');
  const friend = await api.signUp('friend');
  const artistId = await insertArtist(api.admin, 'Drake');

  const list = await create('/v1/me/community-lists', { name: 'Mine', visibility: 'private' });
  const campaign = await create('/v1/me/campaigns', {
    title: 'Draft',
    goalMinor: 1,
    contributions: [{ amountMinor: 5 }],
  });
  const conversation = await create('/v1/me/conversations', { userIds: [friend.id] });
  const webhook = await create('/v1/me/webhooks', { url: 'https://receiver.example/' });
  const item = await create(`/v1/me/community-lists/${list}/items`, { artistId });
  const { id: contribution } = await api.admin.one<{ id: string }>('select id from contributions');
  const { id: member } = await api.admin.one<{ id: string }>('select id from campaign_members');
  const { id: session } = await api.admin.one<{ id: string }>('select id from sessions where user_id = $1', [
    owner.id,
  ]);
  const { id: account } = await api.admin.one<{ id: string }>(
    "insert into oauth_accounts (user_id, provider, provider_account_id) values ($1, 'github', 'gh-1') returning id",
    [owner.id],
  );
  things = {
    '/v1/me/api-keys/:id': await create('/v1/me/api-keys', { name: 'Key', scopes: ['me:read'] }),
    '/v1/me/oauth-accounts/:id': account,
    '/v1/me/sessions/:id': session,
    '/v1/me/blocks/:id': await create('/v1/me/blocks', { artistId }),
    '/v1/community-lists/:id': list,
    '/v1/community-lists/:listId': list,
    '/v1/community-lists/:listId/items/:id': item,
    '/v1/me/community-lists/:id': list,
    '/v1/me/community-lists/:listId': list,
    '/v1/me/community-lists/:listId/items/:id': item,
    '/v1/me/subscriptions/:id': await create(`/v1/community-lists/${list}/subscription`, {}, 'PUT'),
    '/v1/me/reports/:id': await create('/v1/me/reports', {
      targetType: 'user',
      targetId: friend.id,
      reason: 'spam',
    }),
    '/v1/me/conversations/:id': conversation,
    '/v1/me/conversations/:conversationId': conversation,
    '/v1/me/conversations/:conversationId/participants/:userId': intruder.id,
    '/v1/me/conversations/:conversationId/messages/:id': await create(
      `/v1/me/conversations/${conversation}/messages`,
      { body: 'private' },
    ),
    '/v1/campaigns/:id': campaign,
    '/v1/campaigns/:campaignId': campaign,
    '/v1/me/campaigns/:id': campaign,
    '/v1/me/campaigns/:campaignId': campaign,
    '/v1/me/campaigns/:campaignId/members/:id': member,
    '/v1/me/campaigns/:campaignId/contributions/:id': contribution,
    '/v1/me/contributions/:id': contribution,
    '/v1/me/webhooks/:id': webhook,
    '/v1/me/webhooks/:webhookId': webhook,
    '/v1/me/webhooks/:webhookId/deliveries/:id': await create(`/v1/me/webhooks/${webhook}/deliveries`),
  };
});
afterAll(() => api.close());

/** Paths of rows that are everybody's, or about nobody's row. */
const SHARED = new Set([
  '/v1/artists/:id',
  '/v1/me/oauth-accounts/:provider/begin',
  '/v1/me/oauth-accounts/:provider/complete',
]);

const targets = (): Route[] =>
  routes.filter(({ access, path }) => access.kind === 'signed_in' && path.includes(':') && !SHARED.has(path));

/** The route's path with the owner's ids. */
const pathOf = (route: Route): string =>
  route.path.replace(/:\w+/g, (parameter, at: number) => {
    const upTo = route.path.slice(0, at + parameter.length);
    const id = things[upTo];
    if (id === undefined)
      throw new Error(`no row of the owner's for ${upTo}: add one here, or ${route.path} to SHARED`);
    return id;
  });

function bodyOf(route: Route): { body?: unknown } {
  const content =
    openApi().paths[openApiPath(route.path)]?.[route.method.toLowerCase()]?.requestBody?.content;
  const schema = content?.['application/json']?.schema;
  return schema === undefined ? {} : { body: sampleOf(schema) };
}

describe('rows of one user', () => {
  test('can be had by that user at every path that the next test tries', async () => {
    for (const route of targets().filter(({ method }) => method === 'GET')) {
      expect([route.path, (await owner.ask(pathOf(route))).status]).toEqual([route.path, 200]);
    }
  });

  test.each([
    ['another user', () => intruder],
    ['an administrator', () => admin],
  ])(
    'are 404 to %s on every route about them, with every method, and stay as they are',
    async (_who, caller) => {
      const before = await fingerprint(api.admin);
      const tried: string[] = [];
      for (const route of targets()) {
        const headers = { 'if-match': '*' };
        const { status, text } = await caller().ask(pathOf(route), {
          method: route.method,
          headers,
          ...bodyOf(route),
        });
        expect([route.method, route.path, status, status === 404 ? '' : text]).toEqual([
          route.method,
          route.path,
          404,
          '',
        ]);
        tried.push(`${route.method} ${route.path}`);
      }
      expect(tried.length).toBeGreaterThan(50);
      expect(await fingerprint(api.admin)).toEqual(before);
    },
  );

  test('are in no list of another user', async () => {
    const ids = new Set(Object.values(things).filter((id) => id !== intruder.id));
    const lists = routes.filter(
      ({ method, path, access, media }) =>
        method === 'GET' && access.kind === 'signed_in' && !path.includes(':') && !media,
    );
    for (const { path } of lists) {
      const query = path.endsWith('/search') ? '?q=private' : '';
      const { status, text } = await intruder.ask(path + query);
      expect([path, status]).toEqual([path, 200]);
      expect([path, [...ids].filter((id) => text.includes(id))]).toEqual([path, []]);
    }
  });
});
