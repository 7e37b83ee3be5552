import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { COMPILED } from '../../../packages/db/src/testing.js';

const run = promisify(execFile);

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A copy of the repository without tests, pages and built files, that shares its packages; a page's instructions are followed in it. */
export async function copyRepository(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-copy-'));
  const left = new Set(['test', '.git', 'dist', '.turbo', '.plinth', 'results', 'docs']);
  for (const name of [
    'packages',
    'bench',
    'faults',
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

/** Generates, compiles and deploys a changed copy on an empty database, and wants no difference between schema and database. */
export async function buildAndDeploy(folder: string, migratorUrl: string): Promise<void> {
  const bin = (name: string) => join(root, 'node_modules/.bin', name);
  const env = { PATH: process.env.PATH, ...COMPILED, DATABASE_URL: migratorUrl };
  const inDb = { cwd: join(folder, 'packages/db'), env };
  await run(bin('prisma'), ['generate', '--no-hints'], inDb);
  await run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'], { cwd: folder, env }).catch(
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
}
