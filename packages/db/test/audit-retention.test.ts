import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  archiveAuditMonth,
  type Database,
  dropArchivedAuditMonth,
  ensureAuditPartitions,
  expiredAuditMonths,
  strayAuditRows,
  verifyAudit,
} from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { sealAll } from './seal-all.js';

const monthsAgo = (n: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - n, 1)).toISOString().slice(0, 10);
};
const MONTH = monthsAgo(14);
const TABLE = `audit_log_${MONTH.slice(0, 7).replace('-', '_')}`;

describe.each([15, 18] as const)('retiring and restoring the audit log on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let worker: Database;
  let app: Database;
  let admin: Database;
  const addOld = (rows: number, month = MONTH) =>
    admin.none(
      `insert into audit.audit_log (occurred_at, action, entity, actor_type, actor_id)
       select $1::timestamptz + interval '3 days', 'event', 'old ' || n, 'system', 'test' from generate_series(1, $2::int) n`,
      [`${month}T00:00:00Z`, rows],
    );

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    worker = await testDatabase.open('worker');
    app = await testDatabase.open('app');
    admin = await testDatabase.open('admin');
    await admin.query('select audit.ensure_partitions($1, 1)', [`${MONTH}T00:00:00Z`]);
  });
  afterAll(() => testDatabase.drop());

  test('the worker prepares months ahead, and rows of a month that nobody prepared are counted', async () => {
    expect(await ensureAuditPartitions(worker, 4)).toBe(0);
    expect(await ensureAuditPartitions(worker, 5)).toBe(1);
    expect(await strayAuditRows(worker)).toBe(0);
    await expect(ensureAuditPartitions(app)).rejects.toMatchObject({ code: 'permission' });
  });

  test('a month is archived once it is sealed, verified there, and dropped with a seal that says so', async () => {
    await addOld(5);
    await app.none("insert into artists (name) values ('present')");
    expect(await expiredAuditMonths(worker, 12)).toEqual([MONTH]);
    expect(await expiredAuditMonths(worker, 20)).toEqual([]);
    await expect(archiveAuditMonth(worker, MONTH)).rejects.toMatchObject({ sqlstate: '55000' });
    await expect(archiveAuditMonth(app, MONTH)).rejects.toMatchObject({ code: 'permission' });
    expect(await sealAll(worker)).toBe(6);
    await expect(archiveAuditMonth(worker, monthsAgo(0))).rejects.toMatchObject({ sqlstate: '22023' });
    expect(await archiveAuditMonth(worker, MONTH)).toBe(5);
    expect(await verifyAudit(worker)).toMatchObject({ ok: true, verifiedRows: 6, retiredMonths: [] });

    await expect(admin.query(`delete from archive.${TABLE}`)).rejects.toMatchObject({ code: 'permission' });
    await expect(app.query(`select * from archive.${TABLE}`)).rejects.toMatchObject({ code: 'permission' });
    const edit = (value: string) =>
      admin.tx(async (sql) => {
        await sql.query("set local session_replication_role = 'replica'");
        await sql.none(`update archive.${TABLE} set actor_id = '${value}' where entity = 'old 2'`);
      });
    await edit('forged');
    await expect(dropArchivedAuditMonth(worker, MONTH)).rejects.toMatchObject({ sqlstate: 'XX001' });
    expect((await verifyAudit(worker)).findings).toEqual([
      expect.objectContaining({ kind: 'row_changed', month: MONTH }),
    ]);
    await edit('test');

    expect(await dropArchivedAuditMonth(worker, MONTH)).toBe(5);
    expect(await verifyAudit(worker)).toMatchObject({ ok: true, verifiedRows: 1, retiredMonths: [MONTH] });
    await app.none("insert into artists (name) values ('after')");
    await sealAll(worker);
    expect(await verifyAudit(worker)).toMatchObject({ ok: true, verifiedRows: 2 });
  });

  test('rows put back into a retired month, and a forged retirement, are found', async () => {
    await admin.query('select audit.ensure_partitions($1, 1)', [`${MONTH}T00:00:00Z`]);
    const { from } = await admin.one<{ from: string }>(
      `select from_xid::text as "from" from audit.audit_seals where month = '${MONTH}' and kind = 'rows'`,
    );
    await admin.none(
      `insert into audit.audit_log (txid, occurred_at, action, entity, actor_type, actor_id) values ($1::text::xid8, '${MONTH}', 'event', 'back', 'system', 'x')`,
      [from],
    );
    expect((await verifyAudit(worker)).findings).toEqual([
      expect.objectContaining({ kind: 'row_inserted', month: MONTH }),
    ]);
    await admin.tx(async (sql) => {
      await sql.query("set local session_replication_role = 'replica'");
      await sql.none("delete from audit.audit_log where entity = 'back'");
    });
    await admin.query(
      "select audit.append_seal('retired', (pg_control_system()).system_identifier, '0', '9', date_trunc('month', now() at time zone 'UTC')::date, 0, sha256(''))",
    );
    expect((await verifyAudit(worker)).findings.map(({ kind }) => kind)).toContain('seal_forged');
    await admin.tx(async (sql) => {
      await sql.query("set local session_replication_role = 'replica'");
      await sql.none('delete from audit.audit_seals where id = (select max(id) from audit.audit_seals)');
    });
    expect(await verifyAudit(worker)).toMatchObject({ ok: true });
  });

  test('writers wait for no part of it', async () => {
    const month = monthsAgo(15);
    await admin.query('select audit.ensure_partitions($1, 1)', [`${month}T00:00:00Z`]);
    await addOld(2_000, month);
    let stop = false;
    const durationsMs: number[] = [];
    const writing = (async () => {
      while (!stop) {
        const startedAt = performance.now();
        await app.none("insert into artists (name) values ('under load')");
        durationsMs.push(performance.now() - startedAt);
      }
    })();
    try {
      await sealAll(worker);
      await archiveAuditMonth(worker, month);
      await dropArchivedAuditMonth(worker, month);
    } finally {
      stop = true;
      await writing;
    }
    durationsMs.sort((a, b) => a - b);
    expect(durationsMs.length).toBeGreaterThan(20);
    expect(durationsMs[Math.floor(durationsMs.length * 0.99)]).toBeLessThan(200);
    await sealAll(worker);
    expect(await verifyAudit(worker)).toMatchObject({ ok: true, retiredMonths: [month, MONTH] });
  });

  test('restored into another cluster the old seals verify, the unsealed rest is sealed, and a new epoch begins', async () => {
    await app.none("insert into artists (name) values ('not yet sealed when copied')");
    const other = await createTestDatabase({ major: major === 15 ? 18 : 15 });
    try {
      const there = await other.open('admin');
      for (const table of ['audit_log', 'audit_seals']) {
        // As text: JavaScript has no number for a system identifier.
        const { rows } = await admin.one<{ rows: string }>(
          `select jsonb_agg(to_jsonb(t))::text as rows from audit.${table} t`,
        );
        await there.none(
          `insert into audit.${table} overriding system value select * from jsonb_populate_recordset(null::audit.${table}, $1::jsonb)`,
          [rows],
        );
      }
      await there.query("select setval('audit.audit_seals_id_seq', (select max(id) from audit.audit_seals))");
      const theirWorker = await other.open('worker');
      const before = await verifyAudit(theirWorker);
      expect(before).toMatchObject({ ok: true, unsealedRows: 1 });
      await there.none("insert into artists (name) values ('written there')");
      expect(await sealAll(theirWorker)).toBe(2);
      const after = await verifyAudit(theirWorker);
      expect(after).toMatchObject({ ok: true, unsealedRows: 0, verifiedRows: before.verifiedRows + 2 });
      const epochs = await there.one<{ n: number }>(
        "select count(distinct system_identifier)::int as n from audit.audit_seals where kind = 'rows'",
      );
      expect(epochs.n).toBe(2);
      // The old epoch is closed: nothing can be added to it.
      await there.none(
        "insert into audit.audit_log (system_identifier, txid, action, entity, actor_type, actor_id) select system_identifier, '99999999', 'event', 'late', 'system', 'x' from audit.audit_seals order by id limit 1",
      );
      expect((await verifyAudit(theirWorker)).findings.map(({ kind }) => kind)).toEqual(['row_inserted']);
    } finally {
      await other.drop();
    }
  });
});
