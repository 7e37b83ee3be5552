import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Database, exportAuditHeads, parseAuditHeads, sealAudit, verifyAudit } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { sealAll } from './seal-all.js';

describe.each([15, 18] as const)('the sealed audit log on PostgreSQL %i', (major) => {
  let testDatabase: TestDatabase;
  let worker: Database;
  let app: Database;
  let admin: Database;

  /** Writes artists, each in a transaction of its own. */
  const write = async (...names: string[]) => {
    for (const name of names) await app.none('insert into artists (name) values ($1)', [name]);
  };
  /** What a superuser can do who knows how: no trigger of ours runs. */
  const tamper = (statement: string) =>
    admin.tx(async (sql) => {
      await sql.query("set local session_replication_role = 'replica'");
      return sql.none(statement);
    });
  const kinds = async (options = {}) => (await verifyAudit(worker, options)).findings.map(({ kind }) => kind);

  beforeAll(async () => {
    testDatabase = await createTestDatabase({ major });
    worker = await testDatabase.open('worker');
    app = await testDatabase.open('app');
    admin = await testDatabase.open('admin');
  });
  afterAll(() => testDatabase.drop());

  test('seals what is final, chains the seals, and verifies', async () => {
    await write('one', 'two');
    expect(await sealAll(worker)).toBe(2);
    await write('three', 'four', 'five');
    expect(await verifyAudit(worker)).toMatchObject({ ok: true, seals: 1, verifiedRows: 2, unsealedRows: 3 });
    expect(await sealAll(worker, 1)).toBe(3);
    const report = await verifyAudit(worker);
    expect(report).toMatchObject({ ok: true, seals: 4, verifiedRows: 5, unsealedRows: 0, findings: [] });
    expect(report.head).toBe((await exportAuditHeads(worker)).at(-1)?.chain);
    expect(await sealAll(worker)).toBe(0);
    expect(await verifyAudit(await testDatabase.open('migrator'))).toEqual(report);
  });

  test('only the worker seals, and nobody but the function writes seals', async () => {
    await expect(app.query('select audit.seal()')).rejects.toMatchObject({ code: 'permission' });
    await expect(worker.query('delete from audit.audit_seals')).rejects.toMatchObject({ code: 'permission' });
    await expect(
      worker.query(
        "insert into audit.audit_seals (system_identifier, from_xid, to_xid, month, row_count, digest, previous_chain, chain) values (1, '1', '2', '2026-01-01', 0, '', '', '')",
      ),
    ).rejects.toMatchObject({ code: 'permission' });
    for (const owner of [await testDatabase.open('migrator'), admin]) {
      await expect(owner.query('update audit.audit_seals set row_count = 0')).rejects.toMatchObject({
        code: 'permission',
      });
    }
  });

  test('a transaction that straddles several seals is not missed, and no writer waits for sealing', async () => {
    const before = await verifyAudit(worker);
    let late = 0;
    await app.tx(async (sql) => {
      await sql.none("insert into artists (name) values ('straddling 1')");
      for (let round = 0; round < 4; round++) {
        await write(`during ${round}`);
        late += await sealAudit(worker);
      }
      await sql.none("insert into artists (name) values ('straddling 2')");
    });
    // All of it is younger than the oldest transaction then running.
    expect(late).toBe(0);
    expect(await sealAll(worker)).toBe(6);
    const after = await verifyAudit(worker);
    expect(after).toMatchObject({ ok: true, unsealedRows: 0, verifiedRows: before.verifiedRows + 6 });
    expect((await admin.one<{ n: number }>('select count(*)::int as n from audit.audit_log')).n).toBe(
      after.verifiedRows,
    );
    // A sealer in an open transaction holds nothing that a writer needs.
    await worker.tx(async (sql) => {
      await write('while sealing');
      await sealAudit(sql);
      await write('while sealed, not yet committed');
      expect(await sealAudit(await testDatabase.open('worker'))).toBe(0);
    });
  });

  describe('tampering by a superuser, triggers switched off', () => {
    let seal: { id: string; from_xid: string; to_xid: string };
    const victim =
      "select id from audit.audit_log where after ->> 'name' = 'victim' order by id desc limit 1";

    beforeEach(async () => {
      await write('bystander');
      await sealAll(worker);
      await write('victim', 'its neighbour');
      await sealAll(worker);
      await write('later');
      await sealAll(worker);
      seal = await admin.one(
        `select s.id::text, s.from_xid::text, s.to_xid::text from audit.audit_seals s join audit.audit_log l on l.txid >= s.from_xid and l.txid < s.to_xid where l.id = (${victim})`,
      );
      expect(await kinds()).toEqual([]);
    });

    test('a changed row is named by its seal and range', async () => {
      await tamper(
        `update audit.audit_log set after = jsonb_set(after, '{name}', '"forged"') where id = (${victim})`,
      );
      expect((await verifyAudit(worker)).findings).toEqual([
        expect.objectContaining({
          kind: 'row_changed',
          seal: seal.id,
          fromXid: seal.from_xid,
          toXid: seal.to_xid,
        }),
      ]);
      await tamper(
        `update audit.audit_log set after = jsonb_set(after, '{name}', '"victim"') where after ->> 'name' = 'forged'`,
      );
    });

    test.each(['actor_id', 'db_user', 'entity', 'entity_id', 'action', 'request_id'])(
      'so is a changed %s',
      async (column) => {
        const value = column === 'action' ? "'event'" : "'forged'";
        await tamper(
          `create table public.kept as select id, ${column} as was from audit.audit_log where id = (${victim})`,
        );
        await tamper(`update audit.audit_log set ${column} = ${value} where id = (${victim})`);
        expect(await kinds()).toEqual(['row_changed']);
        await tamper(`update audit.audit_log l set ${column} = k.was from public.kept k where k.id = l.id`);
        await admin.query('drop table public.kept');
      },
    );

    test('a deleted row', async () => {
      await tamper(`create table public.kept as select * from audit.audit_log where id = (${victim})`);
      await tamper(`delete from audit.audit_log where id = (${victim})`);
      expect((await verifyAudit(worker)).findings).toEqual([
        expect.objectContaining({
          kind: 'row_deleted',
          seal: seal.id,
          fromXid: seal.from_xid,
          toXid: seal.to_xid,
        }),
      ]);
      await tamper('insert into audit.audit_log select * from public.kept');
      await admin.query('drop table public.kept');
    });

    test('a row inserted as if it were old, in its own month or another', async () => {
      for (const [when, expected] of [
        ['now()', { kind: 'row_inserted', seal: seal.id, fromXid: seal.from_xid }],
        ["now() - interval '3 months'", { kind: 'row_inserted', fromXid: seal.from_xid }],
      ] as const) {
        await tamper(
          `insert into audit.audit_log (txid, occurred_at, action, entity, actor_type, actor_id) values ('${seal.from_xid}', ${when}, 'event', 'slipped in', 'system', 'x')`,
        );
        expect((await verifyAudit(worker)).findings).toEqual([expect.objectContaining(expected)]);
        await tamper("delete from audit.audit_log where entity = 'slipped in'");
      }
      for (const [txid, cluster] of [
        ['9000000000000000', '(pg_control_system()).system_identifier'],
        ['5', '7'],
      ]) {
        await tamper(
          `insert into audit.audit_log (txid, system_identifier, action, entity, actor_type, actor_id) values ('${txid}', ${cluster}, 'event', 'slipped in', 'system', 'x')`,
        );
        expect(await kinds()).toEqual(['row_inserted']);
        await tamper("delete from audit.audit_log where entity = 'slipped in'");
      }
    });

    test('a forged seal, made to fit a changed row', async () => {
      const other = "sha256('x')";
      await tamper('create table public.kept as select * from audit.audit_seals');
      await tamper(`update audit.audit_seals set digest = ${other} where id = ${seal.id}`);
      expect(await kinds()).toEqual(['seal_forged', 'row_changed']);
      await tamper(`update audit.audit_seals set chain = ${other} where id = ${seal.id}`);
      expect((await verifyAudit(worker)).findings).toContainEqual(
        expect.objectContaining({ kind: 'seal_forged', seal: seal.id }),
      );
      await tamper(
        `update audit.audit_seals s set digest = k.digest, chain = k.chain from public.kept k where k.id = s.id`,
      );
      await tamper(`delete from audit.audit_seals where id = ${seal.id}`);
      expect(await kinds()).toContain('seal_missing');
      await tamper(
        `insert into audit.audit_seals overriding system value select * from public.kept where id = ${seal.id}`,
      );
      await admin.query('drop table public.kept');
      expect(await kinds()).toEqual([]);
    });

    test('all seals rewritten: the exported heads tell', async () => {
      const exported = (await exportAuditHeads(worker)).map((head) => JSON.stringify(head)).join('\n');
      const heads = parseAuditHeads(`${exported}\n`);
      expect(await verifyAudit(worker, { heads })).toMatchObject({ ok: true });
      await tamper('create table public.kept as select * from audit.audit_seals');
      await tamper(
        `update audit.audit_log set after = jsonb_set(after, '{name}', '"forged"') where id = (${victim})`,
      );
      await tamper('delete from audit.audit_seals');
      await sealAll(worker);
      expect(await verifyAudit(worker)).toMatchObject({ ok: true });
      const found = await verifyAudit(worker, { heads });
      expect(new Set(found.findings.map(({ kind }) => kind))).toEqual(new Set(['seal_missing']));
      // With the old numbers, too.
      await tamper('update audit.audit_seals set id = default');
      await tamper('delete from audit.audit_seals');
      await admin.query('alter table audit.audit_seals alter column id restart with 1');
      await sealAll(worker);
      expect((await verifyAudit(worker, { heads })).findings).toContainEqual(
        expect.objectContaining({ kind: 'seal_rewritten', seal: '1' }),
      );
      await tamper('delete from audit.audit_seals');
      await tamper('insert into audit.audit_seals overriding system value select * from public.kept');
      await tamper(
        `update audit.audit_log set after = jsonb_set(after, '{name}', '"victim"') where after ->> 'name' = 'forged'`,
      );
      await admin.query("select setval('audit.audit_seals_id_seq', (select max(id) from audit.audit_seals))");
      await admin.query('drop table public.kept');
    });

    test('triggers left switched off, by the migrator too', async () => {
      const migrator = await testDatabase.open('migrator');
      await migrator.query('alter table audit.audit_log disable trigger audit_log_append_only');
      await migrator.query('alter table artists disable trigger artists_audit');
      const report = await verifyAudit(worker);
      expect(report.findings.map(({ detail }) => detail)).toEqual(
        expect.arrayContaining([
          'trigger audit_log_append_only on audit.audit_log is switched off',
          'trigger artists_audit on artists is switched off',
        ]),
      );
      await migrator.query('alter table audit.audit_log enable trigger audit_log_append_only');
      await migrator.query('alter table artists enable trigger artists_audit');
    });
  });

  test('a file that is no export is refused by line', () => {
    expect(() => parseAuditHeads('{"seal":"1","chain":"ab"}')).toThrow('line 1');
    expect(() => parseAuditHeads('\nnot json')).toThrow('line 2');
  });
});
