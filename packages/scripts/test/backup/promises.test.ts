import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { repositoryRoot } from '../plinth.js';

test('docs/backup-restore.md names a test that exists for each promise: T3, T6, T20 to T39 and T61', async () => {
  const text = await readFile(join(repositoryRoot, 'docs/backup-restore.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (T\d+) \| .+ \| `([a-z-]+)` (.+) \|$/gm)];
  const missing: string[] = [];
  for (const [, id, file, title = ''] of rows) {
    const source = await readFile(join(import.meta.dirname, `${file}.test.ts`), 'utf8');
    if (!["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`)))
      missing.push(`${id}: ${file}.test.ts has no test "${title}"`);
  }
  expect(missing).toEqual([]);
  const wanted = ['T3', 'T6', ...Array.from({ length: 20 }, (_, i) => `T${20 + i}`), 'T61'];
  expect([...new Set(rows.map(([, id]) => id))]).toEqual(wanted);
});
