import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../packages/db/src/testing.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The shell blocks of "Try it" that are followed by what they print. */
const tryIt = readme.slice(readme.indexOf('## Try it'), readme.indexOf('## What is where'));
const examples = [...tryIt.matchAll(/```sh\n(.*?)```\n```\n(.*?)```/gs)].map(
  ([, commands = '', printed = '']) => ({ commands, printed }),
);

const home = mkdtempSync(join(tmpdir(), 'plinth-readme-'));
let port: number;
const env = () => ({ PATH: process.env.PATH, HOME: home, PLINTH_HOME: home, PORT: String(port) });
const plinth = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['tools/run.mjs', ...args], { cwd: root, env: env() });

beforeAll(async () => {
  port = await freePort();
  await plinth('up');
}, 120_000);
afterAll(async () => {
  await plinth('down').finally(() => rmSync(home, { recursive: true, force: true }));
});

test('the examples answer as printed, also after a restart', async () => {
  expect(examples).toHaveLength(3);
  // One shell for all: later examples use the token of earlier ones.
  const script = examples
    .map(({ commands }) => `${commands}\necho\necho ---`)
    .join('\n')
    .replaceAll('localhost:8080', `127.0.0.1:${port}`);
  const outputs = (await shell(script)).split('\n---\n').map((output) => output.trim());
  expect(outputs.slice(0, examples.length)).toEqual(examples.map(({ printed }) => printed.trim()));

  await plinth('down');
  await plinth('up');
  const findAgain = `${examples[1]?.commands.split('curl -s "localhost:8080/v1/artists')[0]}
    curl -s 127.0.0.1:${port}/v1/me/blocks -H "authorization: Bearer $TOKEN"`.replaceAll(
    'localhost:8080',
    `127.0.0.1:${port}`,
  );
  expect(await shell(findAgain)).toContain('"tags":["too-loud"],"note":"Not before noon"');
}, 120_000);

test('`pnpm plinth --json` writes one JSON document to stdout, and nothing of pnpm beside it', async () => {
  const pnpm = join(root, 'node_modules/.bin/pnpm');
  const { stdout } = await promisify(execFile)(pnpm, ['plinth', 'db', 'status', '--json'], {
    cwd: root,
    env: env(),
  });
  expect(JSON.parse(stdout)).toMatchObject({ running: true });
}, 60_000);

function shell(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
