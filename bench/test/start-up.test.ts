import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startUpCase } from '../cases/start-up.js';
import type { CaseContext } from '../harness/bench-case.js';
import { runCase } from '../harness/result.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-start-up-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A repository whose `npm start` runs `program` and notes each start and stop in `journal`. */
async function plantRepository(
  name: string,
  program: string,
): Promise<{ context: CaseContext; journal: string }> {
  const root = join(folder, name);
  const journal = join(folder, `${name}.journal`);
  await mkdir(root);
  await writeFile(join(root, 'package.json'), JSON.stringify({ scripts: { start: 'node server.mjs' } }));
  await writeFile(join(root, 'server.mjs'), program);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'plant');
  const env = { PATH: process.env.PATH ?? '', HOME: folder, JOURNAL: journal };
  const openDatabase = () => Promise.reject(new Error('start-up opens no database'));
  return { context: { root, quick: true, rows: undefined, env, log: () => {}, openDatabase }, journal };
}

const server = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
const first = !existsSync('started-before');
writeFileSync('started-before', '');
const note = (line) => appendFileSync(process.env.JOURNAL, line + '\\n');
note(first ? 'first start' : 'second start');
const readyAt = Date.now() + (first ? 600 : 100);
createServer((request, response) => {
  const ready = request.url === '/ready' && Date.now() >= readyAt;
  response.writeHead(ready ? 200 : 503).end(JSON.stringify({ status: ready ? 'ready' : 'not_ready' }));
}).listen(process.env.PORT, '127.0.0.1');
process.on('SIGINT', () => { note('stopped'); process.exit(0); });
`;

test('a bare clone and a second start are each timed to /ready 200 and stopped by SIGINT', async () => {
  const { context, journal } = await plantRepository('good', server);
  const prepared = await startUpCase.prepare(context);
  try {
    const { results } = await runCase(startUpCase, prepared, { quick: true, log: () => {} });
    const [bare, second] = results[0]?.sides ?? [];
    expect([bare?.name, second?.name]).toEqual(['bare clone', 'second start']);
    expect(bare?.median).toBeGreaterThan(600);
    expect(second?.median).toBeGreaterThan(100);
  } finally {
    await prepared.close();
  }
  // One start of each side to compare their answers, one to time them.
  const round = ['first start', 'stopped', 'second start', 'stopped'];
  expect((await readFile(journal, 'utf8')).trim().split('\n')).toEqual([...round, ...round]);
});

test('a start that ends before it is ready fails the case with the end of its output', async () => {
  const { context } = await plantRepository('bad', "console.error('no port left');\nprocess.exit(3);\n");
  const prepared = await startUpCase.prepare(context);
  try {
    await expect(prepared.sides[0]?.answer()).rejects.toThrow(/^npm start ended with 3; [\s\S]*no port left/);
  } finally {
    await prepared.close();
  }
});
