/**
 * `pnpm docs:dashboard`: takes docs/dashboard.png and docs/dashboard-dark.png of a system of its own, with demonstration
 * data, some minutes of load, and one session that keeps another waiting.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withClient } from '../../packages/db/src/index.js';
import { freePort } from '../../packages/db/src/testing.js';
import { openBrowser } from '../browser/open-browser.js';

const LOAD_MS = 150_000;
const MAX_BYTES = 300_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const home = await mkdtemp(join(tmpdir(), 'plinth-picture-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const env = {
  PATH: process.env.PATH,
  PLINTH_HOME: home,
  PORT: String(port),
  MONITORING_INTERVAL: '4s',
  LOG_LEVEL: 'warn',
};
const plinth = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'tools/run.mjs'), ...args], { env });

try {
  await plinth('up');
  await plinth('seed', 'demo');
  await load(Date.now() + LOAD_MS);
  const { stdout } = await plinth('db', 'url', '--role', 'admin');
  await whileBlocked(stdout.trim(), takePictures);
} finally {
  await plinth('down');
  await rm(home, { recursive: true, force: true });
}

/** Asks what a front end asks, more and less in waves, so that the charts have something to show. */
async function load(until: number): Promise<void> {
  const { accessToken } = await json('/v1/auth/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'test@example.com', password: 'password123' }),
  });
  const headers = { authorization: `Bearer ${accessToken}` };
  const paths = [
    '/v1/artists?q=dr',
    '/v1/businesses?limit=20',
    '/v1/me/blocks',
    '/v1/me',
    '/v1/artists?limit=50',
  ];
  const asker = async (number: number) => {
    for (let turn = number; Date.now() < until; turn++) {
      await json(paths[turn % paths.length] as string, { headers });
      const wave = 1 + Math.sin(Date.now() / 9_000) + Math.sin(Date.now() / 23_000 + number);
      await new Promise((resolve) => setTimeout(resolve, 30 + 60 * Math.max(0, wave)));
    }
  };
  await Promise.all([0, 1, 2, 3].map(asker));
}

/** One session forgets its transaction, another waits for it: what the lock tree and its finding are for. */
async function whileBlocked(adminUrl: string, work: () => Promise<void>): Promise<void> {
  await withClient(adminUrl, async (forgetful) => {
    await forgetful.query("set application_name = 'report'; begin; select count(*) from public.businesses");
    await withClient(adminUrl, async (waiting) => {
      await waiting.query("set application_name = 'release'");
      const change = waiting
        .query('begin; lock table public.businesses in access exclusive mode; commit')
        .catch(() => {});
      const found = async () =>
        (await json('/v1/database/findings')).report.findings.some(
          ({ check }: { check: string }) => check === 'blocked-sessions',
        );
      while (!(await found())) await new Promise((resolve) => setTimeout(resolve, 1_000));
      await work();
      await forgetful.query('rollback');
      await change;
    });
  });
}

async function takePictures(): Promise<void> {
  // The packages bring one font; system-ui shall mean it, whatever this machine has.
  const fonts = join(home, 'fonts.conf');
  await writeFile(fonts, fontConfig(join(tmpdir(), 'fonts')));
  process.env.FONTCONFIG_FILE = fonts;
  const browser = await openBrowser();
  for (const [colorScheme, file] of [
    ['light', 'docs/dashboard.png'],
    ['dark', 'docs/dashboard-dark.png'],
  ] as const) {
    const page = await browser.newPage({
      locale: 'en-GB',
      colorScheme,
      viewport: { width: 1_440, height: 1_090 },
      deviceScaleFactor: 1.5,
      reducedMotion: 'reduce',
    });
    await page.goto(`${url}/dashboard`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('.finding', { hasText: 'keeps' }).locator('summary').click();
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1_000);
    const path = join(root, file);
    await page.screenshot({ path });
    const { size } = await stat(path);
    console.error(`${file}: ${Math.round(size / 1_000)} kB`);
    if (size > MAX_BYTES) throw new Error(`${file} is larger than ${MAX_BYTES / 1_000} kB`);
  }
  await browser.close();
}

// biome-ignore lint/suspicious/noExplicitAny: bodies differ per route
async function json(path: string, init: RequestInit = {}): Promise<any> {
  const response = await fetch(url + path, init);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}

function fontConfig(folder: string): string {
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}</dir><dir>/usr/share/fonts</dir><cachedir>${home}</cachedir>
<alias binding="strong"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>`;
}
