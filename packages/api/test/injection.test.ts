import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '../src/json-schemas.js';
import { signUpAs } from './support/admin.js';
import { createTestApi, insertArtist, PASSWORD, type TestApi, type TestUser } from './support/api.js';
import { type Named, operations } from './support/contract.js';
import { payloads } from './support/payloads.js';
import { resolved, sampleOf } from './support/sample.js';
import { fingerprint } from './support/unchanged.js';

const FULL = process.env.PLINTH_FULL === '1';
const PAYLOADS = FULL ? 500 : 8;
const WRITTEN_PAYLOADS = FULL ? 500 : 4;
/** Less than the five seconds that payloads ask the database to sleep, and more than a busy machine takes. */
const ASLEEP_MS = 4_000;

let api: TestApi;
let admin: TestUser;
/** By the segment before it, what a parameter of a path names. */
let things: Record<string, string>;
/** Fields of bodies that name rows. */
let rows: Record<string, unknown>;
/** What bodies need besides what their schema says, made anew for each. */
const bodies: Record<string, () => object> = {
  '/v1/businesses': () => ({ registrationNumber: crypto.randomUUID() }),
  '/v1/role-assignments': () => ({ role: 'clerk' }),
  '/v1/auth/register': () => ({ email: `${crypto.randomUUID()}@example.com` }),
  '/v1/auth/forgot-password': () => ({ email: `${crypto.randomUUID()}@example.com` }),
};
beforeAll(async () => {
  api = await createTestApi({ env: { TRUSTED_PROXIES: 'loopback' } });
  admin = await signUpAs(api, 'admin');
  const friend = await api.signUp('friend');
  const create = async (path: string, body: object) =>
    (await admin.ask(path, { method: 'POST', body })).body.id as string;
  const artistId = await insertArtist(api.admin, 'Drake');
  const list = await create('/v1/me/community-lists', { name: 'L' });
  const business = await create('/v1/businesses', {
    legalName: 'Acme',
    registrationNumber: '1',
    country: 'DE',
  });
  const conversation = await create('/v1/me/conversations', { userIds: [friend.id] });
  const code = { system: 'naics', code: '1', confidence: 1, source: 'manual' };
  things = {
    artists: artistId,
    blocks: await create('/v1/me/blocks', { artistId }),
    items: await create(`/v1/me/community-lists/${list}/items`, { artistId }),
    messages: await create(`/v1/me/conversations/${conversation}/messages`, { body: 'hello' }),
    classifications: await create(`/v1/businesses/${business}/classifications`, code),
    roles: await create('/v1/roles', { name: 'clerk' }),
    users: friend.id,
    participants: friend.id,
    businesses: business,
    'community-lists': list,
    campaigns: await create('/v1/me/campaigns', { title: 'C', goalMinor: 1, status: 'active' }),
    conversations: conversation,
    webhooks: await create('/v1/me/webhooks', { url: 'https://receiver.example/' }),
    reports: await create('/v1/me/reports', { targetType: 'user', targetId: friend.id, reason: 'spam' }),
    oauth: 'google',
    'oauth-accounts': 'google',
  };
  rows = {
    artistId: things.artists,
    artistIds: [things.artists],
    userId: friend.id,
    userIds: [friend.id],
    targetId: friend.id,
  };
});
afterAll(() => api.close());

const catalog = () =>
  api.admin.one<{ hash: string }>(
    "select md5(string_agg(table_name || column_name || data_type, ',' order by table_schema, table_name, ordinal_position)) as hash from information_schema.columns where table_schema in ('public', 'audit', 'plinth')",
  );
/** All rows, but for what signing in changes. */
async function contents(): Promise<object> {
  const { sessions: _sessions, users: _users, ...others } = await fingerprint(api.admin);
  const people = await api.admin.query(
    'select id, email, full_name, is_active, version from users order by id',
  );
  return { ...others, people };
}
/** The path with rows that are there; those of which there is none are made up. */
const filled = (path: string): string =>
  path.replace(
    /([\w-]+)\/\{\w+\}/g,
    (_all, before: string) => `${before}/${things[before] ?? crypto.randomUUID()}`,
  );
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

let address = 0;
let signedInAt = Date.now();
let authorization: string | undefined;
/** Longer runs than an access token lives: those who are signed out would be refused before any text is looked at. */
async function staySignedIn(): Promise<void> {
  if (Date.now() - signedInAt < 300_000 && authorization !== undefined) return;
  const body = { email: admin.email, password: PASSWORD };
  const answer = await api.ask('/v1/auth/sign-in', { method: 'POST', body });
  authorization = `Bearer ${answer.body.accessToken}`;
  signedInAt = Date.now();
}

/** Sends a request from an address of its own; answers its status. Throws for a 5xx and for one that slept. */
async function send(method: string, path: string, body?: unknown): Promise<number> {
  address++;
  await staySignedIn();
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    'if-match': '*',
    'x-forwarded-for': `2001:db8:${(address >> 8).toString(16)}:${(address & 255).toString(16)}::1`,
  };
  const startedAt = performance.now();
  const { status } = await api.ask(path, { method, headers, ...(body === undefined ? {} : { body }) });
  const tookMs = performance.now() - startedAt;
  if (status >= 500 || tookMs > ASLEEP_MS)
    throw new Error(`${method} ${path} ${JSON.stringify(body)} answered ${status} after ${tookMs} ms`);
  if (status === 401 && !path.startsWith('/v1/auth/')) throw new Error(`${method} ${path}: signed out`);
  return status;
}

