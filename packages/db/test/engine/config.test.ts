import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../src/testing.js';
import { prisma } from './project.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const folders = [
  ['the root', root],
  ['packages/db', join(root, 'packages/db')],
] as const;
const unset = { DATABASE_URL: '', MIGRATE_DATABASE_URL: '', DB_HOST: '' };

let home: string;
let db: TestDatabase;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plinth-home-'));
  db = await createTestDatabase({ empty: true });
});
afterAll(async () => {
  await rm(home, { recursive: true });
  await db.drop();
});

describe.each(folders)('from %s', (_name, cwd) => {
  test('validate and format need no database and start none', async () => {
    const env = { ...unset, PLINTH_HOME: join(home, 'untouched') };
    const [validate, format] = await Promise.all([
      prisma(cwd, ['validate'], env),
      prisma(cwd, ['format', '--check'], env),
    ]);
    expect([validate.code, validate.stdout]).toEqual([0, expect.stringContaining('valid')]);
    expect(`${format.stdout}${format.stderr}`).toMatch(
      /All files are formatted correctly|There are unformatted files/,
    );
    expect(existsSync(env.PLINTH_HOME)).toBe(false);
  });

  test("migrate status reads this repository's migrations in the database of DB_HOST and its parts", async () => {
    const url = new URL(db.url('migrator'));
    const parts = {
      DB_HOST: url.hostname,
      DB_PORT: url.port,
      DB_USER: url.username,
      DB_PASSWORD: decodeURIComponent(url.password),
      DB_NAME: db.name,
    };
    const { stdout, stderr } = await prisma(cwd, ['migrate', 'status'], { ...unset, ...parts });
    expect(stdout).toContain(`PostgreSQL database "${db.name}"`);
    expect(`${stdout}${stderr}`).toContain('Following migrations have not yet been applied');
  });
});

test('MIGRATE_DATABASE_URL wins over DATABASE_URL', async () => {
  const env = {
    MIGRATE_DATABASE_URL: db.url('migrator'),
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/nowhere',
  };
  const { stdout } = await prisma(root, ['migrate', 'status'], { ...unset, ...env });
  expect(stdout).toContain(`PostgreSQL database "${db.name}"`);
});
