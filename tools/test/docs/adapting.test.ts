import { readFileSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../packages/db/src/testing.js';
import { buildAndDeploy, copyRepository, root } from './repository-copy.js';

/** The table of docs/adapting.md: what to remove, and from where. */
const removals = [
  ...readFileSync(join(root, 'docs/adapting.md'), 'utf8').matchAll(
    /^\| `([^`]+)` \| (all|lines with `(.+)`) \|$/gm,
  ),
].map(([, file = '', what, pattern = '']) => ({ file, all: what === 'all', lines: toPattern(pattern) }));

let copy: string;
let remove: () => Promise<void>;
let database: TestDatabase;
beforeAll(async () => {
  // Tests that use the domain are its users' to delete: the copy has none.
  ({ folder: copy, remove } = await copyRepository());
  database = await createTestDatabase({ empty: true });
}, 120_000);
afterAll(async () => {
  await database.drop();
  await remove();
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
  await buildAndDeploy(copy, database.url('migrator'));
  const admin = await database.open('admin');
  const left = await admin.query(`select relname from pg_class where relname ~ 'campaign|contribution'`);
  expect(left).toEqual([]);
}, 180_000);
