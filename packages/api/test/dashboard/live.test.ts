import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { withClient } from '@plinth/db';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, openBrowser } from '../../../../tools/browser/open-browser.js';
import { createTestApi, PASSWORD, type TestApi, type TestUser } from '../support/api.js';
import { SETTINGS } from '../support/settings.js';
import { until } from '../support/until.js';
import { becomes, type OpenedPage, openPage } from './page.js';

(hasBrowser() ? describe : describe.skip)('dashboard live', () => {
  let browser: Browser;
  let api: TestApi;
  let onCall: TestUser;
  let reader: TestUser;
  let opened: OpenedPage;
  let page: Page;

  beforeAll(async () => {
    [browser, api] = await Promise.all([
      openBrowser(),
      createTestApi({ statements: true, env: { ALERT_BLOCKED_WARNING: '100ms', ALERT_FOR: '1s' } }),
    ]);
    onCall = await api.signUp('on-call', ['database:read', 'database:signal', 'operations:read']);
    reader = await api.signUp('reader', ['database:read']);
    await api.signUp('nobody');
    await api.admin.none('create table public.held (n int)');
    await api.admin.none('grant select on public.held to plinth_worker');
    await api.monitoring.monitor.collect([1, 2, 3]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await api.close();
  });
  beforeEach(async () => {
    opened = await openPage(browser, api.url);
    page = opened.page;
  });
  afterEach(() => opened.close());

  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const signInAs = async (user: Pick<TestUser, 'email'>, password = PASSWORD) => {
    await page.getByLabel('E-mail').fill(user.email);
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
  };
  const openAs = async (user: Pick<TestUser, 'email'>, view = '') => {
    await opened.view(view);
    await signInAs(user);
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
  };
  /** As time does. */
  const spoilAccessToken = () =>
    page.evaluate(`(() => {
      const key = Object.keys(sessionStorage)[0];
      const kept = JSON.parse(sessionStorage.getItem(key));
      sessionStorage.setItem(key, JSON.stringify({ ...kept, accessToken: 'ran-out' }));
    })()`);
  /** Answers of the kind that the browser writes to its console by itself. */
  const unexpected = () => opened.problems.filter((problem) => !/status of 40[13]/.test(problem));

  test('tables are sorted by their headings and searched; new numbers take neither that nor the focus away', async () => {
    await openAs(reader, 'tables');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await becomes(page, "document.querySelector('tbody .name')?.textContent.startsWith('a')");
    await page.getByLabel('Filter: Tables').pressSequentially('webhook_ev');
    const rows = "[...document.querySelector('table').tBodies[0].rows]";
    await becomes(page, `${rows}.length === 1`);
    const before = await page.evaluate(
      `window.kept = document.activeElement; document.querySelector('ago-time').getAttribute('at')`,
    );
    await api.monitoring.monitor.collect([1, 2]);
    await becomes(page, `document.querySelector('ago-time').getAttribute('at') !== '${before}'`);
    expect(await page.evaluate('document.activeElement === kept && kept.isConnected && kept.value')).toBe(
      'webhook_ev',
    );
    expect(await page.evaluate(`${rows}.length`)).toBe(1);
  });

  test('going back in the browser reads the view anew, also after a reload', async () => {
    await openAs(reader, 'sessions');
    await page.getByRole('link', { name: 'Tables' }).click();
    await page.getByRole('heading', { name: 'Tables and indexes' }).waitFor();
    await page.reload();
    await page.getByText('businesses', { exact: true }).first().waitFor();
    await page.goBack();
    await page.getByText('plinth-api').first().waitFor();
    expect(opened.problems).toEqual([]);
  });

  describe('where data is closed', () => {
    test('asks who is there before it asks for anything; what is wrong is said, what is right is let in', async () => {
      await opened.view('');
      expect(await page.title()).toBe('Sign in · Plinth');
      expect(opened.problems).toEqual([]);
      await signInAs(reader, 'not the password');
      await page.getByText('E-mail or password is wrong.').waitFor();
      await signInAs(reader);
      await page.getByText('checks done').waitFor();
      expect(unexpected()).toEqual([]);
    });

    test('keeps who is there for this tab alone, in no cookie, and forgets it when told', async () => {
      await openAs(reader);
      await page.reload();
      await page.getByText('checks done').waitFor();
      expect(await page.context().cookies()).toEqual([]);
      expect(await page.evaluate('JSON.stringify(localStorage)')).toBe('{}');
      const other = await page.context().newPage();
      await other.goto(`${api.url}/dashboard`);
      await other.getByLabel('Password').waitFor();
      await button(/^Sign out/).click();
      await page.getByLabel('Password').waitFor();
      expect(await page.evaluate('JSON.stringify(sessionStorage)')).toBe('{}');
    });

    test('takes the token of the operators, who may look and end nothing', async () => {
      await opened.view('sessions');
      await page.getByLabel(/Or a token/).fill(SETTINGS.OPS_TOKEN ?? '');
      await button('Use the token').click();
      await page.getByText('plinth-api').first().waitFor();
      expect(await button(/^End/).count()).toBe(0);
      expect(opened.problems).toEqual([]);
    });

    test('refuses a token that is none, and a person without database:read, and says so', async () => {
      await opened.view('');
      await page.getByLabel(/Or a token/).fill('not-the-token');
      await button('Use the token').click();
      await page.getByText('That was refused.').waitFor();
      await signInAs({ email: 'nobody@example.com' });
      await page.getByText('it needs the permission database:read').waitFor();
      expect(unexpected()).toEqual([]);
    });

    test('an access token that has run out is renewed without a word; a sign-in that was ended brings the form back', async () => {
      await openAs(reader);
      await page.getByText('checks done').waitFor();
      await spoilAccessToken();
      await page.getByRole('link', { name: 'Sessions' }).click();
      await page.getByText('plinth-api').first().waitFor();
      await api.admin.none('update users set is_active = false where id = $1', [reader.id]);
      // Until then the state behind a token is kept.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await api.monitoring.monitor.collect([1]);
      await page.getByLabel('Password').waitFor();
      await api.admin.none('update users set is_active = true where id = $1', [reader.id]);
      expect(unexpected()).toEqual([]);
    });
  });

  test('an access token that runs out while nothing can be renewed signs nobody out', async () => {
    await openAs(reader);
    await page.getByText('checks done').waitFor();
    await withClient(api.testDatabase.url('admin'), async (holder) => {
      await holder.query('begin; lock table sessions in access exclusive mode');
      await spoilAccessToken();
      const refused = page.waitForResponse(
        (response) => response.url().endsWith('/v1/auth/refresh') && response.status() === 503,
      );
      await page.getByRole('link', { name: 'Tables' }).click();
      await refused;
      await page.getByRole('heading', { name: 'Tables and indexes' }).waitFor();
      expect(await page.getByLabel('Password').count()).toBe(0);
      await holder.query('rollback');
    });
    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByText('plinth-api').first().waitFor();
  });

  test('what one person was shown is not shown to the next', async () => {
    await api.admin.none(
      "insert into backup_runs (backup_id, status, finished_at) values ('for-some-eyes', 'succeeded', now())",
    );
    await openAs(onCall, 'backups');
    await page.getByText('for-some-eyes').waitFor();
    await button(/^Sign out/).click();
    await signInAs(reader);
    await page.getByText('with the permission operations:read').first().waitFor();
    expect(await page.getByText('for-some-eyes').count()).toBe(0);
  });

  describe('a session that blocks another', () => {
    /** One session holds a table, another waits for it. */
    async function whileBlocked(
      work: (pids: { root: number; waiter: number }) => Promise<void>,
    ): Promise<void> {
      const url = api.testDatabase.url('worker');
      await withClient(url, async (root) => {
        root.on('error', () => {});
        const pidOf = async (client: typeof root) =>
          (await client.query('select pg_backend_pid() as pid')).rows[0].pid as number;
        await root.query('begin; select * from public.held');
        await withClient(api.testDatabase.url('admin'), async (waiter) => {
          const pids = { root: await pidOf(root), waiter: await pidOf(waiter) };
          const waiting = waiter.query('truncate public.held').catch(() => {});
          await until(async () => {
            await api.monitoring.monitor.collect([1]);
            return api.monitoring.monitor
              .findings()
              .findings.some(({ check }) => check === 'blocked-sessions');
          }, 20_000);
          await work(pids);
          await root.query('rollback').catch(() => {});
          await waiting;
        });
      });
    }
    const lastEvent = () =>
      api.admin.one<{ type: string; userId: string; reason: string; pid: number }>(
        `select type, user_id::text as "userId", details->>'reason' as reason, (details->>'pid')::int as pid
           from audit.security_events where type like 'database.%' order by id desc limit 1`,
      );

    test('is read in the page: on the overview with its repair, which is copied, and as a tree', async () => {
      await openAs(onCall);
      await whileBlocked(async ({ root, waiter }) => {
        const finding = page.locator('.finding', { hasText: `session ${root}` });
        await finding.waitFor();
        // The heading counts this one and what else the test server has (fsync is off).
        const heading = page.getByRole('heading', { name: /\d warnings?$/ });
        expect(await page.locator('#said').textContent()).toBe(await heading.textContent());
        await finding.locator('summary').click();
        expect(await finding.locator('pre').textContent()).toBe(`select pg_terminate_backend(${root});`);
        await finding.getByRole('button', { name: /^Copy/ }).click();
        await finding.getByText('Copied').waitFor();
        expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
          `select pg_terminate_backend(${root});`,
        );

        await page.getByRole('link', { name: /Sessions/ }).click();
        const tree = page.locator('.locks > li', { hasText: `Session ${root}` });
        await tree.getByText('holds up 1 session').waitFor();
        expect(await tree.locator('ul').textContent()).toMatch(
          new RegExp(`Session ${waiter}.*for AccessExclusiveLock on held`),
        );
        const { locks } = (await onCall.ask('/v1/database/sessions')).body;
        expect(locks.trees[0].nodes.map(({ pid }: { pid: number }) => pid)).toEqual([root, waiter]);
      });
      await api.monitoring.monitor.collect([1]);
      await page.getByText('Nobody waits for a lock.').waitFor();
      expect(opened.problems).toEqual([]);
    });

    test('is ended by who may, after a reason and its pid, and leaves a row in the security log', async () => {
      await openAs(onCall, 'sessions');
      await whileBlocked(async ({ root }) => {
        const end = page.locator('.locks').getByRole('button', { name: `End session ${root}` });
        await end.focus();
        await page.keyboard.press('Enter');
        await page.getByRole('dialog', { name: `End the session: ${root}` }).waitFor();
        await page.keyboard.press('Escape');
        await becomes(page, "document.querySelector('dialog') === null");
        expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
          `End session ${root}`,
        );

        await end.click();
        const confirm = page.getByRole('dialog').getByRole('button', { name: 'End the session' });
        await page.getByLabel(/^Why/).fill('it holds up the release');
        await page.getByLabel(/^Type/).fill('1');
        await confirm.click();
        await page.getByText(`Type ${root} to confirm.`).waitFor();
        await page.getByLabel(/^Type/).fill(String(root));
        await page.getByLabel(/^Why/).fill('  ');
        await confirm.click();
        await page.getByText('Give a reason').waitFor();
        await page.getByLabel(/^Why/).fill('it holds up the release');
        await confirm.click();
        await page.getByText(`Ended session ${root}.`).first().waitFor();
        expect(await page.locator('#said').textContent()).toMatch(`Ended session ${root}. `);
        expect(await lastEvent()).toEqual({
          type: 'database.session_terminated',
          userId: onCall.id,
          reason: 'it holds up the release',
          pid: root,
        });
        const rows = await api.admin.query('select from pg_stat_activity where pid = $1', [root]);
        expect(rows).toEqual([]);
        // It is said until they go on.
        await page.getByRole('link', { name: 'Tables' }).click();
        await page.getByRole('heading', { name: 'Tables and indexes' }).waitFor();
        expect(await page.getByText(`Ended session ${root}.`).count()).toBe(0);
      });
      expect(opened.problems).toEqual([]);
    });

    test('offers nothing to who may not', async () => {
      await openAs(reader, 'sessions');
      await whileBlocked(async ({ root }) => {
        await page.locator('.locks').getByText(`Session ${root}`).waitFor();
        expect(await button(/^(End|Cancel) session/).count()).toBe(0);
      });
    });
  });
});
