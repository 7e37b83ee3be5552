import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFacts } from './facts.mjs';

/** Folders that hold nothing we wrote: installed, built, generated or measured. */
const skippedFolders = new Set([
  'node_modules',
  'dist',
  '.git',
  '.turbo',
  '.plinth',
  'generated',
  'coverage',
]);
const isCode = (file) => /\.(ts|tsx|mts|cts|js|mjs|cjs)$/.test(file);

/**
 * Reads the tree under `root`: every path, the facts of every code file, every package.json and docs/skips.md.
 * Paths are relative with forward slashes. A file that does not parse becomes a finding in `unparsable`.
 */
export async function readProject(root) {
  const files = [];
  const folders = [];
  await walk(root, '', files, folders);
  const text = (file) => readFile(join(root, file), 'utf8');

  const code = new Map();
  const unparsable = [];
  await Promise.all(
    files.filter(isCode).map(async (file) => {
      try {
        code.set(file, await readFacts(await text(file), file));
      } catch (error) {
        unparsable.push({
          file,
          line: 1,
          rule: 'parse',
          message: String(error.message).split('\n')[0].trim(),
        });
      }
    }),
  );
  const packages = new Map();
  for (const file of files.filter((path) => /(^|\/)package\.json$/.test(path))) {
    const manifest = JSON.parse(await text(file));
    packages.set(file.slice(0, -'package.json'.length), manifest);
  }
  const skips = files.includes('docs/skips.md') ? await text('docs/skips.md') : '';
  return { root, files, folders, code, packages, skips, unparsable };
}

async function walk(root, folder, files, folders) {
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder + entry.name;
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) {
      folders.push(path);
      await walk(root, `${path}/`, files, folders);
    } else if (entry.isFile()) {
      files.push(path);
    }
  }
}
