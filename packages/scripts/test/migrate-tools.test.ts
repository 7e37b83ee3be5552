import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import { plinth } from './plinth.js';

let database: TestDatabase;
let dir: string;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  dir = await mkdtemp(join(tmpdir(), 'plinth-migrate-tools-'));
  await write(
    '20260101000000_people',
    'create table people (id int primary key, name text);',
    'drop table people;',
  );
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await database.drop();
});

const write = async (name: string, up: string, down?: string) => {
  await mkdir(join(dir, name), { recursive: true });
  await writeFile(join(dir, name, 'migration.sql'), up);
  if (down !== undefined) await writeFile(join(dir, name, 'down.sql'), down);
};
const migrate = (...args: string[]) =>
  plinth(['migrate', ...args, '--dir', dir], {
    DATABASE_URL: database.url('app'),
    MIGRATE_DATABASE_URL: database.url('migrator'),
  });
const json = async (...args: string[]) => {
  const { code, stdout } = await migrate(...args, '--json');
  return { code, answer: JSON.parse(stdout) };
};

test.each(['create', 'verify', 'lint', 'trace', 'plan', 'drift', 'rehearse'])(
  'migrate %s --help names its exit codes',
  async (command) => {
    const { code, stdout } = await plinth(['migrate', command, '--help'], {});
    expect(code).toBe(0);
    expect(stdout).toMatch(/Exit codes: 0 /);
  },
);

test('drift ends with 5 and names the object, until it is accepted with a reason', async () => {
  expect(await json('drift')).toMatchObject({ code: 1, answer: { error: { code: 'no_fingerprint' } } });
  expect((await json('up')).code).toBe(0);
  expect(await json('drift')).toMatchObject({ code: 0, answer: { drifted: false } });
  await withClient(database.url('migrator'), (client) =>
    client.query('create index by_name on people (name)'),
  );
  expect(await json('drift')).toMatchObject({
    code: 5,
    answer: { drifted: true, differences: [{ kind: 'index', name: 'public.by_name', before: null }] },
  });
  const { stdout } = await migrate('drift');
  expect(stdout).toMatch(/^index public\.by_name: not there before, now "CREATE INDEX/);
  expect((await migrate('drift', '--accept')).code).toBe(2);
  expect((await json('drift', '--accept', '--why', 'wanted')).code).toBe(0);
  expect((await json('drift')).code).toBe(0);
});

describe('with a migration that has not been applied', () => {
  const name = '20260101000001_alter';

  test('lint ends with 31, 30 and 0, and prints text, JSON or annotations', async () => {
    await write(
      name,
      'alter table people alter name type varchar(9);',
      'alter table people alter name type text;',
    );
    expect(await json('lint')).toMatchObject({
      code: 31,
      answer: { findings: [{ rule: 'changing-column-type', severity: 'critical' }] },
    });
    const github = await migrate('lint', '--format', 'github');
    expect(github.stdout).toMatch(/^::error file=.*migration\.sql,line=1,/);
    await write(name, 'alter table people add nick text;');
    await rm(join(dir, name, 'down.sql'));
    const warned = await migrate('lint');
    expect(warned).toMatchObject({
      code: 30,
      stdout: expect.stringMatching(/warning missing-down: .*has no down\.sql/),
    });
    await write(name, 'alter table people add nick text;', 'alter table people drop nick;');
    expect((await migrate('lint')).code).toBe(0);
    await write('20250101000000_older', 'select 1;', 'select 1;');
    expect(await json('lint', '--database')).toMatchObject({
      code: 31,
      answer: { findings: [{ rule: 'out-of-order' }] },
    });
    await rm(join(dir, '20250101000000_older'), { recursive: true });
  });

  test('plan prints its SQL and trace measures it; neither applies it', async () => {
    const plan = await migrate('plan');
    expect(plan).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /locks public\.people: AccessExclusiveLock.*\nalter table people add nick text;/,
      ),
    });
    const traced = await json('trace');
    expect(traced).toMatchObject({
      code: 0,
      answer: { migrations: [{ name, statements: [{ rewrites: [] }], error: null }] },
    });
    expect((await json('status')).code).toBe(3);
  });

  test('verify ends with 20 and names what a down.sql leaves, and with 0 once it is right', async () => {
    await write(name, 'alter table people add nick text;', 'select 1;');
    expect(await json('verify', name)).toMatchObject({
      code: 20,
      answer: {
        ok: false,
        migrations: [{ name, differences: [{ step: 'down', kind: 'column', name: 'public.people.nick' }] }],
      },
    });
    await write(name, 'alter table people add nick text;', 'alter table people drop nick;');
    const verified = await migrate('verify');
    expect(verified).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ok {3}20260101000000_people: up, down, up/),
    });
    expect((await json('verify', 'no-such-migration')).code).toBe(2);
  });

  test('trace ends with 6 when a statement fails on rows', async () => {
    await write(name, 'alter table people add code text not null;', 'alter table people drop code;');
    expect(await json('trace')).toMatchObject({
      code: 6,
      answer: { migrations: [{ error: expect.stringMatching(/null values/) }] },
    });
  });
});

test('create refuses an undecided rename with 24 and both ways out, writes one that is decided, and has nothing left to do', async () => {
  const own = join(dir, '..', `${dir.split('/').at(-1)}-create`);
  await mkdir(own);
  try {
    const schema = join(own, 'schema.prisma');
    const person = (field: string) =>
      `datasource db {\n  provider = "postgresql"\n}\nmodel Person {\n  id Int @id\n  ${field} String\n}\n`;
    const create = async (...args: string[]) => {
      const { code, stdout } = await plinth(
        ['migrate', 'create', ...args, '--dir', own, '--schema', schema, '--json'],
        {
          DATABASE_URL: database.url('app'),
          MIGRATE_DATABASE_URL: database.url('migrator'),
        },
      );
      return { code, answer: JSON.parse(stdout) };
    };
    await writeFile(schema, person('name'));
    expect(await create('people', '--description', 'Who is who')).toMatchObject({
      code: 0,
      answer: { created: { verified: true } },
    });
    expect(await create('again')).toEqual({ code: 0, answer: { created: null } });
    await writeFile(schema, person('fullName'));
    expect(await create('rename')).toMatchObject({
      code: 24,
      answer: {
        error: {
          code: 'rename_unclear',
          fix: expect.stringMatching(/--rename Person\.name=fullName .* --drop Person\.name/),
        },
      },
    });
    expect(await create('rename', '--rename', 'name=fullName')).toMatchObject({
      code: 0,
      answer: { created: { verified: true } },
    });
    expect(await create('again')).toEqual({ code: 0, answer: { created: null } });
  } finally {
    await rm(own, { recursive: true, force: true });
  }
});
