import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { openMonitorSession } from '../../src/monitor/session.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('reads only, and waits for nothing long, whatever the URL says', async () => {
  const url = new URL(database.url('app'));
  url.searchParams.set('options', '-c lock_timeout=0 -c default_transaction_read_only=off');
  url.searchParams.set('application_name', 'other');
  const session = await openMonitorSession(url.href, { ssl: 'disable', sslCa: undefined });
  try {
    expect(
      await session.sql.one(
        `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
                current_setting('application_name') as name, current_setting('TimeZone') as zone`,
      ),
    ).toEqual({ lock: '100ms', statement: '5s', name: 'plinth:monitor', zone: 'UTC' });
    await expect(session.sql.none("delete from users where email = 'x'")).rejects.toMatchObject({
      code: 'read_only',
    });
    await expect(session.raw('select 1; select 2')).rejects.toMatchObject({ code: 'statement_invalid' });
    expect(session.spentMs()).toBeGreaterThan(0);
  } finally {
    await session.close();
  }
});

test('a server that cannot be reached is told by its code', async () => {
  await expect(openMonitorSession('postgresql://a:b@127.0.0.1:1/x')).rejects.toMatchObject({
    code: 'unavailable',
  });
});
