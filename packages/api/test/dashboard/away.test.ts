import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { hasBrowser, openBrowser } from '../../../../tools/browser/open-browser.js';
import { ask } from '../support/http.js';
import { type OwnServer, startOwnServer } from '../support/own-server.js';
import { type ApiProcess, endAll, startApi } from '../support/process.js';
import { until } from '../support/until.js';
import { expectNoSideScroll, type OpenedPage, openPage, seriousFindings, settle, VIEWS } from './page.js';

const paths = Object.keys(VIEWS);

(hasBrowser() ? describe : describe.skip)('dashboard while something is away', () => {
  let server: OwnServer;
  let env: Record<string, string | undefined>;
  let api: ApiProcess;
  let browser: Browser;
  let opened: OpenedPage;

  beforeAll(async () => {
    // A server of its own: these tests stop it.
    server = await startOwnServer();
    env = {
      OPS_TOKEN: undefined,
      DATABASE_URL: server.url('app'),
      READONLY_DATABASE_URL: server.url('readonly'),
      MONITORING_INTERVAL: '1s',
    };
    [browser, api] = await Promise.all([openBrowser(), startApi(env)]);
    await until(async () => (await ask(`${api.url}/v1/database/tables`)).body.indexes.at !== null, 60_000);
    opened = await openPage(browser, api.url);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await endAll();
    await server?.remove();
  });

  // In this order: the page stays open through all that befalls it.
  test('a stopped database is told with its age, and everything that was known of it stays', async () => {
    const { page, problems, view } = opened;
    await view('');
    const version = page.getByText(/^PostgreSQL 1[58]/);
    await version.waitFor();
    await server.stop();
    await page.getByRole('heading', { name: 'The database cannot be reached' }).waitFor({ timeout: 60_000 });
    await page.getByText(/Everything below was last seen .* ago/).waitFor();
    expect(await version.count()).toBe(1);
    expect(await page.locator('#said').textContent()).toBe('The database cannot be reached');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Tables' }).click();
    await page.getByText('businesses', { exact: true }).first().waitFor();
    expect(problems).toEqual([]);
  });

  test('every view opens while the database is down, without a problem', async () => {
    const { page, problems, view } = opened;
    for (const path of paths) {
      await view(path);
      await page.getByText('The database cannot be reached').first().waitFor();
    }
    await page.setViewportSize({ width: 360, height: 900 });
    await expectNoSideScroll(page);
    // That a probe answers 503 is what the view is there to show; the browser writes it to its console.
    expect(problems.filter((problem) => !/status of 503 .*\/ready$/.test(problem))).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('its return is noticed without a reload', async () => {
    const { page, view } = opened;
    await view('');
    await server.start();
    await page.getByText(/^Up$/).waitFor({ timeout: 60_000 });
    await page.getByText('Everything below was last seen').waitFor({ state: 'detached' });
  });

  test('an API that is away is told with its age, is asked again, and followed again when it is back', async () => {
    const { page } = opened;
    await settle(page);
    api.child.kill('SIGKILL');
    await once(api.child, 'exit');
    await page.getByText(/Plinth does not answer.*last heard of .* ago/).waitFor({ timeout: 30_000 });
    await page.getByText(/^PostgreSQL 1[58]/).waitFor();
    await page.getByRole('link', { name: 'Queries' }).click();
    await page.getByRole('heading', { name: 'Queries' }).waitFor();
    await startApi({ ...env, PORT: new URL(api.url).port });
    await page.getByRole('button', { name: 'Ask now' }).click();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByText('Plinth does not answer').waitFor({ state: 'detached' });
  });
});
