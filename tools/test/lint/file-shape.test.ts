import { describe, expect, test } from '@jest/globals';
import { lintTree } from './planted-tree.js';

const linesOf = (count: number) => 'export {};\n'.repeat(count);

describe('line limit', () => {
  test('401 lines are one too many, 400 are not', async () => {
    const { findings } = await lintTree({
      'packages/db/src/long.ts': linesOf(401),
      'packages/db/src/full.ts': linesOf(400),
      'tools/long.mjs': linesOf(402),
    });
    expect(findings).toEqual([
      'packages/db/src/long.ts:401 line-limit: 401 lines, the limit is 400: split it by topic',
      'tools/long.mjs:401 line-limit: 402 lines, the limit is 400: split it by topic',
    ]);
  });

  test('generated code, SQL and seed data may be longer', async () => {
    const { findings } = await lintTree({
      'packages/db/src/generated/client.ts': linesOf(500),
      'packages/db/src/seed/data/artists.ts': linesOf(500),
      'packages/db/prisma/bootstrap/roles.sql': '--\n'.repeat(500),
    });
    expect(findings).toEqual([]);
  });
});

describe('names', () => {
  test('files and folders are kebab-case', async () => {
    const { findings } = await lintTree({
      'packages/db/src/connectionPool.ts': 'export {};\n',
      'packages/db/src/Query_Log/a.ts': 'export {};\n',
      'docs/Deploy.md': '\n',
    });
    expect(findings).toEqual([
      'docs/Deploy.md:1 names: the name is not kebab-case',
      'packages/db/src/connectionPool.ts:1 names: the name is not kebab-case',
      'packages/db/src/Query_Log:1 names: the name is not kebab-case',
    ]);
  });

  test('names without a topic are refused', async () => {
    const { findings } = await lintTree({
      'packages/db/src/utils.ts': 'export {};\n',
      'packages/db/src/pool/types.ts': 'export {};\n',
      'packages/db/test/helpers/a.ts': 'export {};\n',
      'packages/api/src/common.test.ts': 'export {};\n',
    });
    expect(findings).toEqual([
      'packages/api/src/common.test.ts:1 names: "common" names no topic: name the file for what it does',
      'packages/db/src/pool/types.ts:1 names: "types" names no topic: name the file for what it does',
      'packages/db/src/utils.ts:1 names: "utils" names no topic: name the file for what it does',
      'packages/db/test/helpers:1 names: "helpers" names no topic: name the file for what it does',
    ]);
  });

  test('names that others chose are accepted', async () => {
    const { findings } = await lintTree({
      'README.md': '\n',
      '.env.example': '\n',
      'prisma.config.ts': 'export {};\n',
      'packages/db/prisma/migrations/20261121000000_create_identity/migration.sql': '\n',
      'packages/db/prisma/migrations/migration_lock.toml': '\n',
      'docs/decisions/0001-prisma-seven.md': '\n',
    });
    expect(findings).toEqual([]);
  });
});

describe('barrels', () => {
  test('export * and index files below the front door are refused', async () => {
    const { findings } = await lintTree({
      'packages/db/src/index.ts': "export * from './open.js';\nexport * from './generated/models.js';\n",
      'packages/db/src/open.ts': 'export const open = 1;\n',
      'packages/db/src/pool/index.ts': 'export {};\n',
    });
    expect(findings).toEqual([
      'packages/db/src/index.ts:1 barrels: export * hides what is exported: name each export',
      'packages/db/src/pool/index.ts:1 barrels: index files are only packages/<name>/src/index.ts: name the file for its topic',
    ]);
  });
});

test('a file that does not parse is a finding, not a crash', async () => {
  const { findings, code } = await lintTree({ 'tools/broken.mjs': 'const = 1;\n' });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatch(/^tools\/broken\.mjs:1 parse: /);
  expect(code).toBe(1);
});
