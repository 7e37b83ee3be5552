import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Operation } from '../src/openapi.js';
import { signUpAs } from './support/admin.js';
import { createTestApi, insertArtist, type TestApi, type TestUser } from './support/api.js';
import { type FuzzRequest, HOSTILE_TEXTS, requestsOf } from './support/arbitrary.js';
import { openApi } from './support/contract.js';
import { ask } from './support/http.js';
import { fingerprint } from './support/unchanged.js';

const FULL = process.env.PLINTH_FULL === '1';
const REQUESTS = FULL ? 20_000 : 900;
const PAYLOADS = FULL ? 500 : 8;

let api: TestApi;
let admin: TestUser;
let nobody: TestUser;
let ids: string[];
beforeAll(async () => {
  api = await createTestApi();
  admin = await signUpAs(api, 'admin');
  nobody = await api.signUp('nobody');
  const artist = await insertArtist(api.admin, 'Drake');
  const made = await Promise.all(
    [
      ['/v1/businesses', { legalName: 'Acme', registrationNumber: '1', country: 'DE' }],
      ['/v1/me/community-lists', { name: 'L' }],
      [
        '/v1/me/campaigns',
        { title: 'C', goalMinor: 1, status: 'active', contributions: [{ amountMinor: 1 }] },
      ],
      ['/v1/me/conversations', { userIds: [nobody.id] }],
      ['/v1/me/webhooks', { url: 'https://receiver.example/' }],
      ['/v1/me/reports', { targetType: 'user', targetId: nobody.id, reason: 'spam' }],
    ].map(
      async ([path, body]) => (await admin.ask(path as string, { method: 'POST', body })).body.id as string,
    ),
  );
  ids = [artist, nobody.id, ...made];
});
afterAll(() => api.close());

interface Named {
  method: string;
  path: string;
  operation: Operation;
}
const operations = (): Named[] =>
  Object.entries(openApi().paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** These end the fuzzer's own sign-in or account; hashing a password for each request would be all that is measured. */
const LEFT_OUT = /^\/v1\/auth\/|^\/v1\/me\/(erasure|password|email|verification)$/;

/** Every answer is checked against the document by ask() itself. */
async function send(as: TestUser | undefined, { method, path, headers, body }: FuzzRequest): Promise<number> {
  const request = { method, headers, ...(body === undefined ? {} : { body }) };
  const { status, text } = as ? await as.ask(path, request) : await ask(api.url + path, request);
  if (status >= 500) throw new Error(`${method} ${path} ${JSON.stringify(body)} answered ${status}: ${text}`);
  return status;
}

describe('made-up requests', () => {
  test(`never are a 5xx, nor answered otherwise than documented: ${REQUESTS} over all routes, as administrator`, async () => {
    const fuzzed = operations().filter(({ path }) => !LEFT_OUT.test(path));
    const perRoute = Math.ceil(REQUESTS / fuzzed.length);
    const answered = new Map<number, number>();
    for (const { method, path, operation } of fuzzed) {
      await fc.assert(
        fc.asyncProperty(requestsOf(method, path, operation, ids), async (request) => {
          const status = await send(admin, request);
          // A request may have signed the fuzzer out, as it should.
          if (status === 401) admin = await signUpAs(api, 'admin', `admin-${crypto.randomUUID()}`);
          answered.set(status, (answered.get(status) ?? 0) + 1);
        }),
        { numRuns: perRoute, endOnFailure: true },
      );
    }
    // Requests that are all refused would prove nothing.
    const [total, fine] = [...answered].reduce(
      ([all, ok], [status, n]) => [all + n, ok + (status < 300 ? n : 0)],
      [0, 0],
    );
    expect(total).toBeGreaterThanOrEqual(REQUESTS);
    expect((fine as number) / (total as number)).toBeGreaterThan(0.1);
  }, 1_800_000);

  test('change no row when the caller may not send them', async () => {
    const before = await fingerprint(api.admin);
    const runs = FULL ? 20 : 2;
    for (const { method, path, operation } of operations()) {
      const guarded = operation.description.startsWith('Needs');
      const callers = [...(operation.security.length > 0 ? [undefined] : []), ...(guarded ? [nobody] : [])];
      for (const caller of callers) {
        await fc.assert(
          fc.asyncProperty(requestsOf(method, path, operation, ids), async (request) => {
            expect([401, 403, 400, 404]).toContain(await send(caller, request));
          }),
          { numRuns: runs },
        );
      }
    }
    expect(await fingerprint(api.admin)).toEqual(before);
  }, 600_000);
});

/** Payloads: what injects, in every quoting that might let it through. */
function payloads(count: number): string[] {
  const cores = [
    ...HOSTILE_TEXTS.filter((text) => text.length < 100 && text.trim() !== ''),
    "x') or ('1'='1",
    '1 union select null',
    'a"b',
    '`id`',
    '$(id)',
  ];
  const wraps = [
    (text: string) => text,
    (text: string) => `'${text}`,
    (text: string) => `${text}'--`,
    (text: string) => `"${text}"`,
    (text: string) => `');${text}`,
    (text: string) => `%27${text}`,
    (text: string) => `\\'${text}`,
    (text: string) => `/*${text}*/`,
    (text: string) => `${text};`,
    (text: string) => `$$${text}$$`,
    (text: string) => `E'${text}`,
    (text: string) => `{"$ne":"${text}"}`,
    (text: string) => `U&'${text}'`,
    (text: string) => `a${text}b`,
    (text: string) => `(${text})`,
    (text: string) => `${text}\n`,
    (text: string) => `::${text}`,
    (text: string) => `*|${text}`,
    (text: string) => `%${text}%`,
    (text: string) => `,${text},`,
  ];
  const all = wraps.flatMap((wrap) => cores.map(wrap));
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_text, index) => index % step === 0).slice(0, count);
}

