import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../../packages/db/src/index.js';
import {
  COMPILED,
  createTestDatabase,
  SOURCE_FLAGS,
  type TestDatabase,
} from '../../../packages/db/src/testing.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/requirements.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what is asked'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, what = '', from = '', where = '']) => ({ what, from, where }));

/** The marks of one kind in the last column, each once. */
const marked = (kind: string): string[] => [
  ...new Set(
    rows
      .flatMap(({ where }) => [...where.matchAll(/`(\w+):([^`]+)`/g)])
      .filter(([, it]) => it === kind)
      .map(([, , value = '']) => value),
  ),
];

let testDatabase: TestDatabase;
let db: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = await testDatabase.open('admin');
});
afterAll(() => testDatabase.drop());

test('every row says what, from which documents (or that it is ours), and where, by a mark', () => {
  expect(rows.length).toBeGreaterThan(90);
  const kinds = new Set(['table', 'column', 'index', 'file', 'command', 'script', 'setting', 'endpoint']);
  for (const { what, from, where } of rows) {
    expect(what.length).toBeGreaterThan(3);
    expect([what, from]).toEqual([what, expect.stringMatching(/^([0-4]( [0-4])*|ours)$/)]);
    expect([what, where]).toEqual([what, expect.stringMatching(/`\w+:[^`]+`/)]);
    for (const [, kind = ''] of where.matchAll(/`(\w+):/g)) expect(kinds).toContain(kind);
  }
});

test('every named table, column and index exists in a migrated database', async () => {
  const missing = await db.query(
    `select 'table ' || t as missing from unnest($1::text[]) t where to_regclass(t) is null
     union all select 'column ' || c from unnest($2::text[]) c where not exists (
       select from pg_attribute a where a.attrelid = to_regclass(regexp_replace(c, '\\.[^.]+$', '')) and a.attname = regexp_replace(c, '^.*\\.', '') and not a.attisdropped)
     union all select 'index ' || i from unnest($3::text[]) i where not exists (select from pg_class where relname = i and relkind in ('i', 'I'))`,
    [marked('table'), marked('column'), marked('index')],
  );
  expect(missing).toEqual([]);
});

test('every table of the schema is asked for by somebody', async () => {
  const tables = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'audit') and c.relkind in ('r', 'p') and not c.relispartition
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`,
  );
  const named = marked('table');
  expect(tables.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
});

test('every named file, script and setting exists', () => {
  const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<
    string,
    string
  >;
  const settings = readFileSync(join(root, '.env.example'), 'utf8');
  expect(marked('file').filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(marked('script').filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(marked('setting').filter((name) => !new RegExp(`^#?${name}=`, 'm').test(settings))).toEqual([]);
});

test('every named command exists: the help above it lists it', async () => {
  expect(marked('command').length).toBeGreaterThan(20);
  for (const command of marked('command'))
    expect([command, await isCommand(command)]).toEqual([command, true]);
}, 600_000);

test('every named endpoint is answered by the API', async () => {
  const program = `
    const { routes } = await import('./packages/api/src/routes.ts');
    const { probeOf } = await import('./packages/api/src/probes/paths.ts');
    const { isMetrics } = await import('./packages/api/src/metrics/serve-metrics.ts');
    const probes = ['/health', '/ready', '/startup', '/health/db'].filter((path) => probeOf(path) === path);
    if (isMetrics('/metrics')) probes.push('/metrics');
    console.log(JSON.stringify([...routes.map(({ method, path }) => method + ' ' + path), ...probes.map((path) => 'GET ' + path)]));`;
  const { stdout } = await run(
    process.execPath,
    [...SOURCE_FLAGS, '--input-type=module', '--eval', program],
    { cwd: root, env: { PATH: process.env.PATH, ...COMPILED } },
  );
  const answered = new Set(JSON.parse(stdout) as string[]);
  expect(marked('endpoint').filter((endpoint) => !answered.has(endpoint))).toEqual([]);
});

test('what does not exist would be found', async () => {
  expect(existsSync(join(root, 'docs/nothing.md'))).toBe(false);
  expect(await isCommand('nothing')).toBe(false);
  expect(await isCommand('seed nothing')).toBe(false);
});

const helps = new Map<string, string>();

/** Whether `plinth <all words but the last> --help` lists the last one. */
async function isCommand(command: string): Promise<boolean> {
  const words = command.split(' ');
  const above = words.slice(0, -1);
  const name = above.join(' ');
  const help = helps.get(name) ?? (await helpOf(above));
  helps.set(name, help);
  return help
    .slice(help.indexOf('\nCommands:'))
    .split('\n')
    .some((line) => new RegExp(`^  ${words.at(-1)}( |$)`).test(line));
}

async function helpOf(words: readonly string[]): Promise<string> {
  const cli = join(root, 'packages/scripts/src/cli.ts');
  const { stdout } = await run(process.execPath, [...SOURCE_FLAGS, cli, ...words, '--help'], {
    env: { PATH: process.env.PATH, ...COMPILED },
  });
  expect(stdout).toContain(`Usage: ${['plinth', ...words].join(' ')} `);
  return stdout;
}
