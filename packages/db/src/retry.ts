/** How often and how patiently to try again. Times in milliseconds. */
export interface RetryOptions {
  /** Tries after the first. */
  retries: number;
  baseMs?: number;
  capMs?: number;
  /** No new try starts after this long. */
  deadlineMs?: number;
  shouldRetry: (error: unknown, attempt: number) => boolean;
  onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
  now?: () => number;
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Runs `work` until it succeeds, a failure is not worth a retry, or retries or deadline are used up; then
 * throws the last error itself. Waits by exponential backoff with full jitter, so that many clients do not
 * come back at the same moment: random(0, min(cap, base * 2^n)).
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { retries, baseMs = 50, capMs = 2_000, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const { sleep = wait, random = Math.random, now = Date.now } = options;
  const startedAt = now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= retries || !options.shouldRetry(error, attempt)) throw error;
      const delayMs = random() * Math.min(capMs, baseMs * 2 ** attempt);
      if (now() - startedAt + delayMs > deadlineMs) throw error;
      options.onRetry?.(error, attempt, delayMs);
      await sleep(delayMs);
    }
  }
}
