import { posix } from 'node:path';
import { packageOf, resolveRelative } from '../resolve.mjs';

/** Who may import whom. A package that is not named here may import nothing of ours. */
const allowed = {
  '@plinth/api': ['@plinth/db'],
  '@plinth/scripts': ['@plinth/db'],
  '@plinth/bench': ['@plinth/db', '@plinth/api', '@plinth/scripts'],
  // The system under test is met as its users meet it: processes, HTTP, files.
  '@plinth/faults': ['@plinth/db'],
};

/** scripts -> db, api -> db and nothing else; always through what the other package declares in its `exports`. */
export function* check({ code, packages }) {
  const byName = new Map([...packages].map(([folder, manifest]) => [manifest.name, { folder, manifest }]));
  for (const [folder, manifest] of packages) yield* checkManifest(folder, manifest, byName);
  for (const [file, { imports }] of code) {
    const own = packageOf(packages, file);
    for (const { specifier, line } of imports) {
      const message = specifier.startsWith('.')
        ? relativeProblem({ code, packages }, own, file, specifier)
        : namedProblem(own, file, specifier, byName);
      if (message !== undefined) yield { file, line, message };
    }
  }
}

function* checkManifest(folder, manifest, byName) {
  if (folder === '') return;
  const dependencies = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  };
  for (const name of Object.keys(dependencies)) {
    if (byName.has(name) && !mayImport(manifest.name, name)) {
      yield { file: `${folder}package.json`, line: 1, message: `${manifest.name} may not depend on ${name}` };
    }
  }
}

function namedProblem(own, file, specifier, byName) {
  const [scope, second] = specifier.split('/');
  const name = specifier.startsWith('@') ? `${scope}/${second}` : scope;
  const other = byName.get(name);
  if (other === undefined) return undefined;
  if (own?.manifest.name === name) {
    return file.startsWith(`${own.folder}src/`)
      ? `${name} imports itself by name: use a relative path`
      : undefined;
  }
  if (own !== undefined && !mayImport(own.manifest.name, name))
    return `${own.manifest.name} may not import ${name}`;
  const subpath = `.${specifier.slice(name.length)}`;
  const declared = other.manifest.exports ?? { '.': other.manifest.main };
  if (declared[subpath] === undefined) return `${specifier} is not exported by ${name}`;
  if (subpath === './testing' && file.startsWith(`${own?.folder}src/`))
    return `${specifier} is for tests, not for src`;
  return undefined;
}

function relativeProblem({ code, packages }, own, file, specifier) {
  const target = resolveRelative(code, file, specifier) ?? posix.join(posix.dirname(file), specifier);
  const other = packageOf(packages, target);
  if (other === undefined || other.folder === own?.folder) {
    // Tools serve the packages, never the other way round; a package's own test may look at the tree's root.
    return own !== undefined && other === undefined && !file.startsWith(`${own.folder}test/`)
      ? `${specifier} leaves the package: import a package by its name`
      : undefined;
  }
  if (own !== undefined) return `${specifier} reaches into ${other.manifest.name}: import it by its name`;
  return isDoor(other, target)
    ? undefined
    : `${specifier} reaches into ${other.manifest.name}: import what it exports`;
}

function mayImport(from, to) {
  return allowed[from]?.includes(to) ?? false;
}

/** Files outside every package (tools, the root's prisma.config.ts) enter a package only by a declared door. */
function isDoor({ folder, manifest }, target) {
  const doors = Object.values(manifest.exports ?? {}).map((entry) => entry['plinth-source']);
  return target === `${folder}prisma.config.ts` || doors.includes(`./${target.slice(folder.length)}`);
}
