import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runSeed } from '@plinth/db/seed';
import { createTestDatabase, type TestDatabase } from '@plinth/db/testing';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, openBrowser } from '../../../../tools/browser/open-browser.js';
import { ask } from '../support/http.js';
import { type ApiProcess, endAll, startApi } from '../support/process.js';
import { PEPPER } from '../support/settings.js';
import { until } from '../support/until.js';
import { becomes, expectNoSideScroll, openPage, seriousFindings, unreachable, VIEWS } from './page.js';

const MANY = 1_000;
const paths = Object.keys(VIEWS) as (keyof typeof VIEWS)[];
const databases: TestDatabase[] = [];
let browser: Browser;

/** The real API, open as in development, on a database of its own; answers once it has looked at it. */
async function start(prepare: (database: TestDatabase) => Promise<unknown>): Promise<ApiProcess> {
  const database = await createTestDatabase({ statements: true });
  databases.push(database);
  await prepare(database);
  const api = await startApi({
    OPS_TOKEN: undefined,
    DATABASE_URL: database.url('app'),
    READONLY_DATABASE_URL: database.url('readonly'),
    MONITORING_INTERVAL: '1s',
  });
  await until(async () => (await ask(`${api.url}/v1/database/tables`)).body.indexes.at !== null, 60_000);
  await until(async () => (await ask(`${api.url}/ready`)).status === 200, 30_000);
  return api;
}

/** Opens the first ten things that can be opened: what is shown then is judged, too. */
const openSome = (page: Page) =>
  page.evaluate(
    "for (const one of [...document.querySelectorAll('main details')].slice(0, 10)) one.open = true",
  );

