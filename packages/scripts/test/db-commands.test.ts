import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { initializeDatabase, parseDatabaseConfig, withClient } from '@plinth/db';
import { embeddedUrl, readSecrets } from '@plinth/db/embedded';
import { createHome, plinth } from './plinth.js';

let home: string;
let remove: () => Promise<void>;
const run = (args: string[], env: Record<string, string> = {}) => plinth(args, { PLINTH_HOME: home, ...env });
const json = async (args: string[], env: Record<string, string> = {}) => {
  const { code, stdout, stderr } = await run([...args, '--json'], env);
  return { code, stderr, answer: JSON.parse(stdout) };
};

beforeAll(async () => {
  ({ home, remove } = await createHome());
});
afterAll(() => remove());

test('status starts nothing; start starts once and joins after', async () => {
  expect(await json(['db', 'status'])).toMatchObject({
    code: 0,
    answer: { running: false, inUse: 'embedded' },
  });
  const first = await json(['db', 'start']);
  expect(first).toMatchObject({
    code: 0,
    answer: { started: true, major: 15, host: '127.0.0.1', database: 'plinth' },
  });
  const { pid, port } = first.answer;
  expect(await json(['db', 'start'])).toMatchObject({ answer: { started: false, pid, port } });
  expect(await json(['db', 'status'])).toMatchObject({ answer: { running: true, pid, port } });
});

describe('db url', () => {
  test.each(['app', 'migrator', 'worker', 'readonly', 'backup', 'admin'])(
    'prints the bare url of %s, and it logs in',
    async (role) => {
      const { code, stdout } = await run(['db', 'url', '--role', role]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^postgresql:\/\/\S+\/plinth\n$/);
      const user = role === 'admin' ? 'postgres' : `plinth_${role}`;
      const who = await withClient(stdout.trim(), (client) => client.query('select session_user as user'));
      expect(who.rows).toEqual([{ user }]);
    },
  );

  test('is app unless told, and with --json one document', async () => {
    const { answer, code } = await json(['db', 'url']);
    expect(code).toBe(0);
    expect(answer).toEqual({ url: await embeddedUrl({ home, role: 'app' }) });
  });

  test('is that of the environment where it names a server, and starts nothing', async () => {
    const env = {
      DATABASE_URL: 'postgresql://a@h/d',
      MIGRATE_DATABASE_URL: 'postgresql://m@h/d',
      PLINTH_HOME: `${home}/none`,
    };
    expect((await run(['db', 'url'], env)).stdout).toBe('postgresql://a@h/d\n');
    expect((await run(['db', 'url', '--role', 'migrator'], env)).stdout).toBe('postgresql://m@h/d\n');
    const parts = {
      DB_HOST: 'h',
      DB_USER: 'u',
      DB_PASSWORD: 'p:/',
      DB_NAME: 'd',
      PLINTH_HOME: `${home}/none`,
    };
    expect((await run(['db', 'url'], parts)).stdout).toBe('postgresql://u:p%3A%2F@h:5432/d\n');
    expect(await json(['db', 'start'], env)).toMatchObject({
      code: 2,
      answer: { error: { code: 'embedded_unused' } },
    });
  });
});

test.each(['', 'Bad;Name', 'a b', 'x'.repeat(64), 'postgres', 'template1'])(
  'create refuses %p as a name, with 2',
  async (name) => {
    expect(await json(['db', 'create', name])).toMatchObject({
      code: 2,
      answer: { error: { code: 'usage', message: expect.stringContaining(JSON.stringify(name)) } },
    });
  },
);

test('create makes a database with our roles, keeps one that exists, and drop removes it', async () => {
  expect(await json(['db', 'create', 'extra'])).toMatchObject({
    code: 0,
    answer: { database: 'extra', created: true },
  });
  expect(await json(['db', 'create', 'extra'])).toMatchObject({ answer: { created: false } });
  const url = await embeddedUrl({ home, role: 'app', database: 'extra' });
  await withClient(url, async (session) => {
    // An open session does not keep it.
    await session.query('select 1');
    expect(await json(['db', 'drop', 'extra', '--confirm', 'extra'])).toMatchObject({
      code: 0,
      answer: { dropped: true },
    });
  });
  expect(await json(['db', 'drop', 'extra', '--confirm', 'extra'])).toMatchObject({
    answer: { dropped: false },
  });
  await expect(withClient(url, async () => undefined)).rejects.toMatchObject({ code: 'database_missing' });
});

