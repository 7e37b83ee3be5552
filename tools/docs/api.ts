/** `pnpm docs:api`: writes the typed client's paths and docs/reference.md from the routes. With --check: only says whether they are current. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderClientPaths } from './client-paths.js';
import { renderReference } from './reference-page.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = {
  'packages/api/src/client/generated/paths.ts': await renderClientPaths(),
  'docs/reference.md': await renderReference(root),
};

let stale = 0;
for (const [file, text] of Object.entries(files)) {
  const path = join(root, file);
  const current = await readFile(path, 'utf8').catch(() => '');
  if (current === text) continue;
  if (process.argv.includes('--check')) {
    stale++;
    console.error(`${file} is not what the routes say; fix: run pnpm docs:api`);
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
