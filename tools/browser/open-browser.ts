import { existsSync } from 'node:fs';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/**
 * Not the package's own arguments: those are for AWS Lambda, and switch off what tests are about (same-origin policy).
 * As root there is no sandbox; what is opened are our own pages.
 */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--disable-gpu',
];

/**
 * Starts a Chromium without a window: the one that CHROMIUM names, else the one that came with the packages (Linux on x64),
 * which is unpacked into the temporary folder the first time. Close it when done.
 */
export async function openBrowser(named = process.env.CHROMIUM): Promise<Browser> {
  const executablePath = named || (await sparticuz.executablePath());
  return await chromium.launch({ executablePath, args: ARGUMENTS, headless: true });
}

/** Whether there is a Chromium for this machine. */
export const hasBrowser = (named = process.env.CHROMIUM): boolean =>
  named ? existsSync(named) : process.platform === 'linux' && process.arch === 'x64';
