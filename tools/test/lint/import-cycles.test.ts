import { expect, test } from '@jest/globals';
import { lintTree } from './planted-tree.js';

test('an import cycle is reported once, with its whole way', async () => {
  const { findings } = await lintTree({
    'packages/db/src/a.ts': "import './b.js';\n",
    'packages/db/src/b.ts': "import type { C } from './deep/c.js';\nexport type B = C;\n",
    'packages/db/src/deep/c.ts': "export type { A as C } from '../a.js';\n",
    'packages/db/src/outside.ts': "import './a.js';\n",
  });
  expect(findings).toEqual([
    'packages/db/src/a.ts:1 import-cycles: import cycle: packages/db/src/a.ts -> packages/db/src/b.ts -> packages/db/src/deep/c.ts -> packages/db/src/a.ts',
  ]);
});

test('a file that imports itself is a cycle of one', async () => {
  const { findings } = await lintTree({ 'tools/a.mjs': "export const again = () => import('./a.mjs');\n" });
  expect(findings).toEqual(['tools/a.mjs:1 import-cycles: import cycle: tools/a.mjs -> tools/a.mjs']);
});

test('two ways to the same file are no cycle', async () => {
  const { findings } = await lintTree({
    'tools/a.mjs': "import './b.mjs';\nimport './c.mjs';\n",
    'tools/b.mjs': "import './d.mjs';\n",
    'tools/c.mjs': "import './d.mjs';\n",
    'tools/d.mjs': 'export const d = 1;\n',
  });
  expect(findings).toEqual([]);
});
