import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestApi, insertArtist, PASSWORD, type TestApi } from './support/api.js';
import { until } from './support/until.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const erase = (user: { ask: TestApi['ask'] }, body: object) =>
  user.ask('/v1/me/erasure', { method: 'POST', body });

describe('the export of my data', () => {
  test('holds what is mine in every part, nothing of others, and no secret', async () => {
    const [user, other] = [await api.signUp('ann', ['businesses:read']), await api.signUp('bob')];
    for (const [who, name] of [
      [user, 'Mine'],
      [other, 'Theirs'],
    ] as const) {
      const artistId = await insertArtist(api.admin, name);
      await who.ask('/v1/me/blocks', { method: 'POST', body: { artistId, note: `note of ${name}` } });
    }
    const key = await user.ask('/v1/me/api-keys', {
      method: 'POST',
      body: { name: 'k', scopes: ['me:read'] },
    });
    const { status, body, text, headers } = await user.ask('/v1/me/export');
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toContain('attachment');
    expect(body.data.profile[0]).toMatchObject({ id: user.id, email: user.email });
    expect(body.data.blocks).toEqual([expect.objectContaining({ note: 'note of Mine' })]);
    expect(body.data.sessions).toHaveLength(1);
    expect(body.data.apiKeys).toEqual([expect.objectContaining({ prefix: key.body.prefix })]);
    expect(body.data.roles).toEqual([expect.objectContaining({ name: 'role-of-ann' })]);
    expect(body.data.securityEvents.map(({ type }: { type: string }) => type)).toEqual([
      'sign_in.succeeded',
      'key.created',
    ]);
    expect(text).not.toContain('Theirs');
    expect(text).not.toMatch(/hash|secret|_enc|argon2/i);
    const log = await api.admin.one(
      'select purpose, user_id from audit.data_access_log where entity_id = $1',
      [user.id],
    );
    expect(log).toEqual({ purpose: 'export of own data', user_id: user.id });
  });

  test('has a part for every table that points to a person', async () => {
    const owned = await api.admin.query<{ table: string }>(
      `select distinct c.conrelid::regclass::text as table from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confrelid = 'users'::regclass and a.attname <> all ('{granted_by,assignee_id,moderator_id}')`,
    );
    const parts: Record<string, string | null> = {
      role_assignments: 'roles',
      oauth_accounts: 'linkedAccounts',
      sessions: 'sessions',
      api_keys: 'apiKeys',
      user_artist_blocks: 'blocks',
      community_lists: 'communityLists',
      community_list_subscriptions: 'subscriptions',
      content_reports: 'reports',
      conversation_participants: 'conversations',
      messages: 'messages',
      campaigns: 'campaigns',
      campaign_members: 'campaignMemberships',
      contributions: 'contributions',
      webhooks: 'webhooks',
      email_verification_tokens: 'addressesToConfirm',
      // Hashes of secrets that were mailed, and when.
      password_reset_tokens: null,
    };
    expect(owned.map(({ table }) => table).sort()).toEqual(Object.keys(parts).sort());
    const { body } = await (await api.signUp('carl')).ask('/v1/me/export');
    for (const part of Object.values(parts)) if (part !== null) expect(body.data[part]).toBeInstanceOf(Array);
  });

  test('has a part for every other table that holds a user’s id or an address, or says why not', async () => {
    const holding = await api.admin.query<{ table: string }>(
      `select distinct c.oid::regclass::text as table from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
        where n.nspname in ('public', 'audit', 'plinth') and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
          and a.attname in ('user_id', 'email', 'owner_id', 'sender_id', 'reporter_id', 'contributor_id', 'principal', 'webhook_id', 'ip_address')
          and not exists (select from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.confrelid = 'users'::regclass)`,
    );
    const parts: Record<string, string | null> = {
      users: 'profile',
      webhook_events: 'webhookDeliveries',
      external_service_calls: 'externalServiceCalls',
      'audit.security_events': 'securityEvents',
      // No personal value: who changed which column when (docs/security.md).
      'audit.audit_log': null,
      // Who looked at whose data: about the one who looked.
      'audit.data_access_log': null,
      // Answers once more what was answered, for a day; random numbers of tokens that ended, for minutes; companies.
      idempotency_keys: null,
      token_blacklist: null,
      businesses: null,
    };
    const tables = holding.map(({ table }) => table);
    expect(tables.sort()).toEqual(Object.keys(parts).sort());
    const { body } = await (await api.signUp('rest')).ask('/v1/me/export');
    for (const part of Object.values(parts)) if (part !== null) expect(body.data[part]).toBeInstanceOf(Array);
  });

  test('holds what others decided and sent about me, and what I deleted but is still there', async () => {
    const [user, other] = [await api.signUp('whole'), await api.signUp('organiser')];
    await api.admin.none('update users set email_verified_at = now() where id = $1', [user.id]);
    const post = (as: { ask: TestApi['ask'] }, path: string, body: object = {}) =>
      as.ask(path, { method: 'POST', body });
    const list = (await post(user, '/v1/me/community-lists', { name: 'gone list' })).body;
    const at = `/v1/me/community-lists/${list.id}`;
    await user.ask(at, { method: 'DELETE', headers: { 'if-match': '*' } });
    const talk = (await post(user, '/v1/me/conversations', { userIds: [other.id] })).body;
    const messages = `/v1/me/conversations/${talk.id}/messages`;
    const message = (await post(user, messages, { body: 'gone words' })).body;
    await user.ask(`${messages}/${message.id}`, { method: 'DELETE', headers: { 'if-match': '*' } });
    const hook = (await post(user, '/v1/me/webhooks', { url: 'https://receiver.example/' })).body;
    await post(user, `/v1/me/webhooks/${hook.id}/deliveries`);
    await post(user, '/v1/me/email', { email: 'whole-new@example.com', password: PASSWORD });
    await post(other, '/v1/me/campaigns', { title: 'C', goalMinor: 1, members: [{ email: user.email }] });
    await api.admin.none(
      "insert into moderation_actions (target_type, target_id, action, reason) values ('user', $1, 'warn', 'was rude')",
      [user.id],
    );
    const { data } = (await user.ask('/v1/me/export')).body;
    expect(data.communityLists).toEqual([expect.objectContaining({ name: 'gone list' })]);
    expect(data.messages).toEqual([expect.objectContaining({ body: 'gone words' })]);
    for (const [one] of [data.communityLists, data.messages]) expect(one.deleted_at).not.toBeNull();
    expect(data.webhookDeliveries).toEqual([expect.objectContaining({ event_type: 'webhook.ping' })]);
    expect(data.addressesToConfirm).toEqual([expect.objectContaining({ email: 'whole-new@example.com' })]);
    expect(data.campaignMemberships).toEqual([expect.objectContaining({ email: user.email })]);
    expect(data.moderation).toEqual([expect.objectContaining({ action: 'warn', reason: 'was rude' })]);
  });

  test('is not for API keys without the scope', async () => {
    const user = await api.signUp('dora', ['businesses:read']);
    const { body } = await user.ask('/v1/me/api-keys', {
      method: 'POST',
      body: { name: 'k', scopes: ['businesses:read'] },
    });
    const answer = await api.ask('/v1/me/export', { headers: { 'x-api-key': body.key } });
    expect(answer.status).toBe(403);
  });
});