describe('injected text', () => {
  test(`${PAYLOADS} payloads in every text parameter of every read are harmless: no 5xx, no sleep, nothing changed`, async () => {
    const catalog = () =>
      api.admin.one<{ hash: string }>(
        "select md5(string_agg(table_name || column_name || data_type, ',' order by table_schema, table_name, ordinal_position)) as hash from information_schema.columns where table_schema in ('public', 'audit', 'plinth')",
      );
    const before = [await fingerprint(api.admin), await catalog()];
    const texts = payloads(PAYLOADS);
    expect(texts).toHaveLength(PAYLOADS);
    for (const { path, operation } of operations().filter(({ method }) => method === 'GET')) {
      const target = path.replace(/\{\w+\}/g, () => crypto.randomUUID());
      for (const { name, in: where, schema } of operation.parameters) {
        if (schema.type !== 'string' || schema.enum || where === 'header') continue;
        for (const text of texts) {
          const value = encodeURIComponent(Buffer.from(text).toString());
          const url =
            where === 'path'
              ? path.replace(`{${name}}`, value).replace(/\{\w+\}/g, () => crypto.randomUUID())
              : `${target}?${name}=${value}`;
          const startedAt = performance.now();
          const { status } = await admin.ask(url);
          const tookMs = performance.now() - startedAt;
          if (status >= 500 || tookMs > 4_000)
            throw new Error(`${url} answered ${status} after ${tookMs} ms`);
        }
      }
    }
    expect([await fingerprint(api.admin), await catalog()]).toEqual(before);
  }, 1_800_000);

  test('is stored as it was sent, and read back the same', async () => {
    for (const text of payloads(FULL ? 500 : 40)) {
      const answer = await admin.ask('/v1/me/community-lists', {
        method: 'POST',
        body: { name: 'x', description: text },
      });
      const storable = !text.includes('\0') && !/\p{Surrogate}/u.test(text);
      expect([text, answer.status]).toEqual([text, storable ? 201 : 400]);
      if (!storable) continue;
      const { body } = await admin.ask(`/v1/me/community-lists/${answer.body.id}`);
      expect(body.description).toBe(text);
    }
  }, 300_000);
});
