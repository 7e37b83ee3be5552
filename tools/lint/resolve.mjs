import { posix } from 'node:path';

const endings = ['', '.ts', '.tsx', '.mts', '.mjs', '.js', '/index.ts'];

/** The repository file a relative specifier means (`./a.js` is `a.ts` here), undefined where none exists. */
export function resolveRelative(code, from, specifier) {
  const target = posix.join(posix.dirname(from), specifier.replace(/[?#].*$/, ''));
  const stem = target.replace(/\.([mc]?)js$/, '.$1ts');
  return [target, stem, ...endings.map((ending) => target + ending)].find((candidate) => code.has(candidate));
}

/** The workspace package whose folder holds `file`: its folder and manifest, undefined for root files and tools. */
export function packageOf(packages, file) {
  for (const [folder, manifest] of packages) {
    if (folder !== '' && file.startsWith(folder)) return { folder, manifest };
  }
  return undefined;
}
