import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { devApiKeys, runSeed } from '@plinth/db/seed';
import { jwtVerify, SignJWT } from 'jose';
import { createTestApi, PASSWORD, type TestApi } from './support/api.js';
import { ask } from './support/http.js';
import { endAll, startApi } from './support/process.js';
import { PEPPER, SETTINGS } from './support/settings.js';
import { until } from './support/until.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterEach(endAll);
afterAll(() => api.close());

describe('access tokens', () => {
  test('are refused with another algorithm, audience or issuer, without an end, and signed with the public key as secret', async () => {
    const { id, accessToken } = await api.signUp('dora');
    const seed = Buffer.from(SETTINGS.TOKEN_SIGNING_KEY ?? '', 'base64url');
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
    const publicPem = createPublicKey(
      `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----`,
    )
      .export({ type: 'spki', format: 'pem' })
      .toString();
    const claims = { sub: id, sid: randomUUID(), jti: randomUUID(), iss: 'plinth', aud: 'plinth-api' };
    const now = Date.now() / 1_000;
    const eddsa = (changes: object) =>
      new SignJWT({ ...claims, iat: now, exp: now + 900, ...changes })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
        .sign(key);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hs = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, iat: now, exp: now + 900 })}`;
    const forged = [
      `${encode({ alg: 'none' })}.${encode({ ...claims, iat: now, exp: now + 900 })}.`,
      `${hs}.${createHmac('sha256', publicPem).update(hs).digest('base64url')}`,
      await eddsa({ aud: 'another-api' }),
      await eddsa({ iss: 'somebody else' }),
      await eddsa({ exp: now - 60 }),
      await eddsa({ exp: undefined }),
      await eddsa({ jti: undefined }),
      await eddsa({ sub: undefined }),
    ];
    const me = (token: string) => api.ask('/v1/me', { headers: { authorization: `Bearer ${token}` } });
    for (const [at, token] of forged.entries()) expect([at, (await me(token)).status]).toEqual([at, 401]);
    // The forger's tools are right: what is not forged passes.
    expect((await me(await eddsa({}))).status).toBe(200);
    await expect(jwtVerify(accessToken, createPublicKey(publicPem))).resolves.toBeDefined();
    const jti = randomUUID();
    const revoked = await eddsa({ jti });
    await api.admin.none(
      "insert into token_blacklist (jti, expires_at) values ($1, now() + interval '1 hour')",
      [jti],
    );
    expect((await me(revoked)).status).toBe(401);
  });
});

test('a revocation in one process is seen by another within a second', async () => {
  const env = { DATABASE_URL: api.testDatabase.url('app') };
  const [one, two] = [await startApi(env), await startApi(env)];
  const { email } = await api.signUp('emil');
  const ready = async (url: string) => (await ask(`${url}/startup`)).status === 200;
  await until(async () => (await ready(one.url)) && (await ready(two.url)), 20_000);
  const signIn = () => post(one.url, '/v1/auth/sign-in', {}, { email, password: PASSWORD });
  const me = (url: string, headers: Record<string, string>) => ask(`${url}/v1/me`, { headers });
  const post = (url: string, path: string, headers: Record<string, string>, body?: object) =>
    ask(url + path, { method: 'POST', headers, ...(body ? { body } : {}) });
  for (const path of ['/v1/auth/sign-out', '/v1/auth/sign-out-everywhere']) {
    const { body } = await signIn();
    const bearer = { authorization: `Bearer ${body.accessToken}` };
    expect((await me(two.url, bearer)).status).toBe(200);
    expect((await post(one.url, path, bearer)).status).toBe(204);
    await until(async () => (await me(two.url, bearer)).status === 401, 1_000);
  }
  const { body } = await signIn();
  const bearer = { authorization: `Bearer ${body.accessToken}` };
  const made = await post(one.url, '/v1/me/api-keys', bearer, { name: 'k', scopes: ['me:read'] });
  const key = { 'x-api-key': made.body.key };
  expect((await me(two.url, key)).status).toBe(200);
  await ask(`${one.url}/v1/me/api-keys/${made.body.id}`, { method: 'DELETE', headers: bearer });
  await until(async () => (await me(two.url, key)).status === 401, 1_000);
});

test('nothing in the database can be used as a credential', async () => {
  const user = await api.signUp('fred');
  await api.ask('/v1/auth/forgot-password', { method: 'POST', body: { email: user.email } });
  await user.ask('/v1/me/verification', { method: 'POST' });
  const key = (
    await user.ask('/v1/me/api-keys', {
      method: 'POST',
      body: { name: 'k', scopes: ['me:read'] },
      headers: { 'idempotency-key': 'again' },
    })
  ).body.key;
  const letters = await api.lettersTo(user.email);
  const secrets = [user.refreshToken, user.accessToken, key, PASSWORD, ...letters.map(({ token }) => token)];
  expect(secrets).toHaveLength(6);
  const tables = await api.admin.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  expect(tables.length).toBeGreaterThan(30);
  let bytes = 0;
  for (const { name } of tables) {
    const rows = await api.admin.query<{ dump: string }>(`select t::text as dump from ${name} t`);
    const dump = rows.map((row) => row.dump).join('\n');
    bytes += dump.length;
    for (const secret of secrets)
      for (const form of [
        secret,
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret, 'base64url').toString('hex'),
      ])
        expect([name, dump.includes(form)]).toEqual([name, false]);
    // What the thief has instead: the values of every column, tried as they are.
    if (name === 'sessions')
      for (const [hash = ''] of dump.matchAll(/(?<=\\x)[0-9a-f]{64}/g))
        for (const refreshToken of [hash, Buffer.from(hash, 'hex').toString('base64url')]) {
          const answer = await api.ask('/v1/auth/refresh', { method: 'POST', body: { refreshToken } });
          expect(answer.status).toBe(401);
        }
  }
  expect(bytes).toBeGreaterThan(10_000);
});

test('the keys that seeding makes work here, as their scopes say', async () => {
  await runSeed({ scenario: 'dev', database: api.admin, pepper: PEPPER });
  const [reader, writer] = devApiKeys;
  const list = await api.ask('/v1/businesses', { headers: { 'x-api-key': reader.key } });
  expect(list.status).toBe(200);
  expect(list.body.data.length).toBeGreaterThan(0);
  const body = { legalName: 'Seeded', registrationNumber: 'S-1', country: 'DE' };
  const write = (key: string) =>
    api.ask('/v1/businesses', { method: 'POST', body, headers: { 'x-api-key': key } });
  expect((await write(reader.key)).status).toBe(403);
  expect((await write(writer.key)).status).toBe(201);
});
