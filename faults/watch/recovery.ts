import type { ReadySample } from './readiness.js';

/** What recovery is read from; times of performance.now(). */
export interface Aftermath {
  /** When nothing was broken any more. */
  readonly healedMs: number;
  /** Acknowledged writes: by which client, and when. */
  readonly acknowledged: readonly { client: number; sentMs: number; endedMs: number }[];
  /** Writes that met trouble or were not answered. */
  readonly troubles: readonly { sentMs: number; endedMs: number }[];
  readonly samples: readonly ReadySample[];
  readonly clients: number;
}

/**
 * Milliseconds from the end of the fault until all was well for good: every client has had a write acknowledged that it
 * sent since, the last write sent since that met trouble has ended, and /ready says so. Undefined while that is not so.
 */
export function recoveryMs({
  healedMs,
  acknowledged,
  troubles,
  samples,
  clients,
}: Aftermath): number | undefined {
  const first = new Map<number, number>();
  for (const { client, sentMs, endedMs } of acknowledged)
    if (sentMs >= healedMs)
      first.set(client, Math.min(first.get(client) ?? Number.POSITIVE_INFINITY, endedMs));
  if (first.size < clients) return undefined;
  const after = samples.filter(({ atMs }) => atMs >= healedMs);
  if (after.at(-1)?.said !== 'ready') return undefined;
  const lastNotReady = after.findLast(({ said }) => said !== 'ready')?.atMs ?? healedMs;
  const lastTrouble = Math.max(
    healedMs,
    ...troubles.filter((t) => t.sentMs >= healedMs).map((t) => t.endedMs),
  );
  return Math.max(lastNotReady, lastTrouble, ...first.values()) - healedMs;
}
