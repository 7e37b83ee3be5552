import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chooseForDump, findClientTools } from '../src/backup/client-tools.js';
import { checks } from '../src/checks/registry.js';
import { type CheckedServer, startCheckedServer } from './checks/server.js';
import { plinth } from './plinth.js';

const path = { PATH: process.env.PATH ?? '' };

describe.each([15, 18] as const)('plinth validate on PostgreSQL %i', (major) => {
  let server: CheckedServer;
  beforeAll(async () => {
    server = await startCheckedServer(major);
  });
  afterAll(() => server.remove());

  /** The checks that this machine cannot pass: pg_dump of the server's major may not be installed. */
  const impossible = async () => {
    const installed = await findClientTools({ path: process.env.PATH });
    try {
      chooseForDump(installed, major);
      return [];
    } catch {
      return ['backup tools'];
    }
  };

  test('passes on a fresh deployment, one line per check, and as one document', async () => {
    const failing = await impossible();
    const code = failing.length === 0 ? 0 : 1;
    const people = await plinth(['validate'], server.env());
    const lines = people.stdout.trim().split('\n');
    expect(lines).toHaveLength(checks.length + 1);
    expect(lines.filter((line) => line.startsWith('FAIL'))).toHaveLength(failing.length);
    expect(people.code).toBe(code);
    const programs = await plinth(['validate', '--json'], server.env());
    const answer = JSON.parse(programs.stdout);
    expect(programs.code).toBe(code);
    expect(Object.keys(answer)).toEqual(['ok', 'checks']);
    expect(answer.ok).toBe(failing.length === 0);
    expect(answer.checks.map((check: { name: string }) => check.name)).toEqual(
      checks.map(({ name }) => name),
    );
    for (const check of answer.checks) {
      expect(Object.keys(check)).toEqual(['name', 'ok', 'detail', 'fix']);
      expect(check).toMatchObject(failing.includes(check.name) ? { ok: false } : { ok: true, fix: null });
    }
  });

  test('ends with 1 and names the repair when something is wrong', async () => {
    await server.admin('drop extension pg_stat_statements');
    const { code, stdout } = await plinth(['validate'], server.env());
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^FAIL {2}extensions .*pg_stat_statements.* -> psql .*create extension "pg_stat_statements"/m,
    );
    await server.admin('create extension pg_stat_statements');
  });

  test('with DATABASE_URL alone says what the application lacks in the place of the other roles', async () => {
    const { DATABASE_URL = '', PLINTH_HOME = '' } = server.env();
    const { code, stdout } = await plinth(['validate', '--json'], { DATABASE_URL, PLINTH_HOME });
    expect(code).toBe(1);
    const failed = JSON.parse(stdout).checks.filter((check: { ok: boolean }) => !check.ok);
    const expected = ['role migrator', 'role worker', 'role backup', ...(await impossible())];
    expect(failed.map((check: { name: string }) => check.name)).toEqual(expected);
    expect(failed[0].detail).toContain('MIGRATE_DATABASE_URL is not set');
  });

  test('goes on as another role when the application cannot log in', async () => {
    await server.admin('alter role plinth_app nologin');
    const { code, stdout } = await plinth(['validate'], server.env());
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}role app .*cannot log in with DATABASE_URL/m);
    expect(stdout).toMatch(/^ok {4}role worker/m);
    await server.admin('alter role plinth_app login');
  });
});

test('ends with 10 when the server cannot be reached or the database is missing', async () => {
  const env = {
    ...path,
    DATABASE_URL: 'postgresql://app:sekret-word@127.0.0.1:1/shop',
    DB_CONNECT_RETRIES: '0',
  };
  const { code, stdout, stderr } = await plinth(['validate', '--json'], env);
  expect(code).toBe(10);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unavailable', fix: expect.any(String) } });
  expect(stdout + stderr).not.toContain('sekret-word');
});

test('checks the embedded server without any setting, and starts it for that', async () => {
  const server = await startCheckedServer();
  try {
    const { code, stdout } = await plinth(['validate', '--json'], { PLINTH_HOME: server.home });
    const answer = JSON.parse(stdout);
    const failed = answer.checks.filter((check: { ok: boolean }) => !check.ok);
    expect(
      failed.map((check: { name: string }) => check.name).filter((name: string) => name !== 'backup tools'),
    ).toEqual([]);
    expect(answer.checks).toContainEqual(
      expect.objectContaining({ name: 'disk space', detail: expect.stringMatching(/data folder: \d/) }),
    );
    expect([0, 1]).toContain(code);
  } finally {
    await server.remove();
  }
});