(hasBrowser() ? describe : describe.skip)('dashboard views', () => {
  let demo: ApiProcess;
  let empty: ApiProcess;
  beforeAll(async () => {
    [browser, demo, empty] = await Promise.all([
      openBrowser(),
      start((database) => runSeed({ url: database.url('admin'), scenario: 'demo', pepper: PEPPER })),
      start(async () => {}),
    ]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await endAll();
    for (const database of databases) await database.drop();
  });

  test.each(paths)(
    '/%s shows seeded data: no problem, nothing serious for axe in light and dark, no wider than 360 pixels',
    async (path) => {
      const { page, problems, view, close } = await openPage(browser, demo.url);
      await view(path);
      expect(await page.locator('h1').textContent()).toMatch(VIEWS[path]);
      await openSome(page);
      expect(await seriousFindings(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      await becomes(page, "document.documentElement.dataset.theme === 'dark'");
      expect(await seriousFindings(page, ['color-contrast'])).toEqual([]);
      for (const width of [1_000, 768, 360]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSideScroll(page);
      }
      expect(problems).toEqual([]);
      await close();
    },
  );

  test('in a browser whose language Intl refuses (Chromium in the locale C) every view is drawn', async () => {
    const { page, problems, view, close } = await openPage(browser, demo.url);
    await page.addInitScript(
      "Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true })",
    );
    for (const path of paths) {
      await view(path);
      expect(await page.locator('h1').textContent()).toMatch(VIEWS[path]);
    }
    expect(problems).toEqual([]);
    await close();
  });

  test('on a telephone no number of the overview is cut off', async () => {
    const { page, view, close } = await openPage(browser, demo.url, { width: 360 });
    await view('');
    // A long one, whatever the age of the last backup is now.
    const cut = `(() => {
      const values = [...document.querySelectorAll('.tile-value')];
      values.at(-1).textContent = '59 min 59 s ago';
      return values.filter((one) => one.getBoundingClientRect().right > one.closest('.tile').getBoundingClientRect().right
        || one.scrollWidth > one.clientWidth && getComputedStyle(one).display !== 'inline').map((one) => one.textContent);
    })()`;
    expect(await page.evaluate(cut)).toEqual([]);
    await close();
  });

  test('every view of an empty database says so, without a problem', async () => {
    const { page, problems, view, close } = await openPage(browser, empty.url);
    for (const path of paths) {
      await view(path);
      expect(await page.locator('h1').textContent()).toMatch(VIEWS[path]);
    }
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test('the keyboard reaches every control of every view, and the focus can be seen', async () => {
    const { page, view, close } = await openPage(browser, demo.url, { width: 1440 });
    for (const path of paths) {
      await view(path);
      expect([path, await unreachable(page)]).toEqual([path, []]);
    }
    await close();
  });

  test('the first stop skips to the content, and views open by the keyboard with the focus at their start', async () => {
    const { page, view, close } = await openPage(browser, demo.url);
    await view('');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('location.hash + document.activeElement.id')).toBe('#contentcontent');
    await page.getByRole('link', { name: 'Queries' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Queries' }).waitFor();
    await becomes(page, "document.activeElement.id === 'content'");
    expect([new URL(page.url()).pathname, await page.title()]).toEqual([
      '/dashboard/queries',
      'Queries · Plinth',
    ]);
    await page.goBack();
    await becomes(page, "document.title === 'Overview · Plinth'");
    await close();
  });

  test('a page of a proxy in place of an answer is no answer: the rest is shown and followed', async () => {
    const { page, problems, view, close } = await openPage(browser, demo.url);
    await page.route('**/health', (route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }),
    );
    await view('application');
    await page.getByText('Live', { exact: true }).waitFor();
    expect(problems.filter((problem) => !/status of 502 .*\/health$/.test(problem))).toEqual([]);
    await close();
  });

  test('from the form that asks who is there, a way leads back to where data is open', async () => {
    const { page, view, close } = await openPage(browser, demo.url);
    await view('backups');
    await page.getByRole('button', { name: 'Sign in' }).first().click();
    await page.getByLabel('Password').waitFor();
    expect(await unreachable(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go back' }).click();
    await page.getByRole('heading', { name: 'Backups and migrations' }).waitFor();
    await close();
  });

  test('the numbers are those of the API, also in the table behind a chart', async () => {
    const { page, view, close } = await openPage(browser, demo.url);
    await view('tables');
    const { tables } = (await ask(`${demo.url}/v1/database/tables`)).body;
    const known = tables.find(({ table }: { table: string }) => table === 'public.businesses');
    const row = page.locator('tr', { has: page.getByText('businesses', { exact: true }) }).first();
    expect(await row.locator('[data-label=Rows]').textContent()).toBe(String(known.rows));
    await view('');
    const { history } = (await ask(`${demo.url}/v1/database/metrics`)).body;
    const chart = page.locator('figure', { hasText: 'Connections' });
    await chart.getByText('Table').click();
    const cells = await chart.locator('tbody tr').last().locator('td').allTextContents();
    expect(cells).toEqual([String(history[0].connections), String(history[0].active)]);
    await close();
  });

  test('the colours follow the system, or the choice that was made, from the first paint on', async () => {
    const { page, view, close } = await openPage(browser, demo.url, { theme: 'dark' });
    const theme = () => page.evaluate('document.documentElement.dataset.theme');
    await view('');
    expect(await theme()).toBe('dark');
    await page.getByRole('button', { name: 'Colours: system' }).click();
    await page.getByRole('button', { name: 'Colours: light' }).waitFor();
    expect(await theme()).toBe('light');
    await page.reload({ waitUntil: 'commit' });
    await becomes(page, 'document.body');
    expect(await theme()).toBe('light');
    await close();
  });

  test('a statement shows the plan that PostgreSQL would choose', async () => {
    const { page, problems, view, close } = await openPage(browser, demo.url);
    await view('queries');
    await page.getByLabel('Filter: Statements').fill('pg_catalog.pg_roles where rolname');
    await page.locator('.statement summary').first().click();
    await page.getByRole('button', { name: 'Show the plan' }).first().click();
    await page
      .getByText(/\(cost [\d.]+, /)
      .first()
      .waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test(`of ${MANY} tables the largest are shown, and found by their names`, async () => {
    const many = await start(async (database) => {
      const admin = await database.open('admin');
      await admin.none(`do $$ begin for i in 1..${MANY} loop
        execute format('create table public.many_%s (id int primary key, note text)', i); end loop; end $$`);
    });
    const { page, problems, view, close } = await openPage(browser, many.url);
    await view('tables');
    await page
      .getByText(/^50 of \d{3,}/)
      .first()
      .waitFor();
    await page.getByLabel('Filter: Tables').fill('many_');
    await page.getByRole('button', { name: 'Show more' }).first().click();
    await becomes(page, "document.querySelector('table').tBodies[0].rows.length === 150");
    expect(problems).toEqual([]);
    await close();
  });
});