describe('clear', () => {
  test('empties every table and keeps schema, history and the roles', async () => {
    await deploy();
    const url = await embeddedUrl({ home, role: 'admin' });
    await withClient(url, (client) => client.query(`insert into artists (name) values ('Drake')`));
    const count = async (table: string) =>
      (await withClient(url, (client) => client.query(`select count(*)::int as n from ${table}`))).rows[0].n;
    const migrations = await count('_prisma_migrations');
    expect(migrations).toBeGreaterThan(0);
    const { code, answer } = await json(['db', 'clear', '--confirm', 'plinth']);
    expect(code).toBe(0);
    expect(answer.tables).toEqual(expect.arrayContaining(['artists', 'businesses', 'users']));
    expect(answer.tables).not.toContain('_prisma_migrations');
    for (const table of answer.tables) expect([table, await count(`"${table}"`)]).toEqual([table, 0]);
    expect(await count('_prisma_migrations')).toBe(migrations);
  });

  test('gives up with "locked" when a session holds a table', async () => {
    await withClient(await embeddedUrl({ home, role: 'admin' }), async (holder) => {
      await holder.query('begin; lock table artists in access share mode');
      expect(await json(['db', 'clear', '--confirm', 'plinth'])).toMatchObject({
        code: 11,
        answer: { error: { code: 'lock_timeout' } },
      });
    });
  });
});

describe.each([
  ['drop', ['db', 'drop', 'plinth'], ['--confirm', 'plinth']],
  ['clear', ['db', 'clear'], ['--confirm', 'plinth']],
])('%s', (_verb, command, confirmed) => {
  test('is refused without its confirmation and with a wrong one, naming the right one', async () => {
    for (const args of [command, [...command, '--confirm', 'plinth2']]) {
      expect(await json(args)).toMatchObject({
        code: 24,
        answer: { error: { code: 'refused', fix: 'add --confirm plinth' } },
      });
    }
    expect((await run(['db', 'status'])).code).toBe(0);
  });

  test('is refused in production whatever is confirmed', async () => {
    expect(await json([...command, ...confirmed], { NODE_ENV: 'production' })).toMatchObject({
      code: 24,
      answer: { error: { code: 'refused', message: expect.stringContaining('production') } },
    });
    await withClient(await embeddedUrl({ home, role: 'app' }), (client) =>
      client.query('select count(*) from artists'),
    );
  });
});

test('drop leaves the server its own databases', async () => {
  expect(await json(['db', 'drop', 'postgres', '--confirm', 'postgres'])).toMatchObject({ code: 24 });
});

test('another major is refused with both ways out and the code for it', async () => {
  const { code, answer } = await json(['db', 'start'], { PLINTH_PG_MAJOR: '18' });
  expect(code).toBe(22);
  expect(answer.error).toMatchObject({
    code: 'embedded_other_major',
    fix: expect.stringMatching(/PLINTH_PG_MAJOR=15.*PLINTH_HOME/),
  });
});

test('stop stops, and says when there is nothing to stop', async () => {
  expect(await json(['db', 'stop'])).toMatchObject({ code: 0, answer: { stopped: true } });
  expect(await json(['db', 'stop'])).toMatchObject({ code: 0, answer: { stopped: false } });
});

async function deploy(): Promise<void> {
  await initializeDatabase({
    config: parseDatabaseConfig({ DATABASE_URL: await embeddedUrl({ home, role: 'app' }) }),
    adminUrl: await embeddedUrl({ home, role: 'admin', database: 'postgres' }),
    migrateUrl: await embeddedUrl({ home, role: 'migrator' }),
    passwords: (await readSecrets(home)).passwords,
  });
}
