import { isSlow, type Reason } from './reason.js';

/** Whether the database counts as up, and if not, why. `unknown` until the first word. */
export interface Verdict {
  state: 'up' | 'down' | 'unknown';
  reason: Reason | undefined;
}

/** Slow answers in a row that make it down, and good ones that make it up again. */
const SLOW_LIMIT = 3;
const GOOD_NEEDED = 2;

/** Turns single observations into a verdict that does not flap: a refused connection counts at once, a slow answer three times. */
export function createHysteresis() {
  let verdict: Verdict = { state: 'unknown', reason: undefined };
  let slow = 0;
  let good = 0;
  return {
    verdict: (): Verdict => verdict,
    /** Still up, although the last answer was slow. */
    doubtful: (): boolean => verdict.state === 'up' && slow > 0,
    succeed(): void {
      slow = 0;
      good++;
      if (verdict.state !== 'down' || good >= GOOD_NEEDED) verdict = { state: 'up', reason: undefined };
    },
    fail(reason: Reason): void {
      good = 0;
      slow = isSlow(reason) ? slow + 1 : 0;
      if (verdict.state === 'up' && isSlow(reason) && slow < SLOW_LIMIT) return;
      verdict = { state: 'down', reason };
    },
  };
}
