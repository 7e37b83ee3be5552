import type { Violation } from '../ledger/violation.js';
import type { HttpClient } from '../load/http-client.js';

/** What /ready said at a moment of performance.now(). `none`: the process did not answer. */
export interface ReadySample {
  readonly atMs: number;
  readonly said: 'ready' | 'not ready' | 'none';
  /** Of "not ready": the reason in the body. */
  readonly reason: string | undefined;
}

const EVERY_MS = 100;
const PATIENCE_MS = 2_000;

/** Asks /ready all the time, as a load balancer does, until `stopped`. Fills `samples`. */
export async function sampleReadiness(
  http: HttpClient,
  port: number,
  samples: ReadySample[],
  stopped: () => boolean,
): Promise<void> {
  while (!stopped()) {
    const atMs = performance.now();
    const heard = await Promise.race([
      http.send({ port, method: 'GET', path: '/ready', headers: {} }),
      new Promise<{ error: string }>((resolve) => setTimeout(resolve, PATIENCE_MS, { error: 'timeout' })),
    ]);
    if ('error' in heard) samples.push({ atMs, said: 'none', reason: heard.error });
    else {
      const { reason } = (heard.body ?? {}) as { reason?: string };
      samples.push({ atMs, said: heard.status === 200 ? 'ready' : 'not ready', reason });
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/** A write of the same round, as far as it shows whether writing works. */
export interface WriteSpan {
  readonly sentMs: number;
  readonly endedMs: number;
  readonly acknowledged: boolean;
}

/** How long /ready may be wrong: until an outage has been noticed, until the recovery has. */
export const READINESS_BOUNDS = { noticeMs: 8_000, recoverMs: 5_000 } as const;

/**
 * Holds /ready against what writers met. It lies when it says "ready" and nobody who tried had a write acknowledged for
 * `noticeMs` before and after, and when it says "not ready" in the midst of `recoverMs` in which every write was. A
 * process that drains is not ready although it still serves.
 */
export function judgeReadiness(
  samples: readonly ReadySample[],
  writes: readonly WriteSpan[],
  bounds: { noticeMs: number; recoverMs: number } = READINESS_BOUNDS,
): Violation[] {
  const violations: Violation[] = [];
  for (const { atMs, said, reason } of samples) {
    if (said === 'ready') {
      const [from, to] = [atMs - bounds.noticeMs, atMs];
      // Only writes that began inside count as tries: before the first of them nobody knows.
      const around = writes.filter(({ sentMs, endedMs }) => endedMs >= from && sentMs <= to);
      const tried = around.some(({ sentMs, endedMs }) => sentMs <= from + 1_000 && endedMs >= from);
      const worked = writes.some(
        ({ acknowledged, endedMs }) => acknowledged && endedMs >= from && endedMs <= to + 1_000,
      );
      if (tried && around.length > 0 && !worked)
        violations.push({
          kind: 'readiness',
          detail: `/ready said ready at ${Math.round(atMs)} ms, and no write had worked for ${bounds.noticeMs} ms`,
        });
    } else if (said === 'not ready' && reason !== 'draining') {
      const [from, to] = [atMs - bounds.recoverMs, atMs];
      const inside = writes.filter(({ endedMs }) => endedMs >= from && endedMs <= to);
      const seconds = new Set(
        inside.filter((one) => one.acknowledged).map((one) => Math.floor((one.endedMs - from) / 1_000)),
      );
      if (
        inside.every(({ acknowledged }) => acknowledged) &&
        seconds.size >= Math.floor(bounds.recoverMs / 1_000)
      )
        violations.push({
          kind: 'readiness',
          detail: `/ready said not ready (${reason}) at ${Math.round(atMs)} ms, and every write had worked for ${bounds.recoverMs} ms`,
        });
    }
  }
  return violations.slice(0, 3);
}
