import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A program that the repository has installed. */
export const bin = (name: string): string => join(root, 'node_modules/.bin', name);

/** A copy of the repository without tests, pages and built files, that shares its packages; a page's instructions are followed in it. */
export async function copyRepository(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-copy-'));
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
    await cp(join(root, name), join(folder, name), {
      recursive: true,
      verbatimSymlinks: true,
      // tools/docs is a folder of programs, not of pages.
      filter: (path) =>
        (!left.has(basename(path)) && !path.endsWith('db/src/generated')) || path.endsWith('tools/docs'),
    });
  }
  // pnpm's links inside the packages are relative, so they lead to the packages of the copy.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
