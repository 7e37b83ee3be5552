import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a registration or a mail takes, without the hash that both sides of a question pay for anyway. */
const FLOOR_MS = 100;

/** Does `work` and comes back no sooner than after 100 ms, so that time does not tell whether an address has an account. */
export async function answerAfter(work: () => Promise<unknown>, floorMs: number = FLOOR_MS): Promise<void> {
  await Promise.all([work(), sleep(floorMs)]);
}
