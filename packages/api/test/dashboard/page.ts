import { createRequire } from 'node:module';
import { expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { until } from '../support/until.js';

/** A page of the dashboard in a window of its own, with everything that went wrong in it so far. */
export interface OpenedPage {
  page: Page;
  /** Errors and warnings of the console, exceptions, violations of the policy, requests to elsewhere. */
  problems: string[];
  /** Goes to a view and waits until nothing is waited for. */
  view(path: string): Promise<void>;
  close(): Promise<void>;
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The views by their paths below /dashboard, with their headings. */
export const VIEWS = {
  '': /warning|critical|well|reached/,
  sessions: 'Sessions',
  queries: 'Queries',
  tables: 'Tables and indexes',
  application: 'Application',
  backups: 'Backups and migrations',
} as const;

export async function openPage(
  browser: Browser,
  url: string,
  options: { width?: number; theme?: 'light' | 'dark' } = {},
): Promise<OpenedPage> {
  const { width = 1280, theme = 'light' } = options;
  const context = await browser.newContext({
    locale: 'en-GB',
    colorScheme: theme,
    // Colours that are just changing have no contrast of their own.
    reducedMotion: 'reduce',
    viewport: { width, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await context.addInitScript({ path: AXE });
  await context.addInitScript(
    "addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))",
  );
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      problems.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) problems.push(`asked elsewhere: ${request.url()}`);
  });
  return {
    page,
    problems,
    async view(path) {
      await page.goto(`${url}/dashboard${path === '' ? '' : `/${path}`}`);
      await page.locator('main h1').waitFor();
      await settle(page);
    },
    close: () => context.close(),
  };
}

/** Waits until an expression is true in the page. (Playwright's own way needs eval, which the policy forbids.) */
export async function becomes(page: Page, expression: string, timeoutMs = 20_000): Promise<void> {
  await until(async () => (await page.evaluate(`Boolean(${expression})`)) === true, timeoutMs).catch(() => {
    throw new Error(`it never became true that ${expression}`);
  });
}

/** Waits until no part of the page waits for its first answer. */
export async function settle(page: Page): Promise<void> {
  await becomes(page, "document.querySelector('main h1') && !document.body.textContent.includes('Looking')");
}

/** What axe finds serious or critical, as `rule: element`; of all rules, or of those named. */
export async function seriousFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) };
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as {
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 200)}`),
    );
}

/** Throws where the page is wider than its window. */
export async function expectNoSideScroll(page: Page): Promise<void> {
  const [content, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  expect(content).toBeLessThanOrEqual(window);
}

/**
 * Presses Tab through the whole page; answers the controls that were never reached, and those whose focus cannot be
 * seen. Of radio buttons with one name only the chosen one is a stop.
 */
export async function unreachable(page: Page): Promise<string[]> {
  const wanted = (await page.evaluate(`
    window.stops = [...document.querySelectorAll('a[href], button:not(:disabled), input, summary, textarea, select')]
      .filter((e) => e.checkVisibility() && !(e.type === 'radio' && !e.checked));
    document.activeElement?.blur();
    stops.length`)) as number;
  const seen = new Set<number>();
  for (let presses = 0; presses < wanted + 5; presses++) {
    await page.keyboard.press('Tab');
    const at = (await page.evaluate(`(() => {
      const e = document.activeElement;
      const shown = [e, e.parentElement].some((one) => one && getComputedStyle(one).outlineStyle !== 'none');
      return shown ? stops.indexOf(e) : -1;
    })()`)) as number;
    seen.add(at);
  }
  const missed = Array.from({ length: wanted }, (_, index) => index).filter((index) => !seen.has(index));
  return (await page.evaluate(
    `${JSON.stringify(missed)}.map((i) => stops[i].outerHTML.slice(0, 150))`,
  )) as string[];
}
