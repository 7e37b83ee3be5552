const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const vague = new Set(['util', 'utils', 'helper', 'helpers', 'common']);
/** Names that others chose: Prisma's migration folders and lock file, and the capitals that a reader looks for at the top. */
const givenByOthers = [
  /^packages\/db\/prisma\/migrations\/\d{14}_[a-z0-9_]+$/,
  /\/migration_lock\.toml$/,
  /(^|\/)(README|CONTRIBUTING|CHANGELOG|SECURITY|LICENSE)(\.md)?$/,
  /(^|\/)Dockerfile(\.[a-z-]+)?$/,
];

/** Every file and folder is kebab-case and named for its topic. */
export function* check({ files, folders }) {
  for (const path of [...folders, ...files]) {
    const parts = path
      .slice(path.lastIndexOf('/') + 1)
      .replace(/^\./, '')
      .split('.');
    if (!givenByOthers.some((pattern) => pattern.test(path)) && !parts.every((part) => kebab.test(part))) {
      yield { file: path, line: 1, message: 'the name is not kebab-case' };
    }
    if (vague.has(parts[0]) || /(^|\/)types\.[mc]?tsx?$/.test(path)) {
      yield { file: path, line: 1, message: `"${parts[0]}" names no topic: name the file for what it does` };
    }
  }
}
