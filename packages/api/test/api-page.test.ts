import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApiClient } from '@plinth/api/client';
import { transformSync } from '@swc/core';
import { createTestApi, insertArtist, PASSWORD, type TestApi, type TestUser } from './support/api.js';

const run = promisify(execFile);
let api: TestApi;
let ann: TestUser;
let page: string;
beforeAll(async () => {
  api = await createTestApi();
  ann = await api.signUp('ann');
  for (const name of ['Accordion Army', 'Brass Brothers', 'Cello Club', 'Drake'])
    await insertArtist(api.admin, name);
  page = await readFile(fileURLToPath(new URL('../../../docs/api.md', import.meta.url)), 'utf8');
});
afterAll(() => api.close());

test('the commands of docs/api.md, one after the other, print what stands below them', async () => {
  const examples = [...page.matchAll(/```sh\n(.*?)```\n```\n(.*?)```/gs)];
  expect(examples).toHaveLength(3);
  const folder = await mkdtemp(join(tmpdir(), 'plinth-api-page-'));
  try {
    const script = examples.map(([, commands]) => `${commands}\necho ---`).join('\n');
    const env = { PATH: process.env.PATH, API: api.url, EMAIL: ann.email, PASSWORD };
    const { stdout } = await run('bash', ['-c', script], { cwd: folder, env });
    expect(stdout.split('---\n').slice(0, 3)).toEqual(examples.map(([, , output]) => output));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the example of the typed client compiles away to what it says', async () => {
  const code = /<!-- example: client -->\n```ts\n(.*?)```/s.exec(page)?.[1] ?? '';
  const [line = '', ...rest] = code.split('\n');
  expect(line).toBe("import { createApiClient } from '@plinth/api/client';");
  const source = `export const example = async (createApiClient: any, baseUrl: any, accessToken: any) => {\n${rest.join('\n')}\nreturn names;\n};`;
  const options = {
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  } as const;
  const module = { exports: {} as { example?: (...given: unknown[]) => Promise<string[]> } };
  new Function('module', 'exports', transformSync(source, options).code)(module, module.exports);
  expect(await module.exports.example?.(createApiClient, api.url, ann.accessToken)).toEqual(['Drake']);
});
