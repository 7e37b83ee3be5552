import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Actor, type Database, erasePerson, recordSecurityEvent, verifyAudit } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { sealAll } from './seal-all.js';

describe.each([15, 18] as const)('erasing a person on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;
  let admin: Database;
  let worker: Database;
  const alice = randomUUID();
  const bob = randomUUID();
  const as = (userId: string): Actor => ({ type: 'user', userId, requestId: 'r' });
  /** In every personal value of Alice; nowhere afterwards. */
  const mark = 'zanzibar';

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app');
    admin = await testDatabase.open('admin');
    worker = await testDatabase.open('worker');
    await admin.none(
      `insert into users (id, email, full_name, settings, password_hash, totp_secret_enc) values
         ($1, '${mark}@x.test', '${mark}', '{"city": "${mark}"}', '${mark}', '\\x01'::bytea || convert_to(repeat('${mark}', 5), 'UTF8')), ($2, 'bob@x.test', 'Bob', '{}', null, null)`,
      [alice, bob],
    );
    const { artist } = await admin.one<{ artist: string }>(
      "insert into artists (name) values ('A') returning id as artist",
    );
    const { conversation } = await admin.one<{ conversation: string }>(
      `insert into conversations (kind, subject, created_by) values ('direct', '${mark}', $1) returning id as conversation`,
      [alice],
    );
    for (const [text, values] of [
      [
        `insert into user_artist_blocks (user_id, artist_id, note, tags) values ($1, $2, '${mark}', '{${mark}}'), ($3, $2, 'bob', '{}')`,
        [alice, artist, bob],
      ],
      [
        `insert into community_lists (owner_id, name, description, visibility) values ($1, '${mark}', '${mark}', 'private')`,
        [alice],
      ],
      [
        `insert into community_list_items (list_id, artist_id, reason) select id, $1, '${mark}' from community_lists`,
        [artist],
      ],
      [
        `insert into oauth_accounts (user_id, provider, provider_account_id, email) values ($1, 'github', '${mark}', '${mark}@oauth.test')`,
        [alice],
      ],
      [
        `insert into sessions (user_id, token_hash, family_id, user_agent, ip_address, expires_at) values ($1, sha256('a'), $1, '${mark}', '10.9.8.7', now() + interval '1 day')`,
        [alice],
      ],
      [
        `insert into api_keys (user_id, name, prefix, last4, key_hash) values ($1, '${mark}', 'p', '1234', sha256('a'))`,
        [alice],
      ],
      [
        `insert into email_verification_tokens (user_id, email, token_hash, expires_at) values ($1, '${mark}@new.test', sha256('a'), now() + interval '1 day')`,
        [alice],
      ],
      [
        `insert into password_reset_tokens (user_id, token_hash, expires_at) values ($1, sha256('a'), now() + interval '1 day')`,
        [alice],
      ],
      [
        `insert into webhooks (user_id, url, description) values ($1, 'https://${mark}.test/', '${mark}')`,
        [alice],
      ],
      [
        `insert into webhook_events (webhook_id, event_type, payload) select id, 'x', '{"who": "${mark}"}' from webhooks`,
        [],
      ],
      [
        'insert into conversation_participants (conversation_id, user_id) values ($1, $2), ($1, $3)',
        [conversation, alice, bob],
      ],
      [
        `insert into messages (conversation_id, sender_id, body) values ($1, $2, '${mark}'), ($1, $3, 'from bob')`,
        [conversation, alice, bob],
      ],
      [
        `insert into content_reports (reporter_id, target_type, target_id, reason, details) values ($1, 'artist', $2, 'spam', '${mark}')`,
        [alice, artist],
      ],
      ["insert into campaigns (owner_id, title, goal_minor) values ($1, 'C', 1)", [bob]],
      [
        `insert into campaign_members (campaign_id, user_id, email) select id, $1, '${mark}@member.test' from campaigns`,
        [alice],
      ],
      [
        `insert into campaign_members (campaign_id, email) select id, m from campaigns, unnest(array['${mark}@x.test', '${mark}@oauth.test', 'other@x.test']) m`,
        [],
      ],
      [
        `insert into contributions (campaign_id, contributor_id, amount_minor, message) select id, $1, 5, '${mark}' from campaigns`,
        [alice],
      ],
      [
        `insert into idempotency_keys (principal, key, fingerprint, response, expires_at) values ('user:' || $1::text, 'k', sha256('a'), '{"fullName": "${mark}"}', now() + interval '1 day')`,
        [alice],
      ],
      [
        "insert into external_service_calls (service, operation, method, url, duration_ms, ok, user_id) values ('s', 'o', 'GET', 'https://s.test', 1, true, $1)",
        [alice],
      ],
      [
        "with r as (insert into roles (name) values ('admin') returning id) insert into role_assignments (user_id, role_id) select $1, id from r",
        [alice],
      ],
    ] as const)
      await admin.none(text, values);
    await app.tx(
      (sql) =>
        recordSecurityEvent(sql, {
          type: 'sign_in.ok',
          ip: '10.9.8.7',
          userAgent: mark,
          details: { device: mark },
        }),
      as(alice),
    );
    await recordSecurityEvent(app, { type: 'sign_in.ok', userId: bob, ip: '10.1.1.1' });
    await sealAll(worker);
  });
  afterAll(() => testDatabase.drop());

  /** Every table of ours in which the mark occurs. */
  async function tablesWithMark(text = mark): Promise<string[]> {
    const tables = await admin.query<{ name: string }>(
      "select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'plinth', 'audit') and c.relkind in ('r', 'p') and not c.relispartition order by 1",
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const hit = await admin.one<{ hit: boolean }>(
        `select exists (select from ${name} t where to_jsonb(t)::text ilike $1 or to_jsonb(t)::text ilike $2) as hit`,
        [`%${text}%`, `%${Buffer.from(text).toString('hex')}%`],
      );
      if (hit.hit) found.push(name);
    }
    return found;
  }

  test('the audit log never held what it will have to forget', async () => {
    const before = await tablesWithMark();
    expect(before).not.toContain('audit.audit_log');
    expect(before).toEqual(
      expect.arrayContaining([
        'users',
        'messages',
        'webhooks',
        'webhook_events',
        'sessions',
        'audit.security_events',
        'idempotency_keys',
        'campaign_members',
      ]),
    );
  });

  test('nobody but the person, an administrator or the worker may do it', async () => {
    await expect(erasePerson(app, alice, as(bob))).rejects.toMatchObject({ code: 'permission' });
    await expect(erasePerson(app, alice, { type: 'system', id: 'x' })).rejects.toMatchObject({
      code: 'permission',
    });
    await expect(erasePerson(app, randomUUID(), as(alice))).rejects.toMatchObject({ code: 'not_found' });
    expect(await tablesWithMark()).toContain('users');
  });

  test('every personal value is gone, other people keep theirs, and the log still verifies', async () => {
    const touched = await erasePerson(app, alice, as(alice));
    expect(touched).toMatchObject({
      users: 1,
      messages: 1,
      sessions: 1,
      webhooks: 1,
      campaign_members: 1,
      campaign_members_by_email: 2,
      security_events: 1,
      user_artist_blocks: 1,
    });
    expect(await tablesWithMark()).toEqual([]);
    expect(await tablesWithMark('10.9.8.7')).toEqual([]);
    expect(
      await admin.one(
        'select email, full_name, is_active, deleted_at is not null as closed, settings, password_hash, totp_secret_enc from users where id = $1',
        [alice],
      ),
    ).toEqual({
      email: `erased-${alice}@erased.invalid`,
      full_name: '[erased]',
      is_active: false,
      closed: true,
      settings: {},
      password_hash: null,
      totp_secret_enc: null,
    });
    expect(await admin.query('select body from messages order by body')).toEqual([
      { body: '[erased]' },
      { body: 'from bob' },
    ]);
    expect(await admin.query('select note from user_artist_blocks')).toEqual([{ note: 'bob' }]);
    expect(await admin.query('select email from campaign_members where email is not null')).toEqual([
      { email: 'other@x.test' },
    ]);
    expect(
      await admin.one(
        "select host(ip_address) as ip from audit.security_events where user_id = $1 and type = 'sign_in.ok'",
        [bob],
      ),
    ).toEqual({ ip: '10.1.1.1' });
    await sealAll(worker);
    expect(await verifyAudit(worker)).toMatchObject({ ok: true, unsealedRows: 0 });
  });

  test('the erasure itself is on record, and repeating it does no harm', async () => {
    expect(
      await admin.query("select user_id, actor_id from audit.security_events where type = 'person.erased'"),
    ).toEqual([{ user_id: alice, actor_id: alice }]);
    await erasePerson(worker, alice, { type: 'system', id: 'gdpr' });
    expect(await tablesWithMark()).toEqual([]);
    // The address is free again.
    await admin.none("insert into users (email, full_name) values ($1, 'New')", [`${mark}@x.test`]);
  });

  test('security events of people who were not erased cannot be blanked, not even by the owner', async () => {
    for (const statement of [
      `update audit.security_events set ip_address = null where user_id = '${bob}'`,
      `update audit.security_events set type = 'x.y' where user_id = '${alice}'`,
      `update audit.security_events set details = '{"a": 1}' where user_id = '${alice}'`,
      `delete from audit.security_events where user_id = '${alice}'`,
    ])
      await expect(admin.query(statement)).rejects.toMatchObject({ code: 'permission' });
  });
});
