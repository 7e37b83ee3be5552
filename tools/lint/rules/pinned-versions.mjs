const exact = /^(workspace:\*|(npm:(@[a-z0-9._-]+\/)?[a-z0-9._-]+@)?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?)$/;

/** Every dependency is one exact version: an install today and one in a year give the same tree. */
export function* check({ packages }) {
  for (const [folder, manifest] of packages) {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
        if (!exact.test(version)) {
          yield {
            file: `${folder}package.json`,
            line: 1,
            message: `${name} "${version}" is not an exact version`,
          };
        }
      }
    }
    const manager = manifest.packageManager?.split('@')[1];
    if (manager !== undefined && !exact.test(manager)) {
      yield {
        file: `${folder}package.json`,
        line: 1,
        message: `packageManager "${manifest.packageManager}" is not an exact version`,
      };
    }
  }
}