describe('erasing my account', () => {
  test('needs the address and the password', async () => {
    const user = await api.signUp('emil');
    const confirmEmail = user.email;
    expect((await erase(user, { confirmEmail: 'x@example.com', password: PASSWORD })).status).toBe(422);
    expect((await erase(user, { confirmEmail })).body.code).toBe('wrong_password');
    expect((await erase(user, { confirmEmail, password: 'wrong' })).body.code).toBe('wrong_password');
    expect((await user.ask('/v1/me')).status).toBe(200);
  });

  test('leaves nothing that says who it was, ends every way in, and frees the address', async () => {
    const user = await api.signUp('fred');
    const key = await user.ask('/v1/me/api-keys', {
      method: 'POST',
      body: { name: 'k', scopes: ['me:read'] },
    });
    expect((await erase(user, { confirmEmail: user.email, password: PASSWORD })).status).toBe(204);
    await until(async () => (await user.ask('/v1/me')).status === 401, 1_000);
    await until(
      async () => (await api.ask('/v1/me', { headers: { 'x-api-key': key.body.key } })).status === 401,
      1_000,
    );
    const signIn = { method: 'POST', body: { email: user.email, password: PASSWORD } };
    expect((await api.ask('/v1/auth/sign-in', signIn)).status).toBe(401);
    const row = await api.admin.one<{ dump: string }>('select u::text as dump from users u where id = $1', [
      user.id,
    ]);
    expect(row.dump).not.toContain('fred');
    const events = await api.admin.query<{ type: string; ip: string | null }>(
      'select type, host(ip_address) as ip from audit.security_events where user_id = $1 order by occurred_at, id',
      [user.id],
    );
    expect(events).toEqual(
      ['sign_in.succeeded', 'key.created', 'person.erased'].map((type) => ({ type, ip: null })),
    );
    const again = { email: user.email, password: PASSWORD, fullName: 'Fred again' };
    expect((await api.ask('/v1/auth/register', { method: 'POST', body: again })).status).toBe(204);
  });

  test('without a password needs a sign-in of the last 15 minutes', async () => {
    const user = await api.signUp('gina');
    await api.admin.none('update users set password_hash = null where id = $1', [user.id]);
    const age = (interval: string) =>
      api.admin.none('update sessions set created_at = now() - $2::interval where user_id = $1', [
        user.id,
        interval,
      ]);
    await age('16 minutes');
    expect((await erase(user, { confirmEmail: user.email })).status).toBe(403);
    await age('14 minutes');
    expect((await erase(user, { confirmEmail: user.email })).status).toBe(204);
  });
});

