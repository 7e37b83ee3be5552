import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

describe.each([15, 18] as const)('the audit schema on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;
  let admin: Database;
  const EVENT =
    "select audit.record_event('sign_in.failed', 'warning', null, '10.0.0.1', 'test', '{\"why\": \"password\"}')";

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app');
    admin = await testDatabase.open('admin');
    await app.query(EVENT);
    await admin.none(
      "insert into audit.audit_log (action, entity, actor_type, actor_id) values ('event', 'test', 'system', 'test')",
    );
  });
  afterAll(() => testDatabase.drop());

  test.each([
    'select * from audit.security_events',
    'select * from audit.audit_log',
    "insert into audit.audit_log (action, entity, actor_type, actor_id) values ('event', 'x', 'x', 'x')",
    "insert into audit.security_events (type, actor_type, actor_id) values ('x.y', 'x', 'x')",
    'delete from audit.data_access_log',
    'select audit.ensure_partitions(now(), 1)',
    'select audit.actor()',
  ])('the app role may not: %s', async (statement) => {
    await expect(app.query(statement)).rejects.toMatchObject({ code: 'permission' });
  });

  test.each([
    "update audit.audit_log set entity = 'forged'",
    'delete from audit.audit_log',
    'truncate audit.audit_log',
    'truncate audit.audit_log_default',
    "update audit.security_events set severity = 'info'",
    'truncate audit.security_events',
    'delete from audit.data_access_log',
    'delete from audit.audit_seals',
  ])('not even its owner may: %s', async (statement) => {
    await expect(admin.tx((sql) => sql.query(`${statement}`))).rejects.toMatchObject({ code: 'permission' });
  });

  test('an event tells who acted, in which request, and goes when its transaction is rolled back', async () => {
    const id = '0190b5d0-0000-7000-8000-000000000001';
    await app.withActor(
      { type: 'user', userId: id, requestId: 'req-1' },
      (tx) =>
        tx.$executeRaw`select audit.record_event('sign_in.failed', 'warning', null, '10.0.0.1', 'test', '{}')`,
    );
    await app
      .withActor({ type: 'user', userId: id, requestId: 'req-2' }, async (tx) => {
        await tx.$executeRaw`select audit.record_event('sign_in.failed', 'warning', null, '10.0.0.1', 'test', '{}')`;
        throw new Error('undo');
      })
      .catch(() => {});
    expect(
      await admin.query(
        "select actor_type, actor_id, user_id, request_id, host(ip_address) as ip from audit.security_events where actor_type = 'user'",
      ),
    ).toEqual([{ actor_type: 'user', actor_id: id, user_id: id, request_id: 'req-1', ip: '10.0.0.1' }]);
    expect(
      await admin.query("select actor_id from audit.security_events where actor_type = 'database'"),
    ).toEqual([{ actor_id: 'plinth_app' }]);
  });

  test('partitions exist for this month and three more, more can be made, and a month that nobody made lands in the default', async () => {
    const months = () =>
      admin.one<{ n: number }>(
        "select count(*)::int as n from pg_inherits where inhparent = 'audit.audit_log'::regclass",
      );
    expect((await months()).n).toBe(5);
    const worker = await testDatabase.open('worker');
    expect(await worker.one('select audit.ensure_partitions(now(), 6) as made')).toEqual({ made: 2 });
    expect(await worker.one('select audit.ensure_partitions(now(), 6) as made')).toEqual({ made: 0 });
    expect((await months()).n).toBe(7);
    await admin.none(
      "insert into audit.audit_log (action, entity, actor_type, actor_id, occurred_at) values ('event', 'far', 'system', 'x', now() + interval '13 months'), ('event', 'near', 'system', 'x', now())",
    );
    expect(
      await admin.query(
        "select entity, tableoid::regclass::text ~ 'default' as in_default from audit.audit_log where entity in ('far', 'near') order by entity",
      ),
    ).toEqual([
      { entity: 'far', in_default: true },
      { entity: 'near', in_default: false },
    ]);
    await expect(
      admin.query(`truncate audit.audit_log_${new Date().toISOString().slice(0, 7).replace('-', '_')}`),
    ).rejects.toMatchObject({ code: 'permission' });
  });
});
