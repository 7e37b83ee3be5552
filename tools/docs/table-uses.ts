import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The production code that writes and reads one table: files, relative to the root. */
export interface TableUse {
  table: string;
  writers: string[];
  readers: string[];
}

/** Made up rows and generic shapes are no use of a table. */
const NOT_PRODUCTION =
  /\/(generated|seed|test)\/|\/seed\.ts$|\/repositories\/(repository|reads|writes|table|columns|conditions|definition|model-types|topic-statement)\.ts$/;
const WRITE_METHODS =
  'create|createMany|update|updateMany|updateManyAndReturn|upsert|delete|deleteMany|softDelete|restore';
const READ_METHODS = 'get|find|list|count|exists|findUnique|findFirst|findMany';

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !NOT_PRODUCTION.test(path))
    .sort();
}

/** Tables of the Prisma schema with the name that Prisma's client gives them, and the audit tables. */
async function tables(root: string): Promise<{ table: string; model: string | undefined }[]> {
  const folder = join(root, 'packages/db/prisma/schema');
  const found: { table: string; model: string | undefined }[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, model = '', table = ''] of text.matchAll(/^model (\w+) \{[\s\S]*?@@map\("(\w+)"\)/gm)) {
      found.push({ table, model: model[0]?.toLowerCase() + model.slice(1) });
    }
  }
  const audit = ['audit_log', 'audit_seals', 'security_events', 'data_access_log'];
  return [...found, ...audit.map((table) => ({ table, model: undefined }))];
}

/** Every name under which repositories of a table go: `const campaignRows = createRepository({ table: 'campaigns' })`, `{ ...campaignRows }`. */
function repositoryNames(texts: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const text of texts) {
    for (const [, name = '', table = ''] of text.matchAll(
      /const (\w+) = createRepository\(\{[^}]*?table: '(\w+)'/g,
    )) {
      names.set(name, table);
    }
    for (const [, name = '', base = ''] of text.matchAll(/const (\w+) = \{ \.\.\.(\w+),/g)) {
      const table = names.get(base);
      if (table) names.set(name, table);
    }
  }
  return names;
}

/**
 * Finds who uses which table by reading the source: SQL, calls of repositories, resources of the API, Prisma's models,
 * and, for what only the database itself writes, the functions and triggers of the migrations.
 */
export async function findTableUses(root: string): Promise<TableUse[]> {
  const paths = (
    await Promise.all(['db', 'api', 'scripts'].map((name) => sources(join(root, 'packages', name, 'src'))))
  ).flat();
  const migrations = join(root, 'packages/db/prisma/migrations');
  const scripts = (await readdir(migrations, { recursive: true }))
    .filter((path) => path.endsWith('/migration.sql'))
    .sort();
  const files = await Promise.all(
    [...paths, ...scripts.map((path) => join(migrations, path))].map(async (path) => ({
      path: relative(root, path),
      text: await readFile(path, 'utf8'),
    })),
  );
  const names = repositoryNames(files.map(({ text }) => text));
  return (await tables(root)).map(({ table, model }) => {
    const repositories = [...names].filter(([, of]) => of === table).map(([name]) => name);
    const use: TableUse = { table, writers: [], readers: [] };
    for (const { path, text } of files) {
      const { writes, reads } = usesIn(path, text, table, model, repositories);
      if (writes) use.writers.push(path);
      if (reads) use.readers.push(path);
    }
    return use;
  });
}

function usesIn(
  path: string,
  text: string,
  table: string,
  model: string | undefined,
  repositories: readonly string[],
): { writes: boolean; reads: boolean } {
  const quoted = `(?:"?(?:public|audit)"?\\.)?"?${table}"?(?![\\w"])`;
  // In migrations only what functions and triggers do later counts; their bodies alone qualify every name.
  const sql = path.endsWith('.sql') ? `"?(?:public|audit)"?\\."?${table}"?(?![\\w"])` : quoted;
  const any = (pattern: string) => new RegExp(pattern, 'i').test(text);
  const callers = [...repositories, ...(model ? [`\\w+\\.${model}`] : [])];
  const called = (methods: string) =>
    callers.some((name) => new RegExp(`(?<![\\w.])${name}\\.(?:${methods})\\(`).test(text));
  const resource = repositories.some((name) => new RegExp(`repository: ${name}\\b`).test(text));
  return {
    writes:
      any(`(?:insert into|update|delete from)\\s+${sql}`) ||
      called(WRITE_METHODS) ||
      (resource && /access: \{[^}]*(?:create|change|delete):/.test(text)),
    reads: any(`(?:from|join)\\s+${sql}`) || called(READ_METHODS) || resource,
  };
}