describe('my sign-ins', () => {
  test('are listed; ending another one refuses its refresh and access tokens within a second, mine go on', async () => {
    const user = await api.signUp('hugo');
    const credentials = { method: 'POST', body: { email: user.email, password: PASSWORD } };
    const other = (
      await api.ask('/v1/auth/sign-in', { ...credentials, headers: { 'user-agent': 'Thief/1.0' } })
    ).body;
    const headers = { authorization: `Bearer ${other.accessToken}` };
    expect((await api.ask('/v1/me', { headers })).status).toBe(200);
    const refreshed = { method: 'POST', body: { refreshToken: user.refreshToken } };
    expect((await api.ask('/v1/auth/refresh', refreshed)).status).toBe(200);
    const { body } = await user.ask('/v1/me/sessions');
    // One for each sign-in, however often it was refreshed.
    expect(body.data).toHaveLength(2);
    const thief = body.data.find(({ userAgent }: { userAgent: string }) => userAgent === 'Thief/1.0');
    expect((await user.ask(`/v1/me/sessions/${thief.id}`, { method: 'DELETE' })).status).toBe(204);
    await until(async () => (await api.ask('/v1/me', { headers })).status === 401, 1_000);
    const again = { method: 'POST', body: { refreshToken: other.refreshToken } };
    expect((await api.ask('/v1/auth/refresh', again)).status).toBe(401);
    expect((await user.ask('/v1/me')).status).toBe(200);
  });

  test('of others cannot be seen or ended', async () => {
    const [user, other] = [await api.signUp('ida'), await api.signUp('jan')];
    const { body } = await other.ask('/v1/me/sessions');
    expect((await user.ask(`/v1/me/sessions/${body.data[0].id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await user.ask(`/v1/me/sessions/${body.data[0].id}`)).status).toBe(404);
    expect((await other.ask('/v1/me')).status).toBe(200);
  });
});
