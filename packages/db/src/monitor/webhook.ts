import type { Alert } from './alerts.js';

const DEADLINE_MS = 5_000;
/** Alerts kept for a receiver that does not answer; beyond it the oldest are given up. */
const MAX_WAITING = 200;

export type Fetch = (url: string, init: RequestInit) => Promise<{ ok: boolean; status: number }>;

/** Sends alerts to ALERT_WEBHOOK_URL, in order; what could not be sent is tried again with the next flush. */
export function createWebhook(url: string, fetch: Fetch, deadlineMs = DEADLINE_MS) {
  const waiting: Alert[] = [];
  return {
    add(alert: Alert): void {
      waiting.push(alert);
      if (waiting.length > MAX_WAITING) waiting.shift();
    },
    /** Sends what waits; answers why it stopped, undefined when all was delivered. Never throws. */
    async flush(): Promise<string | undefined> {
      for (let alert = waiting[0]; alert !== undefined; alert = waiting[0]) {
        try {
          const response = await fetch(url, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ version: '1.0', ...alert }),
            signal: AbortSignal.timeout(deadlineMs),
          });
          if (!response.ok) return `the webhook answered ${response.status}`;
        } catch (error) {
          return (error as Error).name === 'TimeoutError'
            ? `the webhook did not answer within ${deadlineMs} ms`
            : 'the webhook cannot be reached';
        }
        waiting.shift();
      }
      return undefined;
    },
    waiting: () => waiting.length,
  };
}
