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
 * Holds /ready against what writers met. It lies when it says "ready" for longer than `noticeMs` in which writes were tried
 * and none worked, and when it says "not ready" for longer than `recoverMs` in which every write worked, in each second
 * some. A process that drains is not ready although it still serves.
 */
export function judgeReadiness(
  samples: readonly ReadySample[],
  writes: readonly WriteSpan[],
  bounds: { noticeMs: number; recoverMs: number } = READINESS_BOUNDS,
): Violation[] {
  return streaksOf(samples).flatMap(({ said, reason, fromMs, toMs }): Violation[] => {
    if (said === 'ready') {
      const silent = longestSilence(writes, fromMs, toMs);
      if (silent <= bounds.noticeMs) return [];
      return [
        { kind: 'readiness', detail: `/ready said ready while no write worked for ${Math.round(silent)} ms` },
      ];
    }
    if (said === 'none' || reason === 'draining') return [];
    const well = longestHealth(writes, fromMs, toMs);
    if (well <= bounds.recoverMs) return [];
    return [
      {
        kind: 'readiness',
        detail: `/ready said not ready (${reason}) while every write worked for ${Math.round(well)} ms`,
      },
    ];
  });
}

/** Times in which it said the same all along. */
function streaksOf(samples: readonly ReadySample[]) {
  const streaks: { said: ReadySample['said']; reason: string | undefined; fromMs: number; toMs: number }[] =
    [];
  for (const { said, reason, atMs } of samples) {
    const last = streaks.at(-1);
    if (last?.said === said && (last.reason === 'draining') === (reason === 'draining')) last.toMs = atMs;
    else streaks.push({ said, reason, fromMs: atMs, toMs: atMs });
  }
  return streaks;
}

/** The longest time between two moments in which no write worked although somebody tried all the while. */
function longestSilence(writes: readonly WriteSpan[], fromMs: number, toMs: number): number {
  const worked = writes
    .filter(({ acknowledged, endedMs }) => acknowledged && endedMs > fromMs && endedMs < toMs)
    .map(({ endedMs }) => endedMs)
    .sort((a, b) => a - b);
  let longest = 0;
  let since = fromMs;
  for (const until of [...worked, toMs]) {
    const gap = [since, until] as const;
    const tried = writes.filter(({ sentMs, endedMs }) => sentMs < gap[1] && endedMs > gap[0]);
    const first = Math.max(since, Math.min(...tried.map(({ sentMs }) => sentMs)));
    if (tried.length > 0) longest = Math.max(longest, until - first);
    since = until;
  }
  return longest;
}

const WELL_EVERY_MS = 1_000;

/** The longest time between two moments in which every write that ended had worked, at least one a second. */
function longestHealth(writes: readonly WriteSpan[], fromMs: number, toMs: number): number {
  const inside = writes
    .filter(({ endedMs }) => endedMs > fromMs && endedMs < toMs)
    .sort((a, b) => a.endedMs - b.endedMs);
  let longest = 0;
  let start: number | undefined;
  let last = 0;
  for (const { acknowledged, endedMs } of inside) {
    if (!acknowledged) start = undefined;
    else if (start === undefined || endedMs - last > WELL_EVERY_MS) start = endedMs;
    else longest = Math.max(longest, endedMs - start);
    last = endedMs;
  }
  return longest;
}
