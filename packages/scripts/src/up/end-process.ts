import { setTimeout as sleep } from 'node:timers/promises';
import { isSame } from './running.js';

const POLL_MS = 25;

/**
 * Ends a process with SIGTERM and, when it has not ended after `graceMs`, with SIGKILL. Answers whether it had to
 * be killed. `hurry` ends the grace at once. A process that is gone already counts as ended.
 */
export async function endProcess(
  mark: { pid: number; startTime: string },
  graceMs: number,
  hurry?: AbortSignal,
): Promise<{ killed: boolean }> {
  if (!(await signalIfSame(mark, 'SIGTERM'))) return { killed: false };
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline && !hurry?.aborted) {
    if (!(await isSame(mark))) return { killed: false };
    await sleep(POLL_MS);
  }
  await signalIfSame(mark, 'SIGKILL');
  while (await isSame(mark)) await sleep(POLL_MS);
  return { killed: true };
}

async function signalIfSame(
  mark: { pid: number; startTime: string },
  signal: NodeJS.Signals,
): Promise<boolean> {
  if (!(await isSame(mark))) return false;
  try {
    return process.kill(mark.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
