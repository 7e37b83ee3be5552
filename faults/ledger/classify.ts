import type { Heard } from '../load/http-client.js';
import type { Outcome } from './operation.js';

/** Problem codes of 5xx answers with which the API promises that nothing was done. */
const NOTHING_DONE = new Set(['unavailable', 'timeout']);

/** What a client may conclude from what it heard of a write. */
export function classify(heard: Heard): Outcome {
  // Refused connections carried no request.
  if ('error' in heard) return heard.error === 'ECONNREFUSED' ? 'failed' : 'unknown';
  const { status, body } = heard;
  if (status < 300) return 'acknowledged';
  if (status < 500) return 'failed';
  const code = (body as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && NOTHING_DONE.has(code) ? 'failed' : 'unknown';
}

/** Whether the failure is one of the system's, which passes, and not the request's own. */
export const isTrouble = (heard: Heard): boolean => 'error' in heard || heard.status >= 500;

/** The answer in a word, such as `503 unavailable` or `ECONNRESET`. */
export function wordsOf(heard: Heard): string {
  if ('error' in heard) return heard.error;
  const code = (heard.body as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? `${heard.status} ${code}` : String(heard.status);
}
