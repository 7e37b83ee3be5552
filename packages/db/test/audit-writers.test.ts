import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Actor, type Database, recordAccess, recordSecurityEvent } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';

describe.each([15, 18] as const)('audit writers on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let app: Database;
  let admin: Database;
  const me = randomUUID();
  const actor: Actor = { type: 'user', userId: me, requestId: 'req-42' };

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    app = await testDatabase.open('app');
    admin = await testDatabase.open('admin');
  });
  afterAll(() => testDatabase.drop());

  test('writers record security events and access with the actor, from SQL and Prisma alike', async () => {
    await app.tx(async (sql) => {
      await recordSecurityEvent(sql, {
        type: 'sign_in.failed',
        severity: 'warning',
        ip: '10.1.2.3',
        details: { attempts: 3 },
      });
      await recordAccess(sql, {
        entity: 'businesses',
        entityId: 'b1',
        fields: ['tax_id'],
        purpose: 'export',
      });
    }, actor);
    await app.withActor(actor, (tx) => recordAccess(tx, { entity: 'users', purpose: 'export', rowCount: 7 }));
    await recordSecurityEvent(app, { type: 'boot.checked' });
    expect(
      await admin.query(
        'select type, severity, host(ip_address) as ip, details, actor_id, request_id from audit.security_events order by id',
      ),
    ).toEqual([
      {
        type: 'sign_in.failed',
        severity: 'warning',
        ip: '10.1.2.3',
        details: { attempts: 3 },
        actor_id: me,
        request_id: 'req-42',
      },
      {
        type: 'boot.checked',
        severity: 'info',
        ip: null,
        details: {},
        actor_id: 'plinth_app',
        request_id: null,
      },
    ]);
    expect(
      await admin.query('select entity, fields, row_count from audit.data_access_log order by id'),
    ).toEqual([
      { entity: 'businesses', fields: ['tax_id'], row_count: 1 },
      { entity: 'users', fields: [], row_count: 7 },
    ]);
    await expect(recordSecurityEvent(app, { type: 'Not Valid' })).rejects.toMatchObject({
      code: 'check_violation',
    });
  });
});
