import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a registration or a mail takes, without the hash that both sides of a question pay for anyway. */
const STEP_MS = 100;

/**
 * Does `work` and comes back at a full step of 100 ms, so that time does not tell whether an address has an account:
 * also where a busy database makes the one take 120 ms and the other 160 ms.
 */
export async function answerAfter(work: () => Promise<unknown>, stepMs: number = STEP_MS): Promise<void> {
  const startedAt = performance.now();
  await work();
  const tookMs = performance.now() - startedAt;
  // Timers may fire a fraction early.
  await sleep(Math.ceil((tookMs + 1) / stepMs) * stepMs - tookMs + 1);
}