/** Whatever is refused as such is fine; else an injected text does what a harmless one does. */
const REFUSED = [400, 409, 422, 429];

describe('injected text', () => {
  test(`${PAYLOADS} payloads in every text parameter of every read do what a harmless text does, and nothing changes`, async () => {
    const before = [await contents(), await catalog()];
    const texts = payloads(PAYLOADS);
    expect(texts).toHaveLength(PAYLOADS);
    let tried = 0;
    for (const { path, operation } of operations().filter(({ method }) => method === 'GET')) {
      for (const { name, in: where, schema } of operation.parameters) {
        if (schema.type !== 'string' || schema.enum || where === 'header') continue;
        const urlOf = (text: string) =>
          where === 'path'
            ? filled(path.replace(`{${name}}`, encoded(text)))
            : `${filled(path)}?${name}=${encoded(text)}`;
        const harmless = await send('GET', urlOf('harmless'));
        for (const text of texts) {
          const status = await send('GET', urlOf(text));
          if (harmless < 300)
            expect([urlOf(text), [harmless, 400].includes(status)]).toEqual([urlOf(text), true]);
          tried++;
        }
      }
    }
    expect(tried).toBeGreaterThan(40 * PAYLOADS);
    expect([await contents(), await catalog()]).toEqual(before);
  }, 3_600_000);

  /** Fields of the body that take text, each with a body that has it. */
  function textFields({ operation, path }: Named): { name: string; body: (text: string) => object }[] {
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (schema === undefined) return [];
    const { properties = {} } = resolved(schema) as { properties?: Record<string, JsonSchema> };
    const sampled = () => {
      const sample = { ...(sampleOf(schema) as object), ...bodies[path]?.() };
      for (const name in sample) if (name in rows) Object.assign(sample, { [name]: rows[name] });
      return sample;
    };
    return Object.entries(properties).flatMap(([name, given]) => {
      const property = resolved(given);
      const kinds = [property, ...((property.anyOf ?? []) as JsonSchema[])];
      const items = property.type === 'array' ? resolved(property.items as JsonSchema) : {};
      const isList = items.type === 'string' && !items.enum;
      if (!isList && !kinds.some(({ type, enum: values }) => type === 'string' && !values)) return [];
      return [{ name, body: (text: string) => ({ ...sampled(), [name]: isList ? [text] : text }) }];
    });
  }

  /** It would end the account that tries. */
  const ENDS = /^\/v1\/me\/erasure$/;

  test(`${WRITTEN_PAYLOADS} payloads in every text field of every write do what a harmless text does, and no more`, async () => {
    const before = await catalog();
    // Those that permit something, but for the one of whom it registers: some payloads are names of roles.
    const roles = () =>
      api.admin.query(
        "select r.name, r.permissions, a.user_id, a.revoked_at from roles r join role_assignments a on a.role_id = r.id where r.permissions <> '{}' and r.name <> 'user' order by 1, 3",
      );
    const [rolesBefore, texts] = [await roles(), payloads(WRITTEN_PAYLOADS)];
    const [tried, letIn]: [string[], string[]] = [[], []];
    for (const one of operations().filter(({ path }) => !ENDS.test(path))) {
      const path = filled(one.path);
      for (const { name, body } of textFields(one)) {
        tried.push(`${one.method} ${one.path} ${name}`);
        const harmless = await send(one.method, path, body('a harmless text'));
        if (harmless < 300) letIn.push(name);
        for (const text of texts) {
          const status = await send(one.method, path, body(text));
          const fine = harmless >= 400 || status === harmless || REFUSED.includes(status);
          expect([one.method, path, name, text, status, fine]).toEqual([
            one.method,
            path,
            name,
            text,
            status,
            true,
          ]);
        }
      }
    }
    expect(tried.length).toBeGreaterThan(80);
    // Fields that take any text; the others refuse what is no date, id or code.
    expect(letIn.length).toBeGreaterThan(45);
    expect(await catalog()).toEqual(before);
    expect(await roles()).toEqual(rolesBefore);
    expect(await send('GET', '/v1/users')).toBe(200);
  }, 3_600_000);

  test('is stored as it was sent, and read back the same', async () => {
    for (const text of payloads(FULL ? 500 : 40)) {
      await staySignedIn();
      const headers = { authorization: authorization ?? '' };
      const answer = await api.ask('/v1/me/community-lists', {
        method: 'POST',
        body: { name: 'x', description: text },
        headers,
      });
      const storable = !text.includes('\0') && !/\p{Surrogate}/u.test(text);
      expect([text, answer.status]).toEqual([text, storable ? 201 : 400]);
      if (!storable) continue;
      const { body } = await api.ask(`/v1/me/community-lists/${answer.body.id}`, { headers });
      expect(body.description).toBe(text);
    }
  }, 300_000);
});
