import type { Logger } from 'pino';
import type { Lifecycle } from './probes/state.js';

/** How long each step of an orderly end may take, in milliseconds. */
export interface ShutdownTimes {
  /** Requests that are still being answered. */
  inFlightMs: number;
  /** The prober's and the pool's connections. */
  closeMs: number;
  /** After this long the process ends, whatever still hangs. */
  deadlineMs: number;
}

/** With 5 s of draining 23 s at most; the deadline is below the 30 s that orchestrators give. */
export const SHUTDOWN_TIMES: ShutdownTimes = { inFlightMs: 15_000, closeMs: 3_000, deadlineMs: 25_000 };

/** Exit code of a process that a signal ended: 128 + its number. */
const BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** The steps as terminus runs them: beforeShutdown, closing the server within `timeout`, onSignal. */
export interface Shutdown {
  timeout: number;
  beforeShutdown(): Promise<void>;
  onSignal(): Promise<void>;
}

/**
 * The order of an orderly end: /ready answers 503 draining; after `drainDelayMs`, in which load balancers
 * notice, the server takes no new connections; requests in flight finish; the database closes; exit 0. A
 * second signal, or the deadline, end the process at once.
 */
export function createShutdown(options: {
  lifecycle: Lifecycle;
  drainDelayMs: number;
  /** Told at once: what would never end by itself has to end now. */
  onDrain?: () => void;
  /** Ends the prober and the database. */
  close: () => Promise<void>;
  exit: (code: number) => void;
  on: (signal: 'SIGINT' | 'SIGTERM', listener: () => void) => void;
  logger: Logger;
  times?: ShutdownTimes;
}): Shutdown {
  const { lifecycle, drainDelayMs, onDrain, close, exit, on, logger, times = SHUTDOWN_TIMES } = options;
  const { inFlightMs, closeMs, deadlineMs } = times;
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    on(signal, () => {
      signals++;
      if (signals < 2) return;
      logger.warn({ signal }, 'second signal: ending at once');
      exit(BY_SIGNAL[signal]);
    });
  }
  return {
    timeout: inFlightMs,
    async beforeShutdown() {
      lifecycle.draining = true;
      onDrain?.();
      logger.info({ drainDelayMs }, 'draining');
      setTimeout(() => {
        logger.error({ deadlineMs }, 'shutdown took too long');
        exit(1);
      }, deadlineMs).unref();
      if (drainDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, drainDelayMs));
    },
    async onSignal() {
      if (!(await endsWithin(closeMs, close())))
        logger.warn({ closeMs }, 'connections in use are cut: they were not given back in time');
      logger.info('stopped');
    },
  };
}

/** Whether the work ended in time; it goes on unheard if not. */
async function endsWithin(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
