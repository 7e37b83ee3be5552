import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '../context.js';

/** Enough to remove some files. */
const HURRIED_MS = 1_000;

/**
 * Whatever interrupts the command, `work` is waited for, so that its programs are ended and what is half made is removed.
 * A second Ctrl-C, which also kills those programs (`hurry`), cuts the wait short: what is left then counts for nothing,
 * and the next run removes it.
 */
export function waitForEnd(context: Pick<CommandContext, 'defer' | 'hurry'>, work: Promise<unknown>): void {
  context.defer(() => Promise.race([work.then(ignore, ignore), pauseAfter(context.hurry)]));
}

const ignore = () => {};

async function pauseAfter(hurry: AbortSignal): Promise<void> {
  if (!hurry.aborted) await once(hurry, 'abort');
  await sleep(HURRIED_MS);
}
