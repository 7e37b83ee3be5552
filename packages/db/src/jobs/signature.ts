import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header `plinth-signature` of a webhook: `t=<seconds>,v1=<hex HMAC-SHA-256 over "<seconds>.<body>">`. */
export function signWebhook(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  return `t=${seconds},v1=${digestOf(secret, seconds, body).toString('hex')}`;
}

/**
 * For receivers, and our own tests: whether a body is what was signed, not longer than `toleranceS` (300) ago. Compares
 * in constant time; anything malformed is false.
 */
export function verifyWebhook(
  header: string,
  given: { secret: string; body: string; nowMs: number; toleranceS?: number },
): boolean {
  const { secret, body, nowMs, toleranceS = 300 } = given;
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header);
  if (match === null) return false;
  const seconds = Number(match[1]);
  if (Math.abs(nowMs / 1000 - seconds) > toleranceS) return false;
  return timingSafeEqual(Buffer.from(match[2] as string, 'hex'), digestOf(secret, seconds, body));
}

function digestOf(secret: string, seconds: number, body: string): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest();
}
