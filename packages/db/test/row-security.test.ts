import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Actor, Database } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

const OWNED = [
  'user_artist_blocks',
  'community_list_subscriptions',
  'oauth_accounts',
  'sessions',
  'api_keys',
  'email_verification_tokens',
  'password_reset_tokens',
  'webhooks',
];
const hash = (text: string) => createHash('sha256').update(text).digest();

describe.each([15, 18] as const)('row security on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;
  let admin: Database;
  const alice = randomUUID();
  const bob = randomUUID();
  const root = randomUUID();
  const as = (userId: string): Actor => ({ type: 'user', userId });
  const count = async (db: Pick<Database, 'one'>, table: string) =>
    (await db.one<{ n: number }>(`select count(*)::int as n from ${table}`)).n;

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app');
    admin = await testDatabase.open('admin');
    for (const [id, name] of [
      [alice, 'alice'],
      [bob, 'bob'],
      [root, 'root'],
    ] as const) {
      await admin.none('insert into users (id, email, full_name) values ($1, $2, $3)', [
        id,
        `${name}@x.test`,
        name,
      ]);
    }
    await admin.none(
      "with r as (insert into roles (name) values ('admin') returning id) insert into role_assignments (user_id, role_id) select $1, id from r",
      [root],
    );
    const { artist } = await admin.one<{ artist: string }>(
      "insert into artists (name) values ('A') returning id as artist",
    );
    const { list } = await admin.one<{ list: string }>(
      "insert into community_lists (owner_id, name) values ($1, 'L') returning id as list",
      [alice],
    );
    const { conversation } = await admin.one<{ conversation: string }>(
      "insert into conversations (kind) values ('direct') returning id as conversation",
    );
    for (const user of [alice, bob]) {
      const secret = hash(user);
      await admin.none("insert into user_artist_blocks (user_id, artist_id, note) values ($1, $2, 'mine')", [
        user,
        artist,
      ]);
      await admin.none('insert into community_list_subscriptions (user_id, list_id) values ($1, $2)', [
        user,
        list,
      ]);
      await admin.none(
        "insert into oauth_accounts (user_id, provider, provider_account_id) values ($1, 'github', $2)",
        [user, user],
      );
      await admin.none(
        "insert into sessions (user_id, token_hash, family_id, expires_at) values ($1, $2, $1, now() + interval '1 day')",
        [user, secret],
      );
      await admin.none(
        "insert into api_keys (user_id, name, prefix, last4, key_hash) values ($1, 'k', 'p', '1234', $2)",
        [user, secret],
      );
      await admin.none(
        "insert into email_verification_tokens (user_id, email, token_hash, expires_at) values ($1, 'e@x.test', $2, now() + interval '1 day')",
        [user, secret],
      );
      await admin.none(
        "insert into password_reset_tokens (user_id, token_hash, expires_at) values ($1, $2, now() + interval '1 day')",
        [user, secret],
      );
      await admin.none("insert into webhooks (user_id, url) values ($1, 'https://x.test/hook')", [user]);
    }
    await admin.none('insert into conversation_participants (conversation_id, user_id) values ($1, $2)', [
      conversation,
      alice,
    ]);
    await admin.none("insert into messages (conversation_id, sender_id, body) values ($1, $2, 'hello')", [
      conversation,
      alice,
    ]);
  });
  afterAll(() => testDatabase.drop());

  test.each([...OWNED, 'messages'])('%s shows nothing to whoever tells no actor', async (table) => {
    expect(await count(app, table)).toBe(0);
    expect(await count(admin, table)).toBeGreaterThan(0);
  });

  test.each([...OWNED, 'messages'])(
    '%s is forced upon its owner too, until it speaks of maintenance',
    async (table) => {
      const migrator = await testDatabase.open('migrator');
      expect(await count(migrator, table)).toBe(0);
      await migrator.tx(async (sql) => {
        await sql.query("select set_config('plinth.maintenance', 'on', true)");
        expect(await count(sql, table)).toBeGreaterThan(0);
      });
      expect(await count(migrator, table)).toBe(0);
    },
  );

  test.each(OWNED)(
    '%s shows its owner exactly the own rows; speaking of maintenance opens nothing',
    async (table) => {
      const seen = await app.tx(async (sql) => {
        await sql.query("select set_config('plinth.maintenance', 'on', true)");
        return sql.query(`select user_id from ${table}`);
      }, as(alice));
      expect(seen).toEqual([{ user_id: alice }]);
    },
  );

  test('definer look-ups return the one row of an exact secret, to the app alone, and leave nothing open', async () => {
    for (const name of ['find_session', 'find_api_key', 'find_email_verification', 'find_password_reset']) {
      await app.tx(async (sql) => {
        expect(await sql.query(`select user_id from plinth.${name}($1)`, [hash(bob)])).toEqual([
          { user_id: bob },
        ]);
        expect(await sql.query(`select user_id from plinth.${name}($1)`, [hash('other')])).toEqual([]);
        expect(await sql.one("select current_setting('plinth.maintenance', true) as m")).toEqual({ m: '' });
      });
      const readonly = await testDatabase.open('readonly');
      await expect(readonly.query(`select plinth.${name}($1)`, [hash(bob)])).rejects.toMatchObject({
        code: 'permission',
      });
    }
    expect(await app.query("select user_id from plinth.find_oauth_account('github', $1)", [bob])).toEqual([
      { user_id: bob },
    ]);
    expect(await app.query("select user_id from plinth.find_oauth_account('google', $1)", [bob])).toEqual([]);
  });
});
