import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const lint = join(import.meta.dirname, '../../lint.mjs');

/** The packages of this repository as far as the rules look at them. */
export const workspace = {
  'packages/db/package.json': JSON.stringify({
    name: '@plinth/db',
    exports: {
      '.': { 'plinth-source': './src/index.ts' },
      './testing': { 'plinth-source': './src/testing.ts' },
    },
  }),
  'packages/db/src/index.ts': "export { open } from './open.js';\n",
  'packages/db/src/open.ts': 'export const open = 1;\n',
  'packages/db/src/testing.ts': 'export const testing = 1;\n',
  'packages/api/package.json': JSON.stringify({
    name: '@plinth/api',
    main: './dist/main.js',
    dependencies: { '@plinth/db': 'workspace:*' },
  }),
  'packages/scripts/package.json': JSON.stringify({
    name: '@plinth/scripts',
    dependencies: { '@plinth/db': 'workspace:*' },
  }),
};

/** Lints a tree made of `files` (path to text) as `node tools/lint.mjs` does; answers its findings and exit code. */
export async function lintTree(files: Record<string, string>): Promise<{ findings: string[]; code: number }> {
  const root = await mkdtemp(join(tmpdir(), 'plinth-lint-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return await new Promise((resolve) => {
      execFile(process.execPath, [lint, root], (error, _stdout, stderr) => {
        resolve({ findings: stderr.trim().split('\n').slice(0, -1), code: Number(error?.code ?? 0) });
      });
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
