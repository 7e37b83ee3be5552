import { describe, expect, test } from '@jest/globals';
import { lintTree, workspace } from './planted-tree.js';

const plant = async (files: Record<string, string>) => (await lintTree({ ...workspace, ...files })).findings;

describe('import direction', () => {
  test('the allowed ways are silent: api, scripts, bench and faults to db by its name, tools through a declared door', async () => {
    const result = await lintTree({
      ...workspace,
      'packages/api/src/app.ts': "import { open } from '@plinth/db';\nexport const app = open;\n",
      'packages/api/test/app.test.ts': "import '@plinth/db/testing';\nimport '../src/app.js';\n",
      'packages/scripts/src/cli.ts': "await import('@plinth/db');\n",
      'bench/package.json': JSON.stringify({
        name: '@plinth/bench',
        dependencies: { '@plinth/api': 'workspace:*' },
      }),
      'bench/run.ts': "import '@plinth/api';\n",
      'faults/package.json': JSON.stringify({
        name: '@plinth/faults',
        dependencies: { '@plinth/db': 'workspace:*' },
      }),
      'faults/run.ts': "import '@plinth/db/testing';\n",
      'tools/jest/servers.ts': "import '../../packages/db/src/testing.js';\n",
    });
    expect(result).toEqual({ findings: [], code: 0 });
  });

  test('db may import neither api nor scripts', async () => {
    expect(
      await plant({
        'packages/db/src/a.ts': "\nimport '@plinth/api';\nexport { x } from '@plinth/scripts';\n",
      }),
    ).toEqual([
      'packages/db/src/a.ts:2 import-direction: @plinth/db may not import @plinth/api',
      'packages/db/src/a.ts:3 import-direction: @plinth/db may not import @plinth/scripts',
    ]);
  });

  test('the fault suite meets api and scripts as processes, never as code', async () => {
    expect(
      await plant({
        'faults/package.json': JSON.stringify({ name: '@plinth/faults' }),
        'faults/world.ts': "import '@plinth/api';\n",
      }),
    ).toEqual(['faults/world.ts:1 import-direction: @plinth/faults may not import @plinth/api']);
  });

  test('api and scripts may not import each other, in no form of import', async () => {
    const files = {
      'packages/api/src/a.ts': "import type { X } from '@plinth/scripts';\nexport type Y = X;\n",
      'packages/api/src/b.ts': "export const load = () => import('@plinth/scripts');\n",
      'packages/api/src/c.ts': "export type Z = import('@plinth/scripts').Z;\n",
      'packages/scripts/src/d.ts': "import api = require('@plinth/api');\nexport { api };\n",
      'packages/scripts/src/e.ts': "export const where = import.meta.resolve('@plinth/api');\n",
    };
    expect(await plant(files)).toEqual([
      'packages/api/src/a.ts:1 import-direction: @plinth/api may not import @plinth/scripts',
      'packages/api/src/b.ts:1 import-direction: @plinth/api may not import @plinth/scripts',
      'packages/api/src/c.ts:1 import-direction: @plinth/api may not import @plinth/scripts',
      'packages/scripts/src/d.ts:1 import-direction: @plinth/scripts may not import @plinth/api',
      'packages/scripts/src/e.ts:1 import-direction: @plinth/scripts may not import @plinth/api',
    ]);
  });

  test('imports in comments and strings do not count', async () => {
    const text =
      "// import '@plinth/api';\n/* import '@plinth/api' */\nexport const a = `import '@plinth/api'`;\n";
    expect(await plant({ 'packages/db/src/a.ts': text })).toEqual([]);
  });

  test('a deep import is refused by name and by path', async () => {
    const files = {
      'packages/api/src/a.ts': "import '@plinth/db/src/open.js';\nimport '../../db/src/index.js';\n",
      'tools/a.ts': "import '../packages/db/src/open.js';\n",
    };
    expect(await plant(files)).toEqual([
      'packages/api/src/a.ts:1 import-direction: @plinth/db/src/open.js is not exported by @plinth/db',
      'packages/api/src/a.ts:2 import-direction: ../../db/src/index.js reaches into @plinth/db: import it by its name',
      'tools/a.ts:1 import-direction: ../packages/db/src/open.js reaches into @plinth/db: import what it exports',
    ]);
  });

  test('src imports neither tools, nor its own package by name, nor what is made for tests', async () => {
    const files = {
      'tools/a.ts': 'export const a = 1;\n',
      'packages/db/src/a.ts': "import '../../../tools/a.js';\nimport '@plinth/db';\n",
      'packages/api/src/a.ts': "import '@plinth/db/testing';\n",
    };
    expect(await plant(files)).toEqual([
      'packages/api/src/a.ts:1 import-direction: @plinth/db/testing is for tests, not for src',
      'packages/db/src/a.ts:1 import-direction: ../../../tools/a.js leaves the package: import a package by its name',
      'packages/db/src/a.ts:2 import-direction: @plinth/db imports itself by name: use a relative path',
    ]);
  });

  test('package.json may not declare a forbidden dependency', async () => {
    const manifest = JSON.stringify({
      name: '@plinth/scripts',
      devDependencies: { '@plinth/api': 'workspace:*' },
    });
    expect(await plant({ 'packages/scripts/package.json': manifest })).toEqual([
      'packages/scripts/package.json:1 import-direction: @plinth/scripts may not depend on @plinth/api',
    ]);
  });
});
