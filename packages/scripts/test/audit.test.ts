import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, sealAudit } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { plinth } from './plinth.js';

describe('plinth audit and plinth db lint', () => {
  let testDatabase: TestDatabase;
  let admin: Database;
  let folder: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-audit-'));
    testDatabase = await createTestDatabase();
    admin = await testDatabase.open('admin');
    env = {
      DATABASE_URL: testDatabase.url('app'),
      MIGRATE_DATABASE_URL: testDatabase.url('migrator'),
      WORKER_DATABASE_URL: testDatabase.url('worker'),
    };
    await admin.none("insert into artists (name) values ('one'), ('two')");
    const worker = await testDatabase.open('worker');
    // Transactions of other test databases hold the horizon back for a moment.
    for (let tries = 0; (await sealAudit(worker)) === 0 && tries < 500; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  });
  afterAll(async () => {
    await testDatabase.drop();
    await rm(folder, { recursive: true, force: true });
  });
  const json = async (...args: string[]) => {
    const { code, stdout } = await plinth([...args, '--json'], env);
    return { code, answer: JSON.parse(stdout) };
  };
  const tamper = (statement: string) =>
    admin.tx(async (sql) => {
      await sql.query("set local session_replication_role = 'replica'");
      await sql.none(statement);
    });

  test('verify ends with 0 while nothing was touched, and with 20 naming what was', async () => {
    expect(await json('audit', 'verify')).toMatchObject({
      code: 0,
      answer: { ok: true, seals: 1, verifiedRows: 2, findings: [] },
    });
    await tamper("update audit.audit_log set actor_id = 'forged' where after ->> 'name' = 'one'");
    const { code, answer } = await json('audit', 'verify');
    expect(code).toBe(20);
    expect(answer.findings).toEqual([expect.objectContaining({ kind: 'row_changed', seal: '1' })]);
    const people = await plinth(['audit', 'verify'], env);
    expect(people.stdout).toContain('row_changed: a row of seal 1');
  });

  test('export prints a line per seal, and verify --heads tells seals that were rewritten to fit', async () => {
    const { code, stdout } = await plinth(['audit', 'export'], env);
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { seal: '1', chain: expect.stringMatching(/^[0-9a-f]{64}$/), sealedAt: expect.stringMatching(/Z$/) },
    ]);
    expect(await json('audit', 'export')).toMatchObject({
      code: 0,
      answer: { heads: lines.map((line) => JSON.parse(line)) },
    });
    expect(await json('audit', 'export', '--after', '1')).toMatchObject({ code: 0, answer: { heads: [] } });
    const heads = join(folder, 'heads.jsonl');
    await writeFile(heads, stdout);
    await tamper('delete from audit.audit_seals');
    const worker = await testDatabase.open('worker');
    for (let tries = 0; (await sealAudit(worker)) === 0 && tries < 500; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await json('audit', 'verify')).code).toBe(0);
    const compared = await json('audit', 'verify', '--heads', heads);
    expect(compared.code).toBe(20);
    expect(compared.answer.findings).toEqual([expect.objectContaining({ kind: 'seal_missing', seal: '1' })]);
  });

  test('wrong files, numbers and roles are told what to do', async () => {
    expect((await json('audit', 'verify', '--heads', join(folder, 'none'))).code).toBe(2);
    await writeFile(join(folder, 'bad'), 'not a head\n');
    expect(await json('audit', 'verify', '--heads', join(folder, 'bad'))).toMatchObject({
      code: 2,
      answer: { error: { code: 'heads_invalid', message: 'line 1 is not a chain head' } },
    });
    expect((await json('audit', 'export', '--after', 'x')).code).toBe(2);
    const { code, stdout } = await plinth(['audit', 'verify', '--json'], {
      DATABASE_URL: testDatabase.url('app'),
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error.fix).toContain('WORKER_DATABASE_URL');
  });

  test('db lint ends with 0, 30 for warnings and 31 for anything critical', async () => {
    expect(await json('db', 'lint')).toEqual({
      code: 0,
      answer: { ok: true, database: testDatabase.name, findings: [] },
    });
    await admin.query('create table public.bad_keyless (id int)');
    expect(await json('db', 'lint')).toMatchObject({
      code: 30,
      answer: {
        ok: false,
        findings: [{ rule: 'primary-key', level: 'warning', object: 'public.bad_keyless' }],
      },
    });
    await admin.query('grant select on public.bad_keyless to public');
    const { code, answer } = await json('db', 'lint');
    expect(code).toBe(31);
    expect(answer.findings).toHaveLength(2);
    const people = await plinth(['db', 'lint'], env);
    expect(people.stdout).toMatch(/critical +public-grant +public\.bad_keyless/);
    await admin.query('drop table public.bad_keyless');
  });
});
