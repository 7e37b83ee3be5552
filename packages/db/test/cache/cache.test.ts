import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import {
  type Cache,
  type CacheOptions,
  createCache,
  type Database,
  type Invalidations,
  listenOnPostgres,
  listenOnRedis,
  newRowId,
  openRedis,
  relayInvalidations,
} from '@plinth/db';
import {
  COMPILED,
  createTestDatabase,
  hasRedis,
  SOURCE_FLAGS,
  startRedis,
  type TestDatabase,
} from '@plinth/db/testing';

interface State {
  id: string;
  isActive: boolean;
  name: string;
}

let testDatabase: TestDatabase;
let app: Database;
let admin: Database;
const open: { close(): unknown }[] = [];
const userIds = Array.from({ length: 5 }, () => newRowId());
const [ada = ''] = userIds;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  app = await testDatabase.open('app');
  admin = await testDatabase.open('admin');
  for (const id of userIds)
    await app.none(`insert into users (id, email, full_name) values ($1, $2, 'U')`, [
      id,
      `${id}@example.com`,
    ]);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => testDatabase.drop());

const load = (id: string) =>
  app
    .oneOrNone<State>('select id, is_active as "isActive", full_name as name from users where id = $1', [id])
    .then((row) => row ?? undefined);
function cacheOf(invalidations: Invalidations, more: Partial<CacheOptions<State>> = {}): Cache<State> {
  const cache = createCache<State>({
    name: 'users',
    maxEntries: 3,
    ttlMs: 60_000,
    load,
    invalidations,
    drops: { users: 'key' },
    ...more,
  });
  open.push(cache);
  return cache;
}
async function listening(): Promise<Invalidations> {
  const invalidations = listenOnPostgres(app.config, { pingMs: 300 });
  open.unshift(invalidations);
  await until(() => invalidations.isLive());
  return invalidations;
}
async function until(holds: () => boolean | Promise<boolean>, timeoutMs = 5_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const setActive = (isActive: boolean, id = ada) =>
  app.none('update users set is_active = $2 where id = $1', [id, isActive]);

test('a value is read once however many ask at once, then comes from memory; memory is bounded', async () => {
  const cache = cacheOf(await listening());
  const values = await Promise.all(Array.from({ length: 50 }, () => cache.get(ada)));
  expect(new Set(values).size).toBe(1);
  expect(Object.isFrozen(values[0])).toBe(true);
  await cache.get(ada);
  expect(cache.status()).toMatchObject({ name: 'users', hits: 1, misses: 50, loads: 1, entries: 1 });
  for (const id of userIds) await cache.get(id);
  expect(cache.status().entries).toBe(3);
  expect(await cache.get(newRowId())).toBeUndefined();
});

test('an entry ends with its time to live', async () => {
  const cache = cacheOf(await listening(), { ttlMs: 100 });
  await cache.get(ada);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await cache.get(ada);
  expect(cache.status().loads).toBe(2);
});

test('a failure reaches all who wait and is not kept', async () => {
  let fails = true;
  const cache = cacheOf(await listening(), {
    load: async (id) => {
      if (fails) throw new Error('no');
      return load(id);
    },
  });
  const results = await Promise.allSettled([cache.get(ada), cache.get(ada)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await cache.get(ada)).toMatchObject({ id: ada });
});

test('what was loaded from before a change that was announced meanwhile is not kept', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let first = true;
  const invalidations = await listening();
  let announced = 0;
  invalidations.subscribe({ onAnnouncement: () => void announced++, onGap: () => {} });
  const cache = cacheOf(invalidations, {
    load: async (id) => {
      const value = await load(id);
      if (first) {
        first = false;
        await held;
      }
      return value;
    },
  });
  const old = cache.get(ada);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await setActive(false);
  await until(() => announced > 0);
  // Whoever asks after the announcement gets a load of his own.
  expect((await cache.get(ada))?.isActive).toBe(false);
  release();
  expect((await old)?.isActive).toBe(true);
  expect((await cache.get(ada))?.isActive).toBe(false);
  await setActive(true);
});

test('another process sees a revocation within a second, whichever program made it', async () => {
  const program = fileURLToPath(new URL('./support/cache-program.ts', import.meta.url));
  const child: ChildProcess = fork(program, [testDatabase.url('app')], {
    execArgv: [...SOURCE_FLAGS],
    env: { PATH: process.env.PATH, ...COMPILED },
  });
  const ask = (id: string) =>
    new Promise<{ value: State; hits: number }>((resolve) => {
      child.once('message', (message) => resolve(message as { value: State; hits: number }));
      child.send(id);
    });
  await new Promise((resolve) => child.once('message', resolve));
  for (const write of [
    () => setActive(false),
    () => app.withTransaction((tx) => tx.user.update({ where: { id: ada }, data: { isActive: true } })),
    () => admin.none('update users set deleted_at = now(), is_active = false where id = $1', [ada]),
    () => admin.none('update users set deleted_at = null, is_active = true where id = $1', [ada]),
  ]) {
    const before = await ask(ada);
    expect((await ask(ada)).hits).toBe(before.hits + 1);
    await write();
    const writtenAt = performance.now();
    await until(async () => (await ask(ada)).value.isActive !== before.value.isActive, 1_000);
    expect(performance.now() - writtenAt).toBeLessThan(1_000);
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  expect(await ended).toBe(0);
});

test('a change that no decision depends on announces nothing', async () => {
  const invalidations = await listening();
  const heard: string[] = [];
  invalidations.subscribe({
    onAnnouncement: ({ topic, key }) => heard.push(`${topic} ${key}`),
    onGap: () => {},
  });
  await app.none('update users set last_login_at = now(), full_name = $2 where id = $1', [ada, 'Renamed']);
  await setActive(false);
  await until(() => heard.length > 0);
  expect(heard).toEqual([`users ${ada}`]);
  await setActive(true);
});

test('while the connection is gone nothing is answered from memory, and after it everything is read anew', async () => {
  const invalidations = await listening();
  const cache = cacheOf(invalidations);
  await cache.get(ada);
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%:listen' and datname = current_database()`,
  );
  await until(() => !invalidations.isLive());
  expect(cache.status().entries).toBe(0);
  await setActive(false);
  expect((await cache.get(ada))?.isActive).toBe(false);
  expect(cache.status().entries).toBe(0);
  await setActive(true);
  expect((await cache.get(ada))?.isActive).toBe(true);
  await until(() => invalidations.isLive());
  await cache.get(ada);
  expect(cache.status().entries).toBe(1);
  await setActive(false);
  await until(async () => (await cache.get(ada))?.isActive === false, 1_000);
  await setActive(true);
});

test('each table announces its own key; a big transaction says "all" instead of a million keys', async () => {
  const invalidations = await listening();
  const heard: string[] = [];
  invalidations.subscribe({
    onAnnouncement: ({ topic, key }) => heard.push(`${topic} ${key ?? '*'}`),
    onGap: () => {},
  });
  const [roleId, artistId, jti] = [newRowId(), newRowId(), newRowId()];
  const keyId = newRowId();
  await admin.query(`insert into roles (id, name) values ($1, 'tester')`, [roleId]);
  await admin.query('insert into role_assignments (user_id, role_id) values ($1, $2)', [ada, roleId]);
  await admin.query(`insert into artists (id, name) values ($1, 'A')`, [artistId]);
  await admin.query(`update artists set name = 'B' where id = $1`, [artistId]);
  await admin.query(`insert into token_blacklist (jti, expires_at) values ($1, now() + interval '1 hour')`, [
    jti,
  ]);
  await admin.query(
    `insert into api_keys (id, user_id, name, prefix, last4, key_hash) values ($1, $2, 'k', 'p', 'last', sha256('x'))`,
    [keyId, ada],
  );
  await admin.query('update api_keys set use_count = 5, last_used_at = now() where id = $1', [keyId]);
  await admin.query('update api_keys set revoked_at = now() where id = $1', [keyId]);
  await until(() => heard.length >= 5);
  expect(heard).toEqual([
    `roles ${roleId}`,
    `role_assignments ${ada}`,
    `artists ${artistId}`,
    `token_blacklist ${jti}`,
    `api_keys ${keyId}`,
  ]);
  heard.length = 0;
  await admin.query(`insert into artists (name) select 'bulk ' || n from generate_series(1, 5000) n`);
  await admin.query(`update artists set name = name || '!'`);
  await until(() => heard.includes('artists *'));
  expect(heard).toHaveLength(201);
});

test('a rule decides which entries an announcement drops', async () => {
  const invalidations = await listening();
  const cache = cacheOf(invalidations, {
    drops: { users: (announced, value) => value.id === announced, roles: 'all' },
    load: async (key) => load(key.slice(2)),
  });
  const [, bob = ''] = userIds;
  for (const id of [ada, bob]) await cache.get(`u:${id}`);
  await setActive(false);
  await until(() => cache.status().entries === 1);
  expect((await cache.get(`u:${ada}`))?.isActive).toBe(false);
  await setActive(true);
  await invalidations.publish({ topic: 'roles', key: undefined });
  await until(() => cache.status().entries === 0);
});

(hasRedis() ? test : test.skip)(
  'over Redis changes reach the caches too, also those that only PostgreSQL announced, and a gap empties them',
  async () => {
    const redis = await startRedis();
    const [writer, reader] = [openRedis(redis.url, () => {}), openRedis(redis.url, () => {})];
    const here = listenOnRedis(reader);
    const there = listenOnRedis(writer);
    try {
      await until(() => here.isLive() && there.isLive());
      const cache = cacheOf(here);
      await cache.get(ada);
      await there.publish({ topic: 'users', key: ada });
      await until(() => cache.status().entries === 0, 1_000);

      const stop = relayInvalidations(await listening(), there, () => {});
      await until(async () => (await cache.get(ada)) !== undefined && cache.status().entries === 1);
      await setActive(false);
      await until(async () => (await cache.get(ada))?.isActive === false, 1_000);
      await setActive(true);
      stop();

      await cache.get(ada);
      await redis.stop();
      await until(() => !here.isLive());
      expect(cache.status().entries).toBe(0);
      await setActive(false);
      expect((await cache.get(ada))?.isActive).toBe(false);
      expect(cache.status().entries).toBe(0);
      await redis.start();
      await until(() => here.isLive(), 10_000);
      await setActive(true);
      await cache.get(ada);
      expect(cache.status().entries).toBe(1);
    } finally {
      await here.close();
      await there.close();
      writer.disconnect();
      reader.disconnect();
      await redis.stop();
    }
  },
);
