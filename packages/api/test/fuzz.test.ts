import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signUpAs } from './support/admin.js';
import { createTestApi, insertArtist, type TestApi, type TestUser } from './support/api.js';
import { type FuzzRequest, requestsOf } from './support/arbitrary.js';
import { operations } from './support/contract.js';
import { ask } from './support/http.js';
import { fingerprint } from './support/unchanged.js';

const FULL = process.env.PLINTH_FULL === '1';
const REQUESTS = FULL ? 20_000 : 900;

let api: TestApi;
let admin: TestUser;
let nobody: TestUser;
let ids: string[];
beforeAll(async () => {
  // Each request may come from another address: limits on guessing would otherwise be all that is tried.
  api = await createTestApi({ env: { TRUSTED_PROXIES: 'loopback' } });
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

  test('to sign in, register and change an account are no 5xx either, from ever new addresses', async () => {
    const runs = FULL ? 60 : 4;
    let address = 0;
    for (const { method, path, operation } of operations().filter((one) => LEFT_OUT.test(one.path))) {
      let caller = operation.security.length > 0 ? await api.signUp(`own-${crypto.randomUUID()}`) : undefined;
      await fc.assert(
        fc.asyncProperty(requestsOf(method, path, operation, ids), async (request) => {
          address++;
          const forwarded = `2001:db8:${(address >> 8).toString(16)}:${(address & 255).toString(16)}::1`;
          const headers = { ...request.headers, 'x-forwarded-for': forwarded };
          const status = await send(caller, { ...request, headers });
          if (status === 401 && caller) caller = await api.signUp(`own-${crypto.randomUUID()}`);
        }),
        { numRuns: runs, endOnFailure: true },
      );
    }
  }, 600_000);

  test('change no row when the caller may not send them', async () => {
    // Anew: the requests before may have taken longer than an access token lives, and 401 would hide a missing 403.
    nobody = await api.signUp(`nobody-${crypto.randomUUID()}`);
    const before = await fingerprint(api.admin);
    const runs = FULL ? 20 : 2;
    for (const { method, path, operation } of operations()) {
      const guarded = operation.description.startsWith('Needs');
      const callers = [...(operation.security.length > 0 ? [undefined] : []), ...(guarded ? [nobody] : [])];
      for (const caller of callers) {
        await fc.assert(
          fc.asyncProperty(requestsOf(method, path, operation, ids), async (request) => {
            expect([caller ? 403 : 401, 400, 404]).toContain(await send(caller, request));
          }),
          { numRuns: runs },
        );
      }
    }
    expect(await fingerprint(api.admin)).toEqual(before);
  }, 600_000);
});
