import { expect, test } from '@jest/globals';
import { strayAuditRows, verifyAudit, withClient } from '@plinth/db';
import { createTestDatabase } from '@plinth/db/testing';
import { defaultPartitionRows } from '../../src/monitor/findings/default-partition-rows.js';
import { runAsReadonly } from './check-fixture.js';

test('the repair moves the rows of the audit log, and leaves a default partition that guards its rows as before', async () => {
  const database = await createTestDatabase();
  const [admin, worker] = [await database.open('admin'), await database.open('worker')];
  const add = (at: string) =>
    admin.none(
      "insert into audit.audit_log (action, entity, actor_type, actor_id, occurred_at) values ('event', 'late', 'system', 'test', $1)",
      [at],
    );
  for (const at of ['2001-01-31T23:30:00Z', '2001-02-01T00:30:00Z', '2003-05-05T00:00:00Z']) await add(at);
  await admin.query('select pg_stat_force_next_flush()');
  await admin.query('select 1');
  const { findings } = await runAsReadonly(database, defaultPartitionRows);

  await withClient(database.url('migrator'), async (client) => {
    for (const statement of findings[0]?.repair.sql ?? []) await client.query(statement);
  });
  expect(
    await admin.query(
      "select tableoid::regclass::text as place from audit.audit_log where entity = 'late' order by occurred_at",
    ),
  ).toEqual(['2001_01', '2001_02', '2003_05'].map((month) => ({ place: `audit.audit_log_${month}` })));
  expect(await verifyAudit(worker)).toMatchObject({ ok: true });
  await add('2009-09-09T00:00:00Z');
  expect(await strayAuditRows(worker)).toBe(1);
  await expect(admin.query('truncate audit.audit_log_default')).rejects.toMatchObject({ code: 'permission' });
  await database.drop();
});
