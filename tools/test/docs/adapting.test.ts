import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../packages/db/src/testing.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The table of docs/adapting.md: what to remove, and from where. */
const removals = [
  ...readFileSync(join(root, 'docs/adapting.md'), 'utf8').matchAll(
    /^\| `([^`]+)` \| (all|lines with `(.+)`) \|$/gm,
  ),
].map(([, file = '', what, pattern = '']) => ({ file, all: what === 'all', lines: toPattern(pattern) }));

let copy: string;
let database: TestDatabase;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'plinth-adapting-'));
  database = await createTestDatabase({ empty: true });
  // Tests that use the domain are its users' to delete.
  const left = new Set(['test', '.git', 'dist', '.turbo', '.plinth', 'results', 'docs']);
  for (const name of [
    'packages',
    'bench',
    'tools',
    'prisma.config.ts',
    'tsconfig.json',
    'tsconfig.base.json',
    'package.json',
  ]) {
    await cp(join(root, name), join(copy, name), {
      recursive: true,
      verbatimSymlinks: true,
      // tools/docs is a folder of programs, not of pages.
      filter: (path) =>
        (!left.has(basename(path)) && !path.endsWith('db/src/generated')) || path.endsWith('tools/docs'),
    });
  }
  // pnpm's links inside the packages are relative, so they lead to the packages of the copy.
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
}, 120_000);
afterAll(async () => {
  await database.drop();
  await rm(copy, { recursive: true, force: true });
});

function toPattern(text: string): RegExp {
  const [, source = '', flags = ''] = /^\/(.*)\/(\w*)$/.exec(text.replaceAll('\\|', '|')) ?? [];
  return new RegExp(source, flags);
}

test('without the domain giving, removed as docs/adapting.md says, the rest generates, compiles, deploys and does not drift', async () => {
  expect(removals.length).toBeGreaterThan(4);
  for (const { file, all, lines } of removals) {
    const path = join(copy, file);
    // Each line of the table has to be needed: it names something that is there.
    if (all) {
      await stat(path);
      await rm(path, { recursive: true });
      continue;
    }
    const text = await readFile(path, 'utf8');
    const kept = text.split('\n').filter((line) => !lines.test(line));
    expect([file, kept.length]).not.toEqual([file, text.split('\n').length]);
    await writeFile(path, kept.join('\n'));
  }
  const env = { PATH: process.env.PATH, DATABASE_URL: database.url('migrator') };
  const bin = (name: string) => join(root, 'node_modules/.bin', name);
  const inDb = { cwd: join(copy, 'packages/db'), env };
  await run(bin('prisma'), ['generate', '--no-hints'], inDb);
  await run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'], { cwd: copy, env }).catch(
    (error: { stdout: string }) => {
      throw new Error(error.stdout);
    },
  );
  await run(bin('prisma'), ['migrate', 'deploy'], inDb);
  await run(
    bin('prisma'),
    ['migrate', 'diff', '--exit-code', '--from-config-datasource', '--to-schema', 'prisma/schema'],
    inDb,
  );
  const admin = await database.open('admin');
  const left = await admin.query(`select relname from pg_class where relname ~ 'campaign|contribution'`);
  expect(left).toEqual([]);
}, 180_000);
