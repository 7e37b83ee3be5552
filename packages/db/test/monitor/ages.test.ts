import { expect, test } from '@jest/globals';
import { createTestDatabase } from '@plinth/db/testing';
import { auditSeals } from '../../src/monitor/findings/audit-seals.js';
import { backupsStale } from '../../src/monitor/findings/backups-stale.js';
import { runAsReadonly } from './check-fixture.js';

const LATE =
  "insert into audit.audit_log (action, entity, actor_type, actor_id, occurred_at) values ('event', 'test', 'system', 'test', now() - interval '3 h')";

test('rows that were sealed do not wait for their seal any more, later ones do', async () => {
  const database = await createTestDatabase();
  const admin = await database.open('admin');
  await admin.none(LATE);
  // A transaction of any other test on this server holds back what is final.
  for (let wait = 0; wait < 100; wait++) {
    await admin.query('select audit.seal()');
    if ((await runAsReadonly(database, auditSeals)).status === 'ok') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect((await runAsReadonly(database, auditSeals)).status).toBe('ok');
  await admin.none(LATE);
  const { findings } = await runAsReadonly(database, auditSeals);
  expect(findings).toMatchObject([{ evidence: { lastSealAt: expect.any(String) } }]);
  await database.drop();
});

test('a database that never had a backup is told so once it is old enough', async () => {
  const database = await createTestDatabase();
  const admin = await database.open('admin');
  expect((await runAsReadonly(database, backupsStale)).status).toBe('ok');
  await admin.none("update _prisma_migrations set finished_at = now() - interval '27 h'");
  const { findings } = await runAsReadonly(database, backupsStale);
  expect(findings).toMatchObject([{ severity: 'warning', summary: 'no backup was ever made in 27 hours' }]);
  await database.drop();
});
